"""Reading and showing the whole compile form: metadata, element rows, distributions with their columns.

The rows that are typed travel with every request, so that adding, removing and moving them needs no script and loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import QueryDict

from gongxiang.platform.catalogue.content import Content, DistributionContent, ElementContent
from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.web.catalogue.forms import Choice, DistributionForm, ElementForm, EntryForm
from gongxiang.platform.web.numbers import whole

#: More rows than any table has; a longer form is not read.
MOST_ROWS = 500
#: Longest name of a column that is read.
LONGEST_NAME = 200


@dataclass(frozen=True)
class Mapped:
    """One element's column in one table, as the page shows it."""

    name: str
    code: str
    column: str
    error: str


class Editor:
    """The three parts of the form together."""

    def __init__(self, *, before: Content, provider_id: UUID, actor: Actor, data: QueryDict | None = None) -> None:
        self.before = before
        self.data = data
        self.actor = actor
        self.nodes: list[Choice] = [(str(node.id), node.name) for node in delivery.admitted_nodes(provider_id)]
        self.kept = {str(item.node_id) for item in before.distributions if item.node_id}
        self.refusals: list[Refusal] = []
        if data is None:
            self.entry = EntryForm(initial=EntryForm.values(before), provider_id=provider_id, kept=before.systems)
            self.elements = [self._element_row(n, element) for n, element in enumerate(before.elements)]
            self.distributions = [self._distribution_row(n, item) for n, item in enumerate(before.distributions)]
        else:
            self.entry = EntryForm(data, provider_id=provider_id, kept=before.systems)
            self.elements = [ElementForm(data, prefix=f"elements-{n}") for n in _rows_in(data, "elements", "name")]
            self.distributions = [
                DistributionForm(
                    data, prefix=f"distributions-{n}", nodes=self.nodes, kept=self.kept, columns=self._typed_columns(data, n)
                )
                for n in _rows_in(data, "distributions", "kind")
            ]

    # ---- reading --------------------------------------------------------------------------------------------------------

    @property
    def is_valid(self) -> bool:
        """Whether everything typed could be read; every part is looked at, so that all errors show at once."""
        checked = [form.is_valid() for form in (self.entry, *self.elements, *self.distributions)]
        return all(checked)

    def content(self) -> Content:
        """What was typed. Rows that could not be read keep what was saved."""
        _ = self.is_valid
        saved = {element.code: element for element in self.before.elements if element.code}
        elements = tuple(form.element(saved.get(form.cleaned_data.get("code", ""))) for form in self.elements)
        distributions = tuple(form.distribution() for form in self.distributions)
        return replace(self.entry.content(self.before), elements=elements, distributions=distributions)

    # ---- changing rows --------------------------------------------------------------------------------------------------

    def change_rows(self, op: str) -> None:
        """`add-element`, `remove-element-3`, `up-element-3`, `add-table`, `remove-distribution-0`, `fill-0`."""
        content = self.content()
        elements, distributions = list(content.elements), list(content.distributions)
        verb, _dash, rest = op.partition("-")
        what, _dash, number = rest.partition("-")
        index = whole(number, otherwise=whole(what, otherwise=-1))
        if op == "add-element":
            elements.append(ElementContent(data_class="GENERAL", sensitivity="GENERAL"))
        elif verb == "add":
            distributions.append(DistributionContent(kind=what.upper()))
        elif verb == "remove" and what == "element" and 0 <= index < len(elements):
            del elements[index]
        elif verb == "remove" and what == "distribution" and 0 <= index < len(distributions):
            del distributions[index]
        elif verb in ("up", "down") and what == "element":
            other = index - 1 if verb == "up" else index + 1
            if 0 <= index < len(elements) and 0 <= other < len(elements):
                elements[index], elements[other] = elements[other], elements[index]
        elif verb == "fill" and 0 <= index < len(distributions):
            distributions[index] = self._filled(distributions[index], tuple(elements))
        self.elements = [self._element_row(n, element) for n, element in enumerate(elements)]
        self.distributions = [self._distribution_row(n, item) for n, item in enumerate(distributions)]

    def _filled(self, item: DistributionContent, elements: tuple[ElementContent, ...]) -> DistributionContent:
        """Columns still empty take the column of the same name that the node has described, or the element's code."""
        described = None
        if item.node_id and item.source_table:
            described = delivery.latest_check(node_id=item.node_id, table=item.source_table, actor=self.actor)
        by_comment = {c.get("comment", ""): c["column"] for c in described.columns} if described else {}
        known = {c["column"].lower(): c["column"] for c in described.columns} if described else {}
        columns = dict(item.columns)
        for element in elements:
            if element.shareable and element.code and not columns.get(element.code):
                column = known.get(element.code) or by_comment.get(element.name) or ("" if described else element.code)
                if column:
                    columns[element.code] = column
        return replace(item, columns=columns)

    # ---- refusals -------------------------------------------------------------------------------------------------------

    def show(self, refusal: Refusal) -> None:
        """Put a refusal, or each of its shortfalls, at the field it is about; the others above the form."""
        for one in refusal.shortfalls if isinstance(refusal, Shortfalls) else (refusal,):
            if not self._show_one(one):
                self.refusals.append(one)

    def _show_one(self, one: Refusal) -> bool:
        path = EntryForm.PATHS.get(one.field, one.field)
        head, _dot, rest = path.partition(".")
        if path in self.entry.fields:
            self._at(self.entry, path, one)
            return True
        which, _dot, name = rest.partition(".")
        parts: dict[str, list[Any]] = {"elements": self.elements, "distributions": self.distributions}
        rows = parts.get(head, [])
        place = whole(which, otherwise=-1)
        if not 0 <= place < len(rows):
            return False
        form = rows[place]
        if name in form.fields:
            self._at(form, name, one)
            return True
        if name.startswith("columns."):
            form.column_errors[name.removeprefix("columns.")] = one.message
            return True
        return False

    def _at(self, form: Any, name: str, one: Refusal) -> None:
        if not form.is_bound:
            self.refusals.append(one)
            return
        form.point_out(name, one.message)

    @property
    def errors(self) -> int:
        """How many fields are marked."""
        forms = (self.entry, *self.elements, *self.distributions)
        marked = sum(len(form.errors) for form in forms if form.is_bound)
        return marked + sum(len(form.column_errors) for form in self.distributions)

    # ---- showing --------------------------------------------------------------------------------------------------------

    @property
    def tables(self) -> list[tuple[int, DistributionForm, list[Mapped] | None]]:
        """The distributions, each table with a line for every shared element."""
        shown: list[tuple[int, DistributionForm, list[Mapped] | None]] = []
        for number, form in enumerate(self.distributions):
            kind = form["kind"].value()
            lines = [self._mapped(form, row) for row in self.elements if row["sharing_type"].value() != "WITHHELD"]
            shown.append((number, form, [line for line in lines if line] if kind == "TABLE" else None))
        return shown

    def _mapped(self, form: DistributionForm, row: ElementForm) -> Mapped | None:
        code = str(row["code"].value() or "")
        if not code:
            return None
        name = str(row["name"].value() or "")
        return Mapped(name=name, code=code, column=form.columns.get(code, ""), error=form.column_errors.get(code, ""))

    def _element_row(self, number: int, element: ElementContent) -> ElementForm:
        return ElementForm(initial=ElementForm.values(element), prefix=f"elements-{number}")

    def _distribution_row(self, number: int, item: DistributionContent) -> DistributionForm:
        values = DistributionForm.values(item)
        return DistributionForm(
            initial=values, prefix=f"distributions-{number}", nodes=self.nodes, kept=self.kept, columns=dict(item.columns)
        )

    def _typed_columns(self, data: Mapping[str, Any], number: int) -> dict[str, str]:
        start = f"distributions-{number}-column-"
        typed = {name.removeprefix(start): str(data[name]) for name in data if name.startswith(start)}
        return {code: _name(column) for code, column in typed.items() if code == _name(code)}


def _name(text: str) -> str:
    """A column's name as it can be kept: no control characters, no more than a database allows."""
    return "".join(c for c in text if c.isprintable()).strip()[:LONGEST_NAME]


def _rows_in(data: QueryDict, name: str, field: str) -> list[int]:
    """The rows that were really sent, of as many as the form says it had."""
    text = data.get(f"{name}-count", "0")
    count = min(whole(text), MOST_ROWS)
    return [n for n in range(count) if f"{name}-{n}-{field}" in data]
