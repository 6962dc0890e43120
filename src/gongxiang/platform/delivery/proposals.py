"""What a source's table proposes for the catalogue (反向编目): a draft to be completed, never an entry.

Pure: from names, comments, types and keys alone. What a person must decide (classes of data, conditions, purposes) stays empty.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pypinyin import Style, lazy_pinyin

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue.content import Content, DistributionContent, ElementContent
from gongxiang.platform.catalogue.policies import ELEMENT_CODE, RESERVED_PREFIXES
from gongxiang.platform.catalogue.vocabulary import DistributionKind, ElementType, FormatClass
from gongxiang.protocol.terms import DataType

#: How long proposed names and codes may be.
LONGEST_NAME, LONGEST_CODE = 100, 48
#: The letter of each type the data plane carries; text of a declared length is C, of any length a memo.
_LETTERS = {
    DataType.INTEGER: ElementType.I,
    DataType.DECIMAL: ElementType.N,
    DataType.DOUBLE: ElementType.B,
    DataType.BOOLEAN: ElementType.L,
    DataType.DATE: ElementType.D,
    DataType.TIMESTAMP: ElementType.T,
    DataType.INSTANT: ElementType.Z,
    DataType.BYTES: ElementType.G,
    DataType.UUID: ElementType.U,
    DataType.JSON: ElementType.J,
}


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """One column and the element it would be; `element` is None where the column cannot be carried."""

    column: Mapping[str, Any]
    element: ElementContent | None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The draft that a table proposes."""

    content: Content
    columns: tuple[Proposed, ...]

    @property
    def left_out(self) -> tuple[Proposed, ...]:
        """Columns that no element stands for."""
        return tuple(one for one in self.columns if one.element is None)


@implements("wushen-2021-60:7", "cn-809:13.2")
def propose(
    *, node_id: UUID, table: str, comment: str, columns: list[dict[str, Any]], fit: bool, taken: frozenset[str] = frozenset()
) -> Proposal:
    """The draft for one table; a table that cannot be captured (`fit` is false) gets its elements but no delivery.

    `taken` are names of entries: a proposed name that is among them gets the table's own name beside it.
    """
    names: set[str] = set()
    codes: set[str] = set()
    proposed = []
    for column in columns:
        carried = column.get("type")
        if carried is None:
            proposed.append(Proposed(column=column, element=None))
            continue
        name = _once(first_line(str(column.get("comment", ""))) or str(column["column"]), names, str(column["column"]))
        code = _code_once(element_code(str(column["column"])), codes)
        proposed.append(Proposed(column=column, element=_element(column, DataType(carried), name, code)))
    elements = tuple(one.element for one in proposed if one.element is not None)
    mapped = {one.element.code: str(one.column["column"]) for one in proposed if one.element is not None}
    delivery = DistributionContent(kind=DistributionKind.TABLE.value, node_id=node_id, source_table=table, columns=mapped)
    own = table.partition(".")[2] or table
    content = Content(
        name=_once(first_line(comment) or own, set(taken), own),
        format_class=FormatClass.DATABASE.value,
        format_type="PostgreSQL",
        elements=elements,
        distributions=(delivery,) if fit else (),
    )
    return Proposal(content=content, columns=tuple(proposed))


def first_line(comment: str) -> str:
    """A comment as a name: its first line without a trailing stop, cut."""
    line = next((part.strip() for part in comment.splitlines() if part.strip()), "")
    return line.rstrip("。.；;，,：:")[:LONGEST_NAME].strip()


def element_code(column: str) -> str:
    """A column's name as an element's code: small letters, figures and underscores; Chinese by its initials."""
    text = unicodedata.normalize("NFKC", column).lower()
    if ELEMENT_CODE.fullmatch(text) and not text.startswith(RESERVED_PREFIXES):
        return text
    text = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))
    text = re.sub(r"[^a-z0-9]+", "_", text).strip("_")[: LONGEST_CODE - 2].rstrip("_")
    if not text or not text[0].isalpha() or text.startswith(RESERVED_PREFIXES):
        text = f"c_{text}".rstrip("_")
    return text


def _element(column: Mapping[str, Any], carried: DataType, name: str, code: str) -> ElementContent:
    length = int(column.get("length") or 0)
    letter = _LETTERS.get(carried) or (ElementType.C if length else ElementType.M)
    exact = carried is DataType.DECIMAL
    return ElementContent(
        name=name,
        code=code,
        type=letter.value,
        length=int(column["precision"]) if exact else length or None,
        scale=int(column["scale"]) if exact else None,
        key=bool(column["key"]),
        nullable=bool(column["nullable"]) and not column["key"],
    )


def _once(name: str, used: set[str], beside: str) -> str:
    """`name`, or with the source's own name beside it if it was used."""
    found, number = name, 1
    while found in used:
        mark = f"（{beside[:40]}{number if number > 1 else ''}）"
        found, number = f"{name[: LONGEST_NAME - len(mark)]}{mark}", number + 1
    used.add(found)
    return found


def _code_once(code: str, used: set[str]) -> str:
    found, number = code, 1
    while found in used:
        number += 1
        found = f"{code[: LONGEST_CODE - 4]}_{number}"
    used.add(found)
    return found
