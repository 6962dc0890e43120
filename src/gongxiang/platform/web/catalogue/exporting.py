"""Files of the catalogue for download: the workbook, the exchange file, and the list as PDF or Word."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongxiang.platform.catalogue import surroundings
from gongxiang.platform.catalogue.workbook import exchange, writing
from gongxiang.platform.catalogue.workbook.writing import BookRow
from gongxiang.platform.documents.rendering import table
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.catalogue.export import export_xlsx
from gongxiang.platform.web.doors import ActingRequest
from gongxiang.protocol import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: What the buttons offer: name in the address -> ending of the file.
FORMATS = {"book": "xlsx", "json": "json", "pdf": "pdf", "docx": "docx"}


#: Entries up to which a file is answered at once, well under a second; more are made by the worker.
DIRECT = {"book": 150, "json": 500, "pdf": 150, "docx": 150, "csv": 1000, "xlsx": 1000}


def export(request: ActingRequest, kind: str, rows: Sequence[BookRow], *, name: str, title: str) -> HttpResponse:
    """The file of these entries in the form that the address asks for."""
    return download(*rendered(kind, rows, actor=request.actor, name=name, title=title))


def rendered(kind: str, rows: Sequence[BookRow], *, actor: Actor, name: str, title: str) -> tuple[bytes, str, str]:
    """(content, media type, file name) in one of `FORMATS`, in the language in force."""
    language = get_language() or "zh-hans"
    if kind == "book":
        return writing.write_book(_in_words(rows), surroundings.directory_of(actor), language=language), XLSX, f"{name}.xlsx"
    if kind == "json":
        return exchange.write_exchange(rows, at=clock.now()), "application/json", f"{name}.json"
    listed = _table(rows, title)
    if kind == "pdf":
        return table.to_pdf(listed), "application/pdf", f"{name}.pdf"
    return table.to_word(listed), DOCX, f"{name}.docx"


def sheet(kind: str, name: str, columns: Sequence[tuple[Any, Any]], rows: Iterable[Any]) -> tuple[bytes, str, str]:
    """(content, media type, ending) of a list as CSV or Excel."""
    made = export_xlsx(name, columns, rows) if kind == "xlsx" else lists.export_csv(name, columns, rows)
    return made.content, made.headers["Content-Type"], kind


def download(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A file to be saved, never shown inside the site."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return response


def _in_words(rows: Sequence[BookRow]) -> list[BookRow]:
    """States in the reader's language; the column is only shown, never read back."""
    from dataclasses import replace

    return [replace(row, status=str(labels.state("resource", row.status)[0])) for row in rows]


def _table(rows: Sequence[BookRow], title: str) -> table.Table:
    today = clock.now().astimezone(clock.BEIJING).date()
    return table.Table(
        title=title,
        subtitle=_("%(count)s entries, as of %(day)s") % {"count": len(rows), "day": today.isoformat()},
        head=(
            _("No."), _("Resource code"), _("Name of the resource"), _("Provider"), _("Data elements"), _("Sharing type"),
            _("Conditions of sharing"), _("Delivery"), _("Update cycle"), _("Data level"),
        ),
        widths=(1, 3, 4, 3, 6, 2, 4, 2, 2, 2),
        rows=[
            (
                str(number), row.code, row.content.name, row.provider,
                "、".join(element.name for element in row.content.elements),
                str(labels.code("sharing_type", row.content.sharing_type)),
                row.content.conditions or row.content.withholding.text,
                "、".join(str(labels.code("distribution", kind)) for kind in row.content.kinds),
                str(labels.code("update_cycle", row.content.update_cycle)),
                str(labels.code("data_class", row.content.data_class)),
            )
            for number, row in enumerate(rows, start=1)
        ],
    )  # fmt: skip
