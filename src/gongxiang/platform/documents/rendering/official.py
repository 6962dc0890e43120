"""An official letter in the form of GB/T 9704-2012: document, letter or minutes, as PDF/A and as Word.

For every room that decides, certifies or writes to somebody. What it says comes as values and never becomes markup. The
code and address of verification are ours; the standard knows neither, so they stand above the imprint and change no part of it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from gongxiang.platform.documents.rendering import fonts, pdf

_FIRST = re.compile(r"^[一二三四五六七八九十百]+、[^。；]{1,40}$")
_SECOND = re.compile(r"^（[一二三四五六七八九十百]+）[^。；]{1,40}$")


class LetterForm(StrEnum):
    """Which of the standard's forms."""

    #: 文件式: red mark “…文件”, number, red line.
    DOCUMENT = "document"
    #: 信函格式: the name alone, double red lines above and below, number on the right.
    LETTER = "letter"
    #: 纪要格式: red mark “…纪要”, who attended; neither seal nor signature line.
    MINUTES = "minutes"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table in the text; `widths` are shares, equal if left out."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Annex:
    """An attachment that is part of the same file; begins on a page of its own."""

    title: str
    text: "tuple[str | Table, ...]"


@dataclass(frozen=True, kw_only=True)
class OfficialText:
    """What a letter says; the number, the date and the issuer come with issuing it.

    A paragraph “一、…” or “（一）…” without a full stop is a heading of the first or second level and set as the standard asks.
    """

    title: str
    text: tuple[str | Table, ...] = ()
    form: LetterForm = LetterForm.LETTER
    #: 主送机关; empty where the paper is addressed to nobody (a filing certificate, minutes).
    addressees: tuple[str, ...] = ()
    #: Label and value, set as a table of two columns after the text.
    rows: tuple[tuple[str, str], ...] = ()
    #: 附件说明: names of what goes with the letter as files of their own; the annexes are listed before them by themselves.
    attachments: tuple[str, ...] = ()
    annexes: tuple[Annex, ...] = ()
    #: 发文机关标志 if it is not made of the issuer's name.
    mark: str = ""
    #: 紧急程度 (特急, 加急) and 签发人, which only letters to a superior carry.
    urgency: str = ""
    signer: str = ""
    #: 附注, without the brackets.
    note: str = ""
    #: 抄送机关.
    copies: tuple[str, ...] = ()
    #: 出席、请假、列席 of minutes: label and names.
    attended: tuple[tuple[str, str], ...] = ()
    #: Further 署名 beside the issuer's, for papers of two parties.
    cosigners: tuple[str, ...] = ()
    #: Whether the place of the seal is marked.
    seal: bool = True

    def named_attachments(self) -> tuple[str, ...]:
        """All that 附件说明 lists."""
        return (*(annex.title for annex in self.annexes), *self.attachments)


@dataclass(frozen=True, kw_only=True)
class OfficialLetter:
    """The text with what issuing gave it."""

    said: OfficialText
    issuer: str
    number: str
    issued_on: date
    #: The verification code as printed, and where it is resolved (empty where the site has no address of its own yet).
    code: str
    address: str = ""
    #: A line about signatures or digests beside the code.
    sealed_by: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """发文机关标志."""
        if self.said.mark:
            return self.said.mark
        match self.said.form:
            case LetterForm.DOCUMENT:
                return f"{self.issuer}文件"
            case LetterForm.MINUTES:
                return f"{self.issuer}纪要"
            case LetterForm.LETTER:
                return self.issuer

    @property
    def day(self) -> str:
        """成文日期: Arabic figures without leading zeros."""
        return f"{self.issued_on.year}年{self.issued_on.month}月{self.issued_on.day}日"

    @property
    def signs(self) -> tuple[str, ...]:
        """发文机关署名; minutes carry none."""
        return () if self.said.form is LetterForm.MINUTES else (self.issuer, *self.said.cosigners)

    @property
    def how_to_verify(self) -> str:
        """The words beside the code."""
        if self.address:
            return f"核验地址：{self.address}"
        return "核验方法：在政务信息资源共享平台“文书核验”页输入核验码。"


def level(words: str) -> int:
    """1 or 2 for a heading of that level, 0 for text."""
    return 1 if _FIRST.match(words) else 2 if _SECOND.match(words) else 0


def plain(text: Iterable[str | Table]) -> tuple[str, ...]:
    """The words of a text alone; a table line by line."""
    lines: list[str] = []
    for part in text:
        if isinstance(part, Table):
            lines += ["　".join(row) for row in (part.head, *part.rows)]
        else:
            lines.append(part)
    return tuple(lines)


def to_pdf(letter: OfficialLetter) -> bytes:
    """As PDF/A-2b; the date inside the file is the date of issue, so that the same letter gives the same bytes."""
    said, day = letter.said, letter.issued_on
    data: dict[str, Any] = {
        "form": said.form.value, "mark": letter.mark, "number": letter.number, "title": said.title, "issuer": letter.issuer,
        "urgency": said.urgency, "signer": said.signer, "addressees": "、".join(said.addressees), "text": _blocks(said.text),
        "rows": [list(row) for row in said.rows], "attachments": list(said.named_attachments()), "signs": list(letter.signs),
        "annexes": [{"title": annex.title, "text": _blocks(annex.text)} for annex in said.annexes], "date": letter.day,
        "seal": said.seal and bool(letter.signs), "note": said.note, "copies": "，".join(said.copies),
        "attended": [list(one) for one in said.attended], "code": letter.code, "address": letter.how_to_verify,
        "sealed_by": list(letter.sealed_by), "qr": pdf.squares(letter.address),
        "stand_in": fonts.stands_in(fonts.TITLE),
    }  # fmt: skip
    return pdf.fill("official", data, at=datetime(day.year, day.month, day.day, tzinfo=UTC))


def _blocks(text: tuple[str | Table, ...]) -> list[dict[str, Any]]:
    return [
        {"head": list(part.head), "rows": [list(row) for row in part.rows], "widths": list(part.widths or [1] * len(part.head))}
        if isinstance(part, Table)
        else {"words": part, "level": level(part)}
        for part in text
    ]
