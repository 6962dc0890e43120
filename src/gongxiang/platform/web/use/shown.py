"""How lists and cases of this area are shown: cells, facts and acts, each drawn by one template.

Nine kinds of case look alike here; a page says what stands in its cells and which acts are possible, never how.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest
from gongxiang.platform.web.forms import Form
from gongxiang.protocol import clock

_EXPORT = 10_000


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One value: a text, perhaps with a link; a state; a moment, a day or a deadline; an article."""

    text: Any = ""
    url: str = ""
    state: tuple[str, str] | None = None
    moment: datetime | None = None
    day: date | datetime | None = None
    due: datetime | None = None
    #: The end of a period, exclusive: shown as 24:00 of the day before.
    until: datetime | None = None
    article: str = ""
    number: int | None = None
    said: bool = False

    @property
    def plain(self) -> str:
        """As a file has it."""
        if self.state:
            return str(labels.state(*self.state)[0])
        at = self.moment or self.due or self.until or self.day
        if at is not None:
            return at.isoformat()
        return str(self.number) if self.number is not None else str(self.text)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A heading and what stands under it."""

    label: Any
    cell: Callable[[Any], Cell]
    number: bool = False


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A filter of a list: its name in the address, its label, and its values with words."""

    name: str
    label: Any
    values: Sequence[tuple[str, Any]]


@dataclass(kw_only=True)
class Act:
    """An act on a case: its form and where it goes; `why_not` shows it disabled."""

    name: str
    label: Any
    url: str
    form: Form | None = None
    danger: bool = False
    confirm: Any = ""
    why_not: Any = ""
    files: bool = False


@dataclass(frozen=True, kw_only=True)
class Link:
    """A button that leads elsewhere."""

    label: Any
    url: str
    icon: str = "arrow-right"


@dataclass(kw_only=True)
class Case:
    """One case as its page shows it."""

    title: Any
    number: str
    state: tuple[str, str]
    crumb: tuple[Any, str]
    basis: Sequence[str]
    sections: Sequence[tuple[Any, Sequence[tuple[Any, Cell]]]]
    acts: Sequence[Act] = ()
    links: Sequence[Link] = ()
    note: Any = ""
    trail: str = ""
    due: datetime | None = None
    due_label: Any = ""
    columns: Sequence[Column] = ()
    rows: Sequence[Any] = field(default_factory=list)
    rows_title: Any = ""

    @property
    def lines(self) -> list[list[tuple[Cell, bool]]]:
        """Rows of the case's own table."""
        return [[(column.cell(row), column.number) for column in self.columns] for row in self.rows]


def show_list(
    request: ActingRequest, *, title: Any, crumb: Any, basis: Sequence[str], intro: Any, rows: Any, columns: Sequence[Column],
    to_view: Callable[[Any], Any], sorts: dict[str, tuple[Any, Sequence[str]]], choices: Sequence[Choice], export: str,
    empty: tuple[Any, Any], links: Sequence[Link] = (),
) -> HttpResponse:  # fmt: skip
    """A list with search, filters, order, paging and export."""
    if request.GET.get("export") == "csv":
        plain = [(column.label, lambda row, cell=column.cell: cell(row).plain) for column in columns]
        return lists.export_csv(export, plain, (to_view(row) for row in rows[:_EXPORT]))
    names = tuple(choice.name for choice in choices)
    page = lists.paginate(request, rows, sorts={name: order for name, (_label, order) in sorts.items()}, filters=names)
    page.rows = [[(column.cell(view), column.number) for column in columns] for view in map(to_view, page.rows)]
    shown = {
        "title": title, "crumb": crumb, "basis": basis, "intro": intro, "page": page, "columns": columns, "links": links,
        "choices": [(choice, request.GET.get(choice.name, "")) for choice in choices],
        "sorts": [(name, label) for name, (label, _order) in sorts.items()], "empty_title": empty[0], "empty_advice": empty[1],
    }  # fmt: skip
    return render(request, "use/list.html", shown)


def show_case(request: ActingRequest, case: Case, *, status: int = 200) -> HttpResponse:
    """The page of a case."""
    news = evidence.trail_of(case.trail, by=request.actor)[-40:] if case.trail else []
    return render(request, "use/case.html", {"case": case, "news": news}, status=status)


def run(
    request: ActingRequest, form: Form, act: Callable[[dict[str, Any]], Any], *, said: Any, back: Callable[[Any], str],
    again: Callable[[Form], HttpResponse],
) -> HttpResponse:  # fmt: skip
    """Carry out the act of a sent form and go back, or show the page again with what is wrong beside its field."""
    if form.is_valid():
        try:
            made = act({"by": request.actor, "at": clock.now()})
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, said)
            return redirect(back(made))
    return again(form)


def wanted(request: ActingRequest, name: str, allowed: Sequence[str]) -> str:
    """A filter's value if it is one of those allowed."""
    value = request.GET.get(name, "")
    return value if value in allowed else ""


def text(request: ActingRequest) -> str:
    """What is searched for."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:200]
