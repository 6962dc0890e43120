"""Files that would take all memory, or the worker with them: read to an end, taken up a few times, then given up by name."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from gongxiang.platform.catalogue import actions, imports
from gongxiang.platform.catalogue.actions import importing
from gongxiang.platform.catalogue.models import CatalogueImport
from gongxiang.platform.catalogue.workbook import reading
from tests.factories.parties import Banner, make_banner
from tests.integration.catalogue.test_import import JOB, book_of, incomplete, sent, zipped

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
