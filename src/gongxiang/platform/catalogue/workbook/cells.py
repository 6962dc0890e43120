"""One value as one cell, and back. What is read is JSON's own types, as `Content.from_json` takes them.

Texts are read without blanks at their ends; `checking.settle` keeps the old text where only such things differ, so that an
export that is imported again changes nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import translation

from gongxiang.platform.catalogue import errors_import as errors
from gongxiang.platform.catalogue.codes import CLASSIFICATION
from gongxiang.platform.catalogue.workbook.columns import Column, Kind, coded

#: Stands in a cell for a text too long for Excel; read back it means "as it is".
CUT_SHORT = "〔过长，保持不变〕"
#: Longest text of an Excel cell.
CELL_LIMIT = 32_767
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LANGUAGES = ("zh-hans", "en")
_YES = {"是": True, "否": False, "有": True, "无": False, "y": True, "n": False, "yes": True, "no": False, "true": True,
        "false": False, "1": True, "0": False, "√": True, "×": False}  # fmt: skip
_ESCAPES = {"\\": "\\", "n": "\n", ";": ";", "；": "；", "=": "="}
#: Figures that a double holds without loss.
_EXACT = 15


@dataclass
class Register:
    """Names of one kind of record: id -> word that means it alone, and word -> ids."""

    what: str
    words: dict[str, str] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)

    def add(self, identifier: object, *words: str) -> None:
        """Let the record be found by its id and each of the words; the first that is its alone is written."""
        key = str(identifier)
        for word in (key, *words):
            if word:
                self.ids.setdefault(_plain(word), set()).add(key)
        self.words[key] = next((w for w in words if w), key)

    def word(self, identifier: object) -> str:
        """What is written for the record: its word if nothing else is called so, else its id."""
        key = str(identifier)
        word = self.words.get(key, key)
        return word if self.ids.get(_plain(word), {key}) == {key} else key

    def find(self, word: str) -> str:
        """The id; raises ReferenceUnknown or ReferenceAmbiguous."""
        found = self.ids.get(_plain(word), set())
        if len(found) == 1:
            return next(iter(found))
        refusal = errors.ReferenceAmbiguous if found else errors.ReferenceUnknown
        raise refusal(value=word[:80], what=self.what)


@dataclass
class Directory:
    """What references in the workbook may mean."""

    registers: dict[str, Register] = field(default_factory=dict)
    #: The national guide's figures of coded fields: field -> figure -> value.
    figures: dict[str, dict[str, str]] = field(default_factory=dict)

    def register(self, kind: str) -> Register | None:
        """The register of that kind; None where ids stand for themselves."""
        return self.registers.get(kind)


def _plain(word: str) -> str:
    return re.sub(r"\s+", "", word).lower().replace("（", "(").replace("）", ")")


# ---- writing ------------------------------------------------------------------------------------------------------------


def written(column: Column, full: str, value: Any, directory: Directory) -> Any:
    """The cell for a value of JSON's own types: a text, a number, or None for nothing."""
    if value is None or value in ("", [], {}):
        return None
    register = directory.register(column.refers_to)
    match column.kind:
        case Kind.TEXT:
            text: Any = CONTROL.sub("", str(value))
        case Kind.CODE:
            text = str(coded(full).get(value, value))
        case Kind.YES:
            text = "是" if value else "否"
            text = text if translation.get_language() != "en" else ("Yes" if value else "No")
        case Kind.INTEGER:
            text = value if len(str(abs(value))) <= _EXACT else str(value)
        case Kind.DECIMAL:
            number = Decimal(str(value))
            fits = len(number.as_tuple().digits) <= _EXACT and Decimal(repr(float(number))) == number
            text = float(number) if fits else format(number, "f")
        case Kind.DATE:
            text = str(value)
        case Kind.REFERENCE:
            text = register.word(value) if register else str(value)
        case Kind.TEXTS:
            text = "\n".join(_escape(CONTROL.sub("", item)) for item in value)
        case Kind.CODES:
            text = "；".join(str(coded(full).get(item, item)) for item in value)
        case Kind.REFERENCES:
            text = "\n".join(_escape(register.word(item) if register else str(item)) for item in value)
        case Kind.PAIRS:
            text = "\n".join(f"{_escape(k)} = {_escape(v)}" for k, v in value.items())
    return CUT_SHORT if isinstance(text, str) and len(text) > CELL_LIMIT else text


def _escape(text: str) -> str:
    return (
        re.sub(r"[\\;；=]", lambda found: f"\\{found[0]}", text).replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    )


# ---- reading ------------------------------------------------------------------------------------------------------------


def read(column: Column, full: str, raw: Any, directory: Directory) -> Any:
    """The value in a cell, in JSON's own types; raises an ImportProblem that says what is wrong with it."""
    text = as_text(raw)
    if len(text) > column.longest and column.kind is Kind.TEXT:
        raise errors.CellTooLong(length=len(text), most=column.longest)
    if len(text) > CELL_LIMIT:
        raise errors.CellTooLong(length=len(text), most=CELL_LIMIT)
    wrong = CONTROL.search(text)
    if wrong:
        raise errors.CellControlCharacters(character=f"U+{ord(wrong[0]):04X}")
    return _READERS[column.kind](column, full, text, directory)


def as_text(raw: Any) -> str:
    """A cell as text: numbers without a decimal point that nobody typed, dates as 2026-11-22, blanks at the ends taken off."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float):
        if abs(raw) >= 10**_EXACT:
            raise errors.CellNumberTooLong()
        return str(int(raw)) if raw.is_integer() else repr(raw)
    if isinstance(raw, int):
        if abs(raw) >= 10**_EXACT:
            raise errors.CellNumberTooLong()
        return str(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time(0) else raw.isoformat(sep=" ")
    if isinstance(raw, (date, time, timedelta)):
        return str(raw)
    return plain_text(str(raw))


def plain_text(text: str) -> str:
    """One kind of line break, no blanks at the ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _text(column: Column, full: str, text: str, directory: Directory) -> str:
    if full == "classification" and " " in text and CLASSIFICATION.fullmatch(text.split()[0]):
        return text.split()[0]
    return text


def _code(column: Column, full: str, text: str, directory: Directory) -> str:
    if not text:
        return ""
    found = _values_of(full).get(_plain(text)) or directory.figures.get(full, {}).get(text)
    if found is None:
        choices = "、".join(str(label) for label in coded(full).values())
        raise errors.CodeNotListed(value=text[:80], choices=choices)
    return found


def _codes(column: Column, full: str, text: str, directory: Directory) -> list[str]:
    parts = [part.strip() for part in re.split(r"[、；;，,\n]", text)]
    return list(dict.fromkeys(_code(column, full, part, directory) for part in parts if part))


def _yes(column: Column, full: str, text: str, directory: Directory) -> bool | None:
    if not text:
        return None
    found = _YES.get(text.lower())
    if found is None:
        raise errors.CellNoYesOrNo(value=text[:80])
    return found


def _integer(column: Column, full: str, text: str, directory: Directory) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,18}(\.0+)?", text):
        raise errors.CellNoNumber(value=text[:80])
    return int(text.partition(".")[0])


def _decimal(column: Column, full: str, text: str, directory: Directory) -> str | None:
    if not text:
        return None
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not -40 < number.adjusted() < 40:
        raise errors.CellNoNumber(value=text[:80])
    return format(number, "f")


def _date(column: Column, full: str, text: str, directory: Directory) -> str | None:
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?(?: 00:00:00)?", text)
    if not found or (text.isdecimal() and len(text) != 8):
        raise errors.CellNoDate(value=text[:80])
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        raise errors.CellNoDate(value=text[:80]) from None


def _reference(column: Column, full: str, text: str, directory: Directory) -> str | None:
    if not text:
        return "" if column.refers_to == "statute" else None
    register = directory.register(column.refers_to)
    # A node that is not the department's own is the policies' matter, which name the article.
    if register is None or (column.refers_to == "node" and IDENTIFIER.fullmatch(text)):
        return _identifier(text)
    return register.find(text)


IDENTIFIER = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _identifier(text: str) -> str:
    if not IDENTIFIER.fullmatch(text):
        raise errors.ReferenceUnknown(value=text[:80], what="")
    return text.lower()


def _texts(column: Column, full: str, text: str, directory: Directory) -> list[str]:
    return [item for part in _split(text, "\n;；") if (item := plain_text(_unescape(part)))]


def _references(column: Column, full: str, text: str, directory: Directory) -> list[str]:
    register = directory.register(column.refers_to)
    words = _texts(column, full, text, directory)
    return list(dict.fromkeys(register.find(word) if register else _identifier(word) for word in words))


def _pairs(column: Column, full: str, text: str, directory: Directory) -> dict[str, str]:
    pairs = {}
    for line in _split(text, "\n;；"):
        if not line.strip():
            continue
        key, *rest = _split(line, "=")
        if len(rest) != 1:
            raise errors.CellNoPairs(value=line[:80])
        pairs[plain_text(_unescape(key))] = plain_text(_unescape(rest[0]))
    return pairs


_READERS: dict[Kind, Callable[[Column, str, str, Directory], Any]] = {
    Kind.TEXT: _text, Kind.CODE: _code, Kind.YES: _yes, Kind.INTEGER: _integer, Kind.DECIMAL: _decimal, Kind.DATE: _date,
    Kind.REFERENCE: _reference, Kind.TEXTS: _texts, Kind.CODES: _codes, Kind.REFERENCES: _references, Kind.PAIRS: _pairs,
}  # fmt: skip
_labels: dict[str, dict[str, str]] = {}


def _values_of(full: str) -> Mapping[str, str]:
    """Every word for every value of a code list: the value itself, its label in each language."""
    if full not in _labels:
        words: dict[str, str] = {}
        for language in LANGUAGES:
            with translation.override(language):
                for value, label in coded(full).items():
                    words[_plain(str(label))] = value
        words.update({_plain(value): value for value in coded(full)})
        _labels[full] = words
    return _labels[full]


def _split(text: str, separators: str) -> list[str]:
    """Parts between separators that are not escaped."""
    parts, start, index = [], 0, 0
    while index < len(text):
        if text[index] == "\\":
            index += 2
            continue
        if text[index] in separators:
            parts.append(text[start:index])
            start = index + 1
        index += 1
    return [*parts, text[start:]]


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), text)
