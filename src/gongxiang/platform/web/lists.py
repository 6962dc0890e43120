"""Lists: search, filters and sort in the address, paging with counts exact to 10,000, export of what is shown."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from gongxiang.platform.web.numbers import whole

PAGE_SIZE = 20
COUNT_LIMIT = 10_000
#: Signs at which a spreadsheet takes a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(kw_only=True)
class Page:
    """One page of a list, as `web/parts/paging.html` shows it."""

    rows: Sequence[Any]
    number: int
    pages: int
    total: int
    #: Whether there are more than COUNT_LIMIT rows.
    more: bool
    sort: str
    query: str
    chosen: Mapping[str, str] = field(default_factory=dict)
    #: Rows on a page, and what the reader may choose instead.
    size: int = PAGE_SIZE
    sizes: Sequence[int] = ()

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to show; None is a gap."""
        near = {1, self.pages, *range(max(1, self.number - 2), min(self.pages, self.number + 2) + 1)}
        shown: list[int | None] = []
        for n in sorted(near):
            if shown and shown[-1] is not None and n - shown[-1] > 1:
                shown.append(None)
            shown.append(n)
        return shown


def paginate(
    request: HttpRequest,
    rows: "QuerySet[Any] | Sequence[Any]",
    *,
    sorts: Mapping[str, Sequence[str]] | None = None,
    filters: Sequence[str] = (),
    size: int = PAGE_SIZE,
    sizes: Sequence[int] = (),
) -> Page:
    """The page that the address asks for (`page`, `sort`, `q`, and the names in `filters`); nonsense gives the nearest page.

    `sizes` are the lengths of a page that the reader may choose from (`per`).

    `sorts` maps a name to `order_by` fields; its first is the default. Searching and filtering are the caller's, in its query.
    """
    sort = request.GET.get("sort", "")
    if isinstance(rows, QuerySet):
        if sorts:
            sort = sort if sort in sorts else next(iter(sorts))
            rows = rows.order_by(*sorts[sort])
        counted = rows.order_by()[: COUNT_LIMIT + 1].count()
    else:
        counted = len(rows)
    size = chosen if (chosen := whole(request.GET.get("per", ""))) in sizes else size
    total, more = min(counted, COUNT_LIMIT), counted > COUNT_LIMIT
    pages = max(1, -(-total // size))
    asked = request.GET.get("page", "1")
    number = min(max(1, whole(asked, otherwise=1)), pages)
    return Page(
        rows=list(rows[(number - 1) * size : number * size]),
        number=number,
        pages=pages,
        total=total,
        more=more,
        sort=sort,
        query=request.GET.get("q", "").strip()[:200],
        size=size,
        sizes=sizes,
        chosen={name: request.GET.get(name, "") for name in filters},
    )


def export_csv(name: str, columns: Sequence[tuple[str | Promise, Callable[[Any], Any]]], rows: Any) -> HttpResponse:
    """A CSV that Excel opens as it is (UTF-8 with mark); cells that Excel would run as formulas are quoted."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([str(label) for label, _ in columns])
    for row in rows:
        writer.writerow([_safe(value(row)) for _, value in columns])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{_NOT_IN_A_NAME.sub("-", name)}.csv"'
    return response


def _safe(value: Any) -> str:
    text = "" if value is None else str(value)
    # The wide forms of these signs begin a formula too where Excel runs in Chinese; some programs take blanks off first.
    return f"'{text}" if text[:1] in _FORMULA or text.lstrip()[:1] in _FORMULA else text
