"""What is shown, as an Excel file; texts stay texts, so that no cell is run as a formula."""

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from gongxiang.platform.catalogue.workbook.writing import safe

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export_xlsx(name: str, columns: Sequence[tuple[str | Promise, Callable[[Any], Any]]], rows: Iterable[Any]) -> HttpResponse:
    """One sheet with a head line that stays in view and can be filtered."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    head = [WriteOnlyCell(sheet, value=str(label)) for label, _value in columns]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    count = 1
    for row in rows:
        sheet.append([safe(sheet, _plain(value(row))) for _label, value in columns])
        count += 1
    sheet.auto_filter.ref = f"A1:{chr(ord('A') + len(columns) - 1)}{count}"
    out = BytesIO()
    book.save(out)
    response = HttpResponse(out.getvalue(), content_type=_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _plain(value: Any) -> int | str:
    return value if isinstance(value, int) else "" if value is None else str(value)
