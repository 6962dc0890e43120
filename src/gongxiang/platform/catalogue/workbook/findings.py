"""What is wrong in a workbook, where exactly, and what to do: kept as JSON and told in the reader's language."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from gongxiang.platform.kernel.errors import Refusal

#: An error keeps the whole file out; a shortfall may stay in a draft; a note only says what was done.
ERROR, SHORTFALL, NOTE = "error", "shortfall", "note"
#: Longest piece of a cell that is repeated in a finding.
_SHOWN = 80


@dataclass(frozen=True, kw_only=True)
class Place:
    """A cell; row 0 is the sheet as a whole, an empty sheet the file as a whole. Rows and columns count from 1."""

    sheet: str = ""
    row: int = 0
    column: int = 0
    header: str = ""

    @property
    def cell(self) -> str:
        """As Excel names it."""
        return f"{letters(self.column)}{self.row}" if self.row and self.column else str(self.row or "")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found."""

    place: Place
    severity: str
    code: str
    template: str
    values: dict[str, Any]
    basis: tuple[str, ...]
    todo: str
    shown: str = ""

    @property
    def message(self) -> str:
        """What is wrong, in the reader's language."""
        text = gettext(self.template)
        return text.format(**self.values) if self.values else text

    @property
    def advice(self) -> str:
        """What to do, in the reader's language."""
        text = gettext(self.todo) if self.todo else ""
        return text.format(**self.values) if text and self.values else text

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        place = self.place
        return {
            "sheet": place.sheet, "row": place.row, "column": place.column, "header": place.header, "severity": self.severity,
            "code": self.code, "template": self.template, "values": self.values, "basis": list(self.basis), "todo": self.todo,
            "shown": self.shown,
        }  # fmt: skip

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Finding":
        """The inverse of `to_json`."""
        place = Place(sheet=value["sheet"], row=value["row"], column=value["column"], header=value["header"])
        rest = {name: value[name] for name in ("severity", "code", "template", "values", "todo", "shown")}
        return cls(place=place, basis=tuple(value["basis"]), **rest)


def finding(refusal: Refusal, place: Place, *, severity: str = ERROR, shown: object = "") -> Finding:
    """A refusal at a place; of the cell's words only the beginning is repeated."""
    words = str(shown)
    return Finding(
        place=place,
        severity=severity,
        code=refusal.code,
        template=refusal.template,
        values={name: value if isinstance(value, int) else str(value)[:200] for name, value in refusal.values.items()},
        basis=tuple(refusal.articles),
        todo=refusal.todo,
        shown=words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…",
    )


def letters(column: int) -> str:
    """A column's letters, counted from 1."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
