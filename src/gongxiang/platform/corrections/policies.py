"""What a report must say, what a text must not hold, and whether an act fits the case."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime

from gongxiang.law.articles import implements
from gongxiang.platform.corrections import errors, states
from gongxiang.platform.corrections.models import Correction
from gongxiang.platform.kernel.errors import Refusal, Shortfalls

SHORTEST_TEXT, LONGEST_TEXT = 4, 2000
#: Pseudonyms of keys may stand in a text: they are references.
_PSEUDONYM = re.compile(r"\b[0-9a-f]{32}\b")
_LONG_NUMBER = re.compile(r"\d{11,}")
_PERSON = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
_TELEPHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_REFERENCE = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff._:/()\[\]〔〕（）-]{0,63}")


def holds_values(text: str) -> bool:
    """Whether a text holds what looks like the number of a person or a telephone, however it is spaced or typed."""
    plain = _PSEUDONYM.sub(" ", unicodedata.normalize("NFKC", text))
    together = re.sub(r"(?<=\d)[\s\-·.,_]+(?=[\dXx])", "", plain)
    return bool(_LONG_NUMBER.search(plain) or _PERSON.search(together) or _TELEPHONE.search(together))


@implements("wushen-2021-60:15")
def check_text(text: str, field: str, *, missing: type[Refusal] = errors.ReasonMissing) -> str:
    """The text without blanks around it; raises the named refusal if it is too short, ValuesInText if it holds values."""
    said = text.replace("\x00", "").strip()
    if not SHORTEST_TEXT <= len(said) <= LONGEST_TEXT:
        raise missing(field=field)
    if holds_values(said):
        raise errors.ValuesInText(field=field)
    return said


def check_note(text: str, field: str) -> str:
    """As `check_text`, of a text that may be absent."""
    said = text.replace("\x00", "").strip()[:LONGEST_TEXT]
    if holds_values(said):
        raise errors.ValuesInText(field=field)
    return said


def check_reference(text: str, field: str, *, refusal: type[Refusal] = errors.NumberUnfit) -> str:
    """A number of a matter or a call; raises the refusal unless it is one, and if it is a person's number."""
    said = unicodedata.normalize("NFKC", text.replace("\x00", "")).strip()
    if not _REFERENCE.fullmatch(said) or _PERSON.search(said) or _TELEPHONE.search(said):
        raise refusal(field=field)
    return said


@implements("wushen-2021-60:23", "cn-809:26.2")
def check_report(
    *, kind: str, origin: str, elements: Sequence[str], granted: Collection[str], description: str, call_id: str
) -> None:
    """Raise Shortfalls with everything that is missing or does not fit."""
    problems: list[Refusal] = []
    if kind not in states.KINDS or origin not in states.ORIGINS:
        problems.append(errors.OutcomeUnknown(field="kind"))
    if not elements:
        problems.append(errors.ElementsMissing(field="elements"))
    strange = [code for code in elements if code not in granted]
    problems += [errors.ElementNotGranted(field="elements", element=code[:120]) for code in strange]
    try:
        check_text(description, "description", missing=errors.DescriptionMissing)
    except Refusal as refusal:
        problems.append(refusal)
    if origin == states.CALL or call_id:
        try:
            check_reference(call_id, "call_id", refusal=errors.CallMissing)
        except Refusal as refusal:
            problems.append(refusal)
    if problems:
        raise Shortfalls(problems)


def check_lapsed(due_at: datetime | None, at: datetime) -> datetime:
    """The instant at which the period ended; raises NotOverdue."""
    if due_at is None or at < due_at:
        raise errors.NotOverdue()
    return due_at


def seen_to_arrive(row: Correction, *, flowing: bool) -> bool:
    """Whether the platform can see the corrected row arrive: its key lies at the gateway, and a table or answers flow.

    Once the verdict has left it to the consumer to look, it stays so: a key that comes later comes after the change it would
    have shown, and the consumer could neither close the case nor see it closed.
    """
    left_to_the_consumer = row.status == states.CORRECTED and row.turn == "consumer"
    return row.claim_at is not None and flowing and not left_to_the_consumer


@implements("wushen-2021-60:15")
def check_claim_kept(status: str) -> None:
    """Key and values are kept as long as the case is open; raises ClaimRemoved."""
    if status in states.ENDED:
        raise errors.ClaimRemoved()


@implements("cn-809:26.2")
def check_can_accept(row: Correction, *, flowing: bool) -> None:
    """A correction that can be seen to arrive closes by itself; raises NotArrivedYet."""
    if row.status == states.CORRECTED and seen_to_arrive(row, flowing=flowing):
        raise errors.NotArrivedYet()


def check_can_object(row: Correction) -> None:
    """One objection; raises ObjectedAlready."""
    if row.objected_at is not None:
        raise errors.ObjectedAlready()
