"""Import of entries: nothing half-imported, every error in its cell, preview, confirmation, undoing in one act."""

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from gongxiang.platform.catalogue import actions, imports, queries, surroundings, tasks
from gongxiang.platform.catalogue import errors_import as errors
from gongxiang.platform.catalogue.actions import importing
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.models import CatalogueImport, Resource
from gongxiang.platform.catalogue.permissions import IMPORTER
from gongxiang.platform.catalogue.workbook import columns as layout
from gongxiang.platform.catalogue.workbook import exchange, writing
from gongxiang.platform.catalogue.workbook.cells import Directory
from gongxiang.platform.catalogue.workbook.writing import BookRow
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.actors import Person, System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.kernel.transitions import WrongState
from tests.factories.catalogue import make_entry_at, make_published
from tests.factories.contents import complete_content, conditional_content, element
from tests.factories.parties import Banner, make_banner
from tests.factories.workbooks import changed_in_place, many_times
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db
JOB = System(name=IMPORTER)


@pytest.fixture
def banner() -> Banner:
    return make_banner()


def row(content: Content, **changes: Any) -> BookRow:
    values: dict[str, Any] = {
        "id": None, "code": "", "provider": "", "provider_code": "", "status": "", "version": 0, "published_on": None,
        "content": content,
    }  # fmt: skip
    return BookRow(**{**values, **changes})


def own_rows(person: Person) -> list[BookRow]:
    return surroundings.own_rows_of(person, [one.id for one in queries.own_entries(person)])


def book_of(*contents: Content) -> bytes:
    return writing.write_book([row(content) for content in contents], Directory())


def changed(book: bytes, cells: dict[tuple[str, int, str], Any]) -> bytes:
    """The workbook with some cells changed: (sheet, row, head) -> value."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    for (sheet, number, head), value in cells.items():
        heads = [cell.value for cell in opened[sheet][1]]
        cell = opened[sheet].cell(number, heads.index(head) + 1)
        cell.value = value
        if isinstance(value, str) and value.startswith("==="):
            cell.value = value[2:]
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def sent(by: Person, book: bytes, banner: Banner, *, name: str = "目录.xlsx") -> imports.ImportRef:
    """Sent, and checked by the job."""
    made = actions.send_import(file_name=name, content=book, by=by, at=banner.at)
    assert actions.run_next_import(by=JOB, at=banner.at)
    return imports.get_import(made, actor=by)


def carried_out(by: Person, found: imports.ImportRef, banner: Banner) -> imports.ImportRef:
    actions.confirm_import(import_id=found.id, by=by, at=banner.at)
    assert actions.run_next_import(by=JOB, at=banner.at)
    return imports.get_import(found.id, actor=by)


def incomplete(name: str) -> Content:
    return complete_content(name, distributions=())


# ---- the way through ------------------------------------------------------------------------------------------------------


def test_new_entries_become_drafts_after_confirmation(banner: Banner) -> None:
    clerk = banner.provider.clerk
    found = sent(clerk, book_of(incomplete("行政区划代码"), conditional_content(distributions=())), banner)
    assert (found.status, found.new, found.changed, found.errors) == ("CHECKED", 2, 0, 0)
    assert not Resource.objects.exists()
    assert {one.code for one in found.findings if one.severity == "shortfall"} == {"distribution_missing"}
    done = carried_out(clerk, found, banner)
    assert done.status == "IMPORTED"
    drafts = {one.name: queries.get_draft(one.id) for one in queries.own_entries(clerk)}
    assert drafts["行政区划代码"].content == incomplete("行政区划代码")
    assert drafts["特困人员基本信息"].content.elements == conditional_content().elements
    assert all(draft.status == "DRAFT" and clerk.id in draft.drafters for draft in drafts.values())
    assert EvidenceRecord.objects.filter(kind="resource:drafted", actor_id=str(clerk.id)).count() == 2


def test_exported_and_sent_back_nothing_changes(banner: Banner) -> None:
    clerk = banner.provider.clerk
    published = make_published(content=conditional_content(), banner=banner)
    draft = actions.draft_resource(
        content=complete_content("又一条", derived_from=(published.id,), area="=1+1"), by=clerk, at=banner.at
    )
    rows = own_rows(clerk)
    book = writing.write_book(rows, surroundings.directory_of(clerk))
    found = sent(clerk, book, banner)
    assert (found.new, found.changed, found.unchanged, found.errors) == (0, 0, 2, 0)
    with pytest.raises(errors.NothingToImport):
        actions.confirm_import(import_id=found.id, by=clerk, at=banner.at)
    whole = sent(clerk, exchange.write_exchange(rows, at=banner.at), banner, name="目录.json")
    assert (whole.new, whole.changed, whole.unchanged, whole.errors) == (0, 0, 2, 0)
    assert queries.get_draft(draft.id).revision == draft.revision


def test_changes_of_drafts_and_revisions_of_published_entries(banner: Banner) -> None:
    clerk = banner.provider.clerk
    published = make_published(content=conditional_content(), banner=banner)
    draft = actions.draft_resource(content=incomplete("草稿"), by=clerk, at=banner.at)
    book = writing.write_book(own_rows(clerk), surroundings.directory_of(clerk))
    heads = {openpyxl.load_workbook(io.BytesIO(book))["目录"].cell(n, 9).value: n for n in (2, 3)}
    book = changed(book, {("目录", n, "信息资源摘要"): f"新的摘要{n}" for n in (2, 3)})
    assert set(heads) == {"草稿", "特困人员基本信息"}
    found = sent(clerk, book, banner)
    assert (found.new, found.changed, found.unchanged) == (0, 2, 0)
    assert {tuple(line.fields) for line in imports.lines_of(found.id, actor=clerk)} == {("summary",)}
    carried_out(clerk, found, banner)
    assert queries.get_draft(draft.id).content.summary.startswith("新的摘要")
    revised = queries.get_draft(published.id)
    assert (revised.status, revised.content.summary[:4]) == ("DRAFT", "新的摘要")
    assert queries.published_version(published.id).content.summary == conditional_content().summary


def test_columns_left_out_keep_what_there_is(banner: Banner) -> None:
    clerk = banner.provider.clerk
    draft = actions.draft_resource(content=conditional_content(), by=clerk, at=banner.at)
    opened = openpyxl.Workbook()
    page = opened.active
    page.title = "Entries"
    page.append(["Summary", "Name of the resource", "Identifier"])
    page.append(["短", "特困人员基本信息", str(draft.id)])
    out = io.BytesIO()
    opened.save(out)
    carried_out(clerk, sent(clerk, out.getvalue(), banner), banner)
    content = queries.get_draft(draft.id).content
    assert content == conditional_content(summary="短", distributions=content.distributions)


def test_entries_of_one_file_may_be_derived_from_each_other(banner: Banner) -> None:
    clerk = banner.provider.clerk
    book = changed(book_of(incomplete("源头"), incomplete("次生")), {("目录", 3, "来源资源"): "源头"})
    found = sent(clerk, book, banner)
    assert found.errors == 0
    carried_out(clerk, found, banner)
    ids = {one.name: one.id for one in queries.own_entries(clerk)}
    assert queries.get_draft(ids["次生"]).content.derived_from == (ids["源头"],)


# ---- undoing --------------------------------------------------------------------------------------------------------------


def test_an_import_is_undone_in_one_act(banner: Banner) -> None:
    clerk = banner.provider.clerk
    published = make_published(content=conditional_content(), banner=banner)
    draft = actions.draft_resource(content=incomplete("草稿"), by=clerk, at=banner.at)
    rows = [*own_rows(clerk), row(incomplete("新的"))]
    book = writing.write_book(rows, surroundings.directory_of(clerk))
    book = changed(book, {("目录", n, "关键词"): "改过" for n in (2, 3)})
    done = carried_out(clerk, sent(clerk, book, banner), banner)
    assert (done.new, done.changed) == (1, 2)
    assert actions.undo_import(import_id=done.id, by=clerk, at=banner.at) == ()
    assert {one.name for one in queries.own_entries(clerk)} == {"草稿", "特困人员基本信息"}
    assert queries.get_draft(draft.id).content == draft.content
    assert queries.get_draft(published.id).status == "PUBLISHED"
    assert EvidenceRecord.objects.filter(kind="resource:discarded").count() == 1
    with pytest.raises(WrongState):
        actions.undo_import(import_id=done.id, by=clerk, at=banner.at)


def test_what_was_worked_on_since_stays(banner: Banner) -> None:
    clerk = banner.provider.clerk
    done = carried_out(clerk, sent(clerk, book_of(incomplete("一"), incomplete("二")), banner), banner)
    touched = next(one for one in queries.own_entries(clerk) if one.name == "一")
    draft = queries.get_draft(touched.id)
    actions.save_draft(resource_id=draft.id, content=incomplete("一改"), seen=draft.revision, by=clerk, at=banner.at)
    assert actions.undo_import(import_id=done.id, by=clerk, at=banner.at) == ("一",)
    assert [one.name for one in queries.own_entries(clerk)] == ["一改"]
    again = carried_out(clerk, sent(clerk, book_of(incomplete("三")), banner), banner)
    three = next(one for one in queries.own_entries(clerk) if one.name == "三")
    actions.save_draft(resource_id=three.id, content=incomplete("三改"), seen=1, by=clerk, at=banner.at)
    with pytest.raises(errors.NothingToUndo):
        actions.undo_import(import_id=again.id, by=clerk, at=banner.at)


def test_many_drafts_are_discarded_at_a_time(banner: Banner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_AT_ONCE", 2)
    clerk = banner.provider.clerk
    done = carried_out(clerk, sent(clerk, book_of(*(incomplete(name) for name in "一二三四五")), banner), banner)
    touched = next(one for one in queries.own_entries(clerk) if one.name == "三")
    actions.save_draft(resource_id=touched.id, content=incomplete("三改"), seen=1, by=clerk, at=banner.at)
    assert actions.undo_import(import_id=done.id, by=clerk, at=banner.at) == ("三",)
    assert [one.name for one in queries.own_entries(clerk)] == ["三改"]
    assert EvidenceRecord.objects.filter(kind="resource:discarded").count() == 4
    outcome = CatalogueImport.objects.get(pk=done.id).outcome
    assert (outcome["undone"], outcome["kept"], outcome["names"]) == (4, 1, ["三"])


# ---- all or nothing -------------------------------------------------------------------------------------------------------


def test_without_evidence_nothing_is_imported(banner: Banner, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = banner.provider.clerk
    found = sent(clerk, book_of(*(incomplete(f"目录{n}") for n in "甲乙丙")), banner)
    actions.confirm_import(import_id=found.id, by=clerk, at=banner.at)

    made, real = [], importing.draft_resource

    def third_fails(**values: Any) -> Any:
        made.append(1)
        if len(made) == 3:
            raise ValueError("disk full")
        return real(**values)

    monkeypatch.setattr(importing, "draft_resource", third_fails)
    assert actions.run_next_import(by=JOB, at=banner.at)
    failed = imports.get_import(found.id, actor=clerk)
    assert (failed.status, Resource.objects.count()) == ("FAILED", 0)
    assert failed.problem is not None
    assert "没有导入任何内容" in failed.problem.message or "nothing was imported" in failed.problem.message


def test_entries_changed_meanwhile_are_shown_again(banner: Banner) -> None:
    clerk = banner.provider.clerk
    draft = actions.draft_resource(content=incomplete("草稿"), by=clerk, at=banner.at)
    book = writing.write_book(own_rows(clerk), surroundings.directory_of(clerk))
    found = sent(clerk, changed(book, {("目录", 2, "关键词"): "改过"}), banner)
    actions.confirm_import(import_id=found.id, by=clerk, at=banner.at)
    mended = replace(draft.content, keywords=("改过",))
    actions.save_draft(resource_id=draft.id, content=mended, seen=1, by=clerk, at=banner.at)
    assert actions.run_next_import(by=JOB, at=banner.at)
    assert imports.get_import(found.id, actor=clerk).status == "RECEIVED"
    assert actions.run_next_import(by=JOB, at=banner.at)
    again = imports.get_import(found.id, actor=clerk)
    assert (again.status, again.unchanged) == ("CHECKED", 1)
    assert tasks.run_imports() == 0


def test_who_confirmed_and_lost_the_role_imports_nothing(banner: Banner) -> None:
    from gongxiang.platform.kernel.actors import Role
    from gongxiang.platform.parties import actions as parties

    clerk = banner.provider.clerk
    found = sent(clerk, book_of(incomplete("目录")), banner)
    actions.confirm_import(import_id=found.id, by=clerk, at=banner.at)
    parties.withdraw_role(person_id=clerk.id, role=Role.CLERK, by=banner.site.security_admin, at=banner.at)
    assert actions.run_next_import(by=JOB, at=banner.at)
    assert CatalogueImport.objects.get().status == "FAILED"
    assert not Resource.objects.exists()


def test_who_may(banner: Banner) -> None:
    book, clerk = book_of(incomplete("目录")), banner.provider.clerk
    for by in (banner.provider.officer, banner.authority_officer, banner.auditor, JOB):
        with pytest.raises(NotPermitted):
            actions.send_import(file_name="a.xlsx", content=book, by=by, at=banner.at)
    found = sent(clerk, book, banner)
    for act in (actions.confirm_import, actions.cancel_import, actions.undo_import):
        with pytest.raises(NotFound):
            act(import_id=found.id, by=banner.consumer.clerk, at=banner.at)
    with pytest.raises(NotFound):
        imports.get_import(found.id, actor=banner.consumer.clerk)
    with pytest.raises(NotPermitted):
        actions.run_next_import(by=clerk, at=banner.at)
    actions.cancel_import(import_id=found.id, by=clerk, at=banner.at)
    assert imports.get_import(found.id, actor=clerk).status == "CANCELLED"


# ---- every error in its cell ----------------------------------------------------------------------------------------------

#: case -> (cells of a file with two entries, changed; code of the finding; where it is shown)
ERRORS: dict[str, tuple[dict[tuple[str, int, str], Any], str, tuple[str, int, str]]] = {
    "unknown code": ({("目录", 2, "共享类型"): "随便"}, "code_not_listed", ("目录", 2, "共享类型")),
    "no date": ({("目录", 3, "数据起始日期"): "去年"}, "cell_no_date", ("目录", 3, "数据起始日期")),
    "no number": ({("目录", 3, "数据存储总量（GB）"): "很多"}, "cell_no_number", ("目录", 3, "数据存储总量（GB）")),
    "length in words": ({("信息项", 3, "长度"): "五十"}, "cell_no_number", ("信息项", 3, "长度")),
    "neither yes nor no": ({("信息项", 2, "是否主键"): "大概"}, "cell_no_yes_or_no", ("信息项", 2, "是否主键")),
    "formula": ({("目录", 2, "信息资源摘要"): "====1+1"}, "cell_formula", ("目录", 2, "信息资源摘要")),
    "unknown department": ({("目录", 2, "数源部门"): "没有的局"}, "reference_unknown", ("目录", 2, "数源部门")),
    "unknown source": ({("目录", 2, "来源资源"): "没有的目录"}, "reference_unknown", ("目录", 2, "来源资源")),
    "another's code": ({("目录", 2, "信息资源代码"): "307001/999999"}, "entry_unknown", ("目录", 2, "")),
    "a strange identifier": ({("目录", 2, "系统标识"): "abc"}, "entry_unknown", ("目录", 2, "")),
    "one number twice": ({("目录", 3, "序号"): 1}, "key_twice", ("目录", 3, "序号")),
    "no number of the entry": ({("信息项", 2, "目录序号"): 77}, "parent_unknown", ("信息项", 2, "目录序号")),
    "one name twice": ({("目录", 3, "信息资源名称"): "甲"}, "entry_twice", ("目录", 3, "信息资源名称")),
    "derived from itself": ({("目录", 2, "来源资源"): "甲"}, "derivation_circular", ("目录", 2, "来源资源")),
    "in a circle": (
        {("目录", 2, "来源资源"): "乙", ("目录", 3, "来源资源"): "甲"}, "derivation_circular", ("目录", 3, "来源资源"),
    ),
    "unknown head": ({("目录", 1, "关键词"): "关健词"}, "header_unknown", ("目录", 1, "关健词")),
    "one head twice": ({("目录", 1, "关键词"): "信息资源摘要"}, "header_twice", ("目录", 1, "")),
    "10 MB in a cell": ({("目录", 2, "信息资源摘要"): "长" * 32_000}, "cell_too_long", ("目录", 2, "信息资源摘要")),
    "an escape character": ({("目录", 2, "信息资源摘要"): "a_x001B_b"}, "cell_control_characters", ("目录", 2, "信息资源摘要")),
    "missing name": ({("目录", 2, "信息资源名称"): None}, "field_missing", ("目录", 2, "信息资源名称")),
    "malformed code": ({("信息项", 2, "信息项代码"): "区划"}, "element_code_malformed", ("信息项", 2, "信息项代码")),
}  # fmt: skip


def test_each_error_is_shown_in_its_cell(banner: Banner) -> None:
    """One test over the whole table, since every case would build the same banner."""
    clerk = banner.provider.clerk
    plain = book_of(incomplete("甲"), incomplete("乙"))
    for case, (cells, code, (sheet, number, head)) in ERRORS.items():
        found = sent(clerk, changed(plain, cells), banner)
        wanted = [one for one in found.findings if one.code == code]
        assert wanted, (case, [one.code for one in found.findings])
        assert all(one.message and one.advice for one in wanted), case
        here = [one for one in wanted if (one.place.sheet, one.place.row) == (sheet, number)]
        assert here, (case, [one.place for one in wanted])
        copy = openpyxl.load_workbook(io.BytesIO(imports.annotated_copy(found.id, actor=clerk)[1]))
        cell = copy[sheet].cell(number, max(here[0].place.column, 1))
        assert cell.comment is not None, case
        assert here[0].message[:12] in cell.comment.text, case
        assert cell.fill.fgColor.rgb == ("00FFC7CE" if here[0].severity == "error" else "00FFEB9C"), case
        if head:
            assert [one.value for one in copy[sheet][1]][here[0].place.column - 1] == head, case
        if here[0].severity == "error":
            assert found.status == "REFUSED", case
            with pytest.raises(WrongState):
                actions.confirm_import(import_id=found.id, by=clerk, at=banner.at)
        assert copy.worksheets[-1].max_row == len(found.findings) + 1, case


def test_another_departments_entries_are_no_entries_of_mine(banner: Banner) -> None:
    clerk = banner.provider.clerk
    actions.draft_resource(content=incomplete("草稿"), by=clerk, at=banner.at)
    book = writing.write_book(own_rows(clerk), surroundings.directory_of(clerk))
    other = sent(banner.consumer.clerk, book, banner)
    assert [one.code for one in other.findings if one.severity == "error"] == ["entry_unknown"]


def test_an_entry_under_review_is_left_alone(banner: Banner) -> None:
    clerk = banner.provider.clerk
    make_entry_at("IN_REVIEW", banner=banner)
    book = writing.write_book(own_rows(clerk), surroundings.directory_of(clerk))
    assert sent(clerk, book, banner).unchanged == 1
    found = sent(clerk, changed(book, {("目录", 2, "关键词"): "改过"}), banner)
    assert [one.code for one in found.findings if one.severity == "error"] == ["entry_locked"]


def test_a_second_entry_of_a_name_is_kept_out(banner: Banner) -> None:
    clerk = banner.provider.clerk
    carried_out(clerk, sent(clerk, book_of(incomplete("目录")), banner), banner)
    again = sent(clerk, book_of(incomplete("目录")), banner)
    assert [one.code for one in again.findings if one.severity == "error"] == ["name_taken"]


# ---- hostile and broken files ---------------------------------------------------------------------------------------------


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """A real workbook with one part replaced or added."""
    source = zipfile.ZipFile(io.BytesIO(book_of(incomplete("甲"))))
    parts = {part: source.read(part) for part in source.namelist()}
    return zipped({**parts, name: content})


def merged() -> bytes:
    opened = openpyxl.load_workbook(io.BytesIO(book_of(incomplete("甲"), incomplete("乙"))))
    opened["信息项"].merge_cells("A2:A3")
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def sheets(*names: str) -> bytes:
    opened = openpyxl.Workbook()
    for name in names:
        opened.create_sheet(name)["A1"] = "x"
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def cornered() -> bytes:
    """Two cells, at opposite corners of the largest sheet there can be."""
    opened = openpyxl.load_workbook(io.BytesIO(book_of(incomplete("甲"))))
    opened["目录"]["XFD1048576"] = "x"
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def with_sheet(content: bytes) -> bytes:
    return with_part("xl/worksheets/sheet1.xml", content)


def exchanged(**content: Any) -> bytes:
    return json.dumps({"format": exchange.FORMAT, "entries": [{"content": content}]}).encode()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
HOSTILE: dict[str, tuple[Any, str]] = {
    "GBK text": (lambda: "信息资源名称,信息资源摘要\r\n甲,乙\r\n".encode("gbk"), "file_is_text"),
    "UTF-8 text": (lambda: "信息资源名称,信息资源摘要\n甲,乙\n".encode(), "file_is_text"),
    "old Excel": (lambda: OLE, "file_is_old_excel"),
    "encrypted": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "file_not_workbook"),
    "a web page": (lambda: b"<html><table><tr><td>a, b</td></tr></table></html>", "file_not_workbook"),
    "a Word file": (lambda: zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "file_not_workbook"),
    "half a workbook": (lambda: book_of(incomplete("甲"))[:3000], "file_broken"),
    "garbled inside": (lambda: with_part("xl/workbook.xml", b"<workbook"), "file_broken"),
    "zip bomb": (lambda: with_part("xl/worksheets/sheet1.xml", b"<row/>" * 20_000_000), "file_bomb"),
    "entities": (
        lambda: with_part("xl/worksheets/sheet1.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'), "file_forbidden_parts",
    ),
    "entities far inside": (lambda: with_sheet(b" " * (3 << 20) + b"<!DOCTYPE x><worksheet/>"), "file_forbidden_parts"),
    "entities in UTF-16": (lambda: with_sheet("<!DOCTYPE x><worksheet/>".encode("utf-16")), "file_forbidden_parts"),
    "a sheet of 17 thousand million cells": (cornered, "file_bomb"),
    "tags that never end": (lambda: with_sheet(b"<c " * 300_000), "file_broken"),
    "a tag that never ends": (lambda: with_sheet(b"<c " + b'r="A1" ' * 300_000), "file_broken"),
    "other sheets": (lambda: sheets("人员", "工资"), "sheet_missing"),
    "no heads": (lambda: sheets("目录"), "headers_missing"),
    "no entry": (lambda: book_of(), "no_entries"),
    "merged cells": (merged, "cells_merged"),
    "JSON of another kind": (lambda: b'{"format": "x", "entries": []}', "exchange_unreadable"),
    "broken JSON": (lambda: b'{"format": ', "exchange_unreadable"),
    "deep JSON": (lambda: b'{"a":' * 100_000, "exchange_unreadable"),
    "JSON that is not finite": (lambda: b'{"format": NaN}', "exchange_unreadable"),
    "JSON with an unknown field": (
        lambda: json.dumps({"format": exchange.FORMAT, "entries": [{"content": {"nmae": "x"}}]}).encode(),
        "exchange_unreadable",
    ),
    "JSON with another type": (
        lambda: json.dumps({"format": exchange.FORMAT, "entries": [{"content": {"open_to_society": "false"}}]}).encode(),
        "exchange_unreadable",
    ),
    "JSON with half of a pair": (lambda: exchanged(name="a\ud800"), "cell_control_characters"),
    "JSON with half of a pair deep inside": (
        lambda: exchanged(name="a", distributions=[{"kind": "TABLE", "columns": {"\udfff": "b"}}]), "cell_control_characters",
    ),
    "JSON with NUL deep inside": (
        lambda: exchanged(name="a", distributions=[{"kind": "TABLE", "columns": {"a": "b\x00"}}]), "cell_control_characters",
    ),
    "JSON with NUL": (
        lambda: json.dumps({"format": exchange.FORMAT, "entries": [{"content": {"name": "a\x00"}}]}).encode(),
        "cell_control_characters",
    ),
}  # fmt: skip


def test_each_file_that_cannot_be_imported_says_why(banner: Banner) -> None:
    clerk = banner.provider.clerk
    for case, (make, code) in HOSTILE.items():
        found = sent(clerk, make(), banner)
        assert found.status == "REFUSED", case
        assert code in {one.code for one in found.findings}, (case, [one.code for one in found.findings])
        assert all(one.message and one.advice for one in found.findings), case
    assert not Resource.objects.exists()


# ---- pages ----------------------------------------------------------------------------------------------------------------


def test_the_whole_way_through_the_pages(banner: Banner) -> None:
    clerk = banner.provider.clerk
    client = client_of(clerk)
    blank = client.get(reverse("catalogue:import_template"))
    assert openpyxl.load_workbook(io.BytesIO(blank.content)).sheetnames == ["目录", "信息项", "共享方式", "代码表", "填写说明"]
    assert client.post(reverse("catalogue:import_send"), {}).status_code == 422
    file = io.BytesIO(changed(book_of(incomplete("甲"), incomplete("乙")), {("目录", 3, "共享类型"): "随便"}))
    file.name = "目录.xlsx"
    address = client.post(reverse("catalogue:import_send"), {"file": file, "file_not_secret": "on"})["Location"]
    assert "正在检查文件" in client.get(address).content.decode()
    assert "hx-get" in client.get(f"{address}progress/").content.decode()
    actions.run_next_import(by=JOB, at=banner.at)
    assert client.get(f"{address}progress/")["HX-Refresh"] == "true"
    page = client.get(address).content.decode()
    for words in ("没有导入任何内容", "不在该列的代码表中", "随便", "批注副本"):
        assert words in page
    assert client.get(f"{address}annotated.xlsx").status_code == 200
    file = io.BytesIO(book_of(incomplete("甲"), incomplete("乙")))
    file.name = "目录.xlsx"
    address = client.post(reverse("catalogue:import_send"), {"file": file, "file_not_secret": "on"})["Location"]
    actions.run_next_import(by=JOB, at=banner.at)
    assert "确认导入" in client.get(address).content.decode()
    client.post(f"{address}confirm/")
    actions.run_next_import(by=JOB, at=banner.at)
    assert "撤销导入" in client.get(f"{address}?action=NEW").content.decode()
    assert len(queries.own_entries(clerk)) == 2
    assert "已撤销" in client.post(f"{address}undo/", follow=True).content.decode()
    assert queries.own_entries(clerk) == ()
    assert "目录.xlsx" in client.get(reverse("catalogue:imports")).content.decode()
    assert client_of(banner.consumer.clerk).get(address).status_code == 404


def test_the_blank_workbook_names_every_column_in_english_too(banner: Banner) -> None:
    blank = client_of(banner.provider.clerk, language="en").get(reverse("catalogue:import_template"))
    page = openpyxl.load_workbook(io.BytesIO(blank.content))["Elements"]
    assert [cell.value for cell in page[1]][1:] == [column.en for column in layout.sheet("elements").columns]
    assert element("a").name


# ---- size -----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_ten_thousand_entries_are_checked_whole(banner: Banner) -> None:
    clerk = banner.provider.clerk
    one = writing.write_book([row(replace(incomplete("目录00000号资源"), keywords=("k0",)))], Directory())
    found = sent(clerk, changed_in_place(many_times(one, 10_000), "k9998", "k\x1b9998"), banner)
    assert (found.new, found.wrong, found.errors) == (9_999, 1, 1)
    wrong = next(one for one in found.findings if one.severity == "error")
    assert (wrong.code, wrong.place.sheet, wrong.place.row) == ("cell_control_characters", "目录", 10_000)
    assert not Resource.objects.exists()
    too_many = sent(clerk, many_times(one, 10_001), banner)
    assert [one.code for one in too_many.findings] == ["too_many_entries"]
    assert (too_many.status, too_many.new, too_many.annotated) == ("REFUSED", 0, False)


@pytest.mark.slow
def test_three_hundred_entries_are_written_and_undone(banner: Banner) -> None:
    clerk = banner.provider.clerk
    found = sent(clerk, book_of(*(incomplete(f"目录{n:03d}号资源") for n in range(300))), banner)
    done = carried_out(clerk, found, banner)
    assert len(queries.own_entries(clerk)) == 300
    assert actions.undo_import(import_id=done.id, by=clerk, at=banner.at) == ()
    assert queries.own_entries(clerk) == ()


def test_a_workbook_or_file_of_others_entries_keeps_their_tables_to_them(banner: Banner) -> None:
    entry = make_published(banner=banner, content=complete_content())
    (mapped,) = entry.content.distributions[:1]
    assert mapped.source_table
    for person, sees in ((banner.provider.clerk, True), (banner.consumer.clerk, False), (banner.authority_officer, False)):
        got = client_of(person).get(reverse("catalogue:search"), {"export": "json"})
        (told,) = json.loads(got.content)["entries"]
        assert (told["content"]["distributions"][0]["source_table"] == mapped.source_table) is sees
        assert (mapped.source_table in got.content.decode()) is sees
        book = client_of(person).get(reverse("catalogue:search"), {"export": "book"})
        rows = openpyxl.load_workbook(io.BytesIO(book.content))["共享方式"].iter_rows(values_only=True)
        assert any(mapped.source_table in map(str, row) for row in rows) is sees


def test_a_row_with_an_error_counts_as_that_and_a_cell_is_told_once(banner: Banner) -> None:
    clerk, known = banner.provider.clerk, make_published(banner=banner)
    same = row(queries.get_draft(known.id).content, id=known.id, code=known.code)
    book = writing.write_book([same, row(incomplete("新目录"))], Directory())
    found = sent(clerk, changed(book, {("目录", 3, "更新周期"): "每隔一会儿"}), banner)
    assert (found.status, found.wrong, found.new, found.changed, found.unchanged) == ("REFUSED", 1, 0, 0, 1)
    assert [line.action for line in imports.lines_of(found.id, actor=clerk)] == ["UNCHANGED", "WRONG"]
    assert sum((one.place.header, one.place.row) == ("更新周期", 3) for one in found.findings) == 1
