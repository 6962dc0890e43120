"""A table, an API or a file is tried at mounting: what fails is named step by step, and what leaves is masked."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import psycopg
import pytest

from gongxiang.node.config import NodeConfig
from gongxiang.node.trial import LONGEST_VALUE, try_mount, try_place
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.messages import MappedColumn, TryMount
from gongxiang.protocol.terms import DataType, ElementSpec, Mask, MaskKind
from tests.support import databases


@pytest.fixture(scope="module")
def source() -> Iterator[databases.Database]:
    made = databases.create_empty()
    with psycopg.connect(made.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (sfzh varchar(18) PRIMARY KEY, xm text, csrq date, bz text, je numeric(12,2))")
        connection.execute(
            "INSERT INTO person SELECT '15062619900101' || lpad(n::text, 4, '0'), '张三' || n, '1990-05-06',"
            " repeat('长', 300), n FROM generate_series(1, 30) n"
        )
        connection.execute("CREATE TABLE empty (sfzh varchar(18) PRIMARY KEY, xm text)")
        connection.execute("CREATE TABLE keyless (sfzh varchar(18), xm text)")
        connection.execute("CREATE TABLE odd (sfzh varchar(18) PRIMARY KEY, xm text)")
        connection.execute("ALTER TABLE odd REPLICA IDENTITY FULL")
    yield made
    databases.drop(made)


def column(name: str, kind: DataType = DataType.TEXT, **more: Any) -> MappedColumn:
    return MappedColumn(column=name, element=ElementSpec(code=name, type=kind, **more))


KEY = column("sfzh", key=True, nullable=False)
ORDER = TryMount(
    request_id=uuid4(), resource_id=uuid4(), node_id=uuid4(), table="public.person",
    columns=(
        KEY, column("xm"), column("csrq", DataType.DATE), column("bz"),
        column("je", DataType.DECIMAL, precision=12, scale=2),
    ),
    masks={
        "sfzh": Mask(kind=MaskKind.KEEP), "xm": Mask(kind=MaskKind.KEEP, prefix=1), "csrq": Mask(kind=MaskKind.YEAR),
        "je": Mask(kind=MaskKind.BLANK),
    },
)  # fmt: skip


def run(url: str, order: TryMount) -> tuple[list[tuple[str, str]], int, list[Any]]:
    given: list[Any] = []
    steps, rows = try_mount(url, order, given.append)
    return [(step.step, str(step.problem)) for step in steps], rows, given


@pytest.mark.article("wushen-2021-60:21(1)", "wushen-2021-60:15")
def test_rows_are_masked_before_they_leave_the_node(source):
    steps, rows, (given,) = run(source.url, ORDER)
    assert [name for name, problem in steps if not problem] == ["reachable", "table", "key", "rights", "columns", "sample"]
    assert (rows, len(given["rows"])) == (10, 10)
    assert [one["code"] for one in given["columns"]] == ["sfzh", "xm", "csrq", "bz", "je"]
    assert given["rows"][0] == ["*" * 18, "张**", "1990-01-01", "长" * LONGEST_VALUE + "…", None]
    assert b"150626" not in canonical(given)
    assert run(source.url, replace(ORDER, rows=10_000))[1] == 10, "whatever an order says"


@pytest.mark.parametrize(
    ("change", "failed", "word"),
    [
        ({"table": "public.nobody"}, "table", "no table"),
        ({"table": "public.keyless", "columns": (KEY,)}, "key", "no primary key"),
        ({"table": "public.odd", "columns": (KEY,)}, "rights", "REPLICA IDENTITY"),
        ({"columns": (KEY, column("gone"))}, "columns", "is gone"),
        ({"columns": (KEY, column("csrq", DataType.INTEGER))}, "columns", "is now date"),
        ({"columns": (column("xm"),)}, "columns", "not catalogued"),
    ],
    ids=["table", "key", "settings", "column", "type", "key column"],
)  # fmt: skip
def test_the_first_step_that_fails_is_named_and_nothing_leaves(source, change, failed, word):
    steps, rows, given = run(source.url, replace(ORDER, masks={}, **change))
    assert steps[-1][0] == failed
    assert word in steps[-1][1]
    assert (rows, given) == (0, [])


def test_a_database_out_of_reach_and_an_empty_table(source):
    steps, rows, given = run("postgresql://nobody:secret@127.0.0.1:1/none?connect_timeout=2", ORDER)
    assert [name for name, _ in steps] == ["reachable"]
    assert "secret" not in steps[0][1]
    ((name, problem),), _rows, _given = run("host=127.0.0.1 password secret", ORDER)
    assert (name, "cannot be read" in problem, "secret" in problem) == ("reachable", True, False)
    steps, rows, (given,) = run(source.url, replace(ORDER, table="public.empty", columns=(KEY, column("xm"))))
    assert (steps[-1], rows, given["rows"]) == (("sample", ""), 0, [])


# ---- APIs and files ---------------------------------------------------------------------------------------------------------

PEOPLE = [
    {"SFZH": "150626199001011234", "姓名": "张三", "csrq": "1990-01-01", "je": 12.5, "other": None},
    {"SFZH": "150626199001011235", "姓名": "李四", "csrq": None, "je": "7"},
]
ANSWERS: dict[str, tuple[int, str]] = {
    "/a/people?limit=5": (200, json.dumps({"code": 0, "data": {"total": 2, "list": PEOPLE}}, ensure_ascii=False)),
    "/a/one": (200, json.dumps(PEOPLE[0])),
    "/a/empty": (200, '{"rows": []}'),
    "/a/wrong": (200, json.dumps([{**PEOPLE[0], "je": "12.345 元"}])),
    "/a/keyless": (200, json.dumps([{**PEOPLE[0], "SFZH": None}])),
    "/a/page": (200, "<html>"),
    "/a/numbers": (200, "[1, 2]"),
    "/a/long": (200, "[" + " " * (1 << 20) + "]"),
    "/a/gone": (500, "{}"),
}
HOW = replace(
    ORDER, way="api", table="people?limit=5", names={"xm": "姓名", "sfzh": "公民身份号码"},
    columns=(KEY, column("xm"), column("csrq", DataType.DATE), column("je", DataType.DECIMAL, precision=12, scale=2)),
)  # fmt: skip
CSV = "SFZH,姓名,csrq,je\r\n150626199001011234,张三,1990-01-01,12.50\r\n150626199001011235,李四,,7\r\n"


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers["authorization"] == "Bearer secret"
            status, body = ANSWERS.get(self.path, (404, "")) if known else (401, "")
            self.send_response(status)
            self.send_header("content-type", "application/json; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/a"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    outside = folder.parent / "outside.csv"
    outside.write_text(CSV, "utf-8")
    (folder / "2026").mkdir()
    (folder / "2026" / "people.csv").write_text(CSV, "utf-8-sig")
    (folder / "old.csv").write_bytes(CSV.encode("gb18030"))
    (folder / "people.tsv").write_text(CSV.replace(",", "\t"), "utf-8")
    (folder / "empty.csv").write_text(CSV.partition("\n")[0], "utf-8")
    (folder / "bare.csv").write_text("\n1,2\n", "utf-8")
    (folder / "twice.csv").write_text("a,a\n1,2\n", "utf-8")
    (folder / "wrong.csv").write_text(CSV.replace("12.50", "十二"), "utf-8")
    (folder / "other.csv").write_text("a,b\n1,2\n", "utf-8")
    (folder / "picture.csv").write_bytes(b"\x89PNG\x00\x00")
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    (folder / "link.csv").symlink_to(outside)
    book = openpyxl.Workbook()
    for line in (
        ["SFZH", "姓名", "csrq", "je"],
        ["150626199001011234", "张三", date(1990, 1, 1), 12.5],
        ["1", "李四", None, 7],
    ):
        book.active.append(line)
    book.save(folder / "people.xlsx")
    return folder


def tried(
    order: TryMount, *, base: str | None = None, folder: Path | None = None
) -> tuple[list[tuple[str, str]], int, list[Any], list[str]]:
    config = NodeConfig(
        name="n", home=Path("h"), gateway_url="https://x", fingerprint="0" * 64, exchange_dsn="", path=Path("/etc/node.toml"),
        files=folder, api_base=base, api_key="Bearer secret",
    )  # fmt: skip
    given: list[Any] = []
    steps, rows = try_place(config, order, given.append)
    return [(step.step, str(step.problem)) for step in steps], rows, given, [step.found for step in steps]


@pytest.mark.article("wushen-2021-60:21(1)", "wushen-2021-60:19(2)", "wushen-2021-60:15")
def test_an_api_is_called_and_its_first_records_are_masked(api: str) -> None:
    steps, rows, (given,), found = tried(HOW, base=api)
    assert [name for name, problem in steps if not problem] == ["place", "answering", "records", "columns", "sample"]
    assert (rows, found[1].startswith("200 · "), found[2].endswith(" · 2")) == (2, True, True)
    assert given["rows"] == [["*" * 18, "张*", "1990-01-01", None], ["*" * 18, "李*", None, None]]
    assert tried(replace(HOW, table="one"), base=api)[1] == 1, "an object is a record itself"
    steps, rows, (given,), _found = tried(replace(HOW, table="empty"), base=api)
    assert (steps[-1], rows, given["rows"]) == (("sample", ""), 0, [])


@pytest.mark.parametrize(
    ("place", "failed", "word"),
    [
        ("nowhere", "answering", "404"),
        ("gone", "answering", "500"),
        ("page", "records", "no JSON"),
        ("numbers", "records", "no list of records"),
        ("long", "records", "longer than"),
        ("wrong", "columns", "je in record 1 is no numeric(12,2)"),
        ("keyless", "columns", "Record 1 has no value of the key"),
    ],
)
def test_why_an_api_cannot_be_delivered_is_said_without_a_value(api: str, place: str, failed: str, word: str) -> None:
    steps, rows, given, _found = tried(replace(HOW, table=place), base=api)
    assert (steps[-1][0], word in steps[-1][1], rows, given) == (failed, True, 0, [])
    assert "元" not in steps[-1][1]


def test_only_what_the_node_offers_is_tried(api: str, files: Path) -> None:
    assert tried(HOW)[0] == [("place", "/etc/node.toml names no [api] base.")]
    assert tried(replace(HOW, way="file"))[0] == [("place", "/etc/node.toml names no [files] folder.")]
    assert "does not answer" in tried(HOW, base="http://127.0.0.1:1")[0][-1][1]
    for place in ("../outside.csv", "link.csv", str(files.parent / "outside.csv")):
        ((step, problem),) = tried(replace(HOW, way="file", table=place), folder=files)[0]
        assert (step, "outside" in problem) == ("place", True), place


@pytest.mark.article("wushen-2021-60:21(1)", "wushen-2021-60:19(3)", "wushen-2021-60:15")
@pytest.mark.parametrize(
    ("place", "form"),
    [
        ("2026/people.csv", "CSV UTF-8: 4"), ("old.csv", "CSV GB 18030: 4"), ("people.tsv", "TSV UTF-8: 4"),
        ("people.xlsx", "XLSX: 4"),
    ],
)  # fmt: skip
def test_a_file_is_looked_into_and_its_first_rows_are_masked(files: Path, place: str, form: str) -> None:
    steps, rows, (given,), found = tried(replace(HOW, way="file", table=place), folder=files)
    assert [name for name, problem in steps if not problem] == ["place", "there", "header", "columns", "sample"]
    assert (rows, found[1].endswith(" B"), found[2]) == (2, True, form)
    assert given["rows"][0] == ["*" * 18, "张*", "1990-01-01", None]
    assert given["rows"][1][1:] == ["李*", None, None]


@pytest.mark.parametrize(
    ("place", "failed", "word"),
    [
        ("gone.csv", "there", "no file"),
        ("2026", "there", "no file"),
        ("bare.csv", "header", "no header"),
        ("twice.csv", "header", "twice"),
        ("picture.csv", "header", "CSV, TSV or XLSX"),
        ("broken.xlsx", "header", "damaged"),
        ("other.csv", "columns", "no field or column sfzh"),
        ("wrong.csv", "columns", "je in record 1 is no numeric(12,2)"),
    ],
)
def test_why_a_file_cannot_be_delivered_is_said_without_a_value(files: Path, place: str, failed: str, word: str) -> None:
    steps, rows, given, _found = tried(replace(HOW, way="file", table=place), folder=files)
    assert (steps[-1][0], word in steps[-1][1], rows, given) == (failed, True, 0, []), steps
    assert "十二" not in steps[-1][1]


def test_a_file_without_rows_is_in_order(files: Path) -> None:
    steps, rows, (given,), _found = tried(replace(HOW, way="file", table="empty.csv"), folder=files)
    assert (steps[-1], rows, given["rows"]) == (("sample", ""), 0, [])
