"""Files that would take all memory, or the worker with them: read to an end, taken up a few times, then given up by name."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from gongxiang.platform.catalogue import actions, imports, tasks
from gongxiang.platform.catalogue import errors_import as errors
from gongxiang.platform.catalogue.actions import importing
from gongxiang.platform.catalogue.models import CatalogueImport
from gongxiang.platform.catalogue.workbook import reading
from tests.factories.parties import Banner, make_banner
from tests.integration.catalogue.test_import import JOB, book_of, carried_out, incomplete, sent, zipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    return make_banner()


def wrong_throughout() -> bytes:
    """Every row is wrong."""
    opened = openpyxl.load_workbook(io.BytesIO(book_of(incomplete("甲"))))
    opened["目录"].merge_cells("A2:A3")
    out = io.BytesIO()
    opened.save(out)
    source = zipfile.ZipFile(out)
    parts = {part: source.read(part) for part in source.namelist()}
    page = next(name for name in parts if b"mergeCell " in parts[name])
    more = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (row, row) for row in range(4, reading.MOST_PROBLEMS + 100))
    parts[page] = parts[page].replace(b"</mergeCells>", more + b"</mergeCells>")
    return zipped(parts)


def test_more_problems_than_anybody_reads_end_the_reading(banner: Banner) -> None:
    found = sent(banner.provider.clerk, wrong_throughout(), banner)
    assert found.status == "REFUSED"
    counts = CatalogueImport.objects.get(pk=found.id).counts
    assert counts["errors"] == reading.MOST_PROBLEMS + 1
    assert "too_many_problems" in {one.code for one in found.findings}


@pytest.mark.parametrize("status", ["RECEIVED", "CONFIRMED"])
def test_a_file_that_kills_the_worker_is_given_up(banner: Banner, monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    clerk = banner.provider.clerk
    made = actions.send_import(file_name="a.xlsx", content=book_of(incomplete("甲")), by=clerk, at=banner.at)
    if status == "CONFIRMED":
        actions.run_next_import(by=JOB, at=banner.at)
        actions.confirm_import(import_id=made, by=clerk, at=banner.at)

    class Died(BaseException):
        """As a kill: nothing catches it."""

    def die(*_given: Any, **_named: Any) -> None:
        raise Died

    monkeypatch.setattr(importing, "_plan", die)
    for _time in range(3):
        with pytest.raises(Died):
            actions.run_next_import(by=JOB, at=banner.at)
    assert actions.run_next_import(by=JOB, at=banner.at)
    found = imports.get_import(made, actor=clerk)
    assert (found.status, found.problem and found.problem.code) == ("FAILED", "import_given_up")
    assert not actions.run_next_import(by=JOB, at=banner.at)


def test_waiting_files_are_few_and_old_ones_are_let_go(banner: Banner) -> None:
    clerk = banner.provider.clerk
    done = carried_out(clerk, sent(clerk, book_of(incomplete("目录一")), banner), banner)
    for number in range(importing.MOST_WAITING):
        actions.send_import(file_name=f"{number}.xlsx", content=b"{}", by=clerk, at=banner.at)
    with pytest.raises(errors.TooManyImports):
        actions.send_import(file_name="x.xlsx", content=b"{}", by=clerk, at=banner.at)
    CatalogueImport.objects.filter(status="RECEIVED").delete()
    waiting = sent(clerk, book_of(incomplete("目录二")), banner)
    assert tasks.forget_old_imports(at=banner.at + timedelta(days=29)) == 0
    assert imports.get_import(waiting.id, actor=clerk).status == "CHECKED"
    tasks.forget_old_imports(at=banner.at + timedelta(days=31))
    assert imports.get_import(waiting.id, actor=clerk).status == "CANCELLED"
    assert imports.get_import(done.id, actor=clerk).file_gone
    assert bytes(CatalogueImport.objects.get(pk=done.id).content) == b""
    assert imports.lines_of(done.id, actor=clerk).count() == 1, "what it did stays listed, and can be undone"


def test_an_empty_and_a_huge_file_are_refused_at_once(banner: Banner) -> None:
    for content, refusal in ((b"", errors.FileEmpty), (b"PK" + b"\0" * (31 * 2**20), errors.FileTooLarge)):
        with pytest.raises(refusal):
            actions.send_import(file_name="a.xlsx", content=content, by=banner.provider.clerk, at=banner.at)
