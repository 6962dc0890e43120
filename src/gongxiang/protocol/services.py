"""Delivery by interface (接口): the order that opens it, the fact of an answered call, and what a call must say.

Carries no value of a record: a fact holds names, numbers and digests.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from gongxiang.protocol.errors import (
    ElementNotOpen,
    MatterMissing,
    NotNamedAsHandler,
    PurposeMissing,
    PurposeOutsideGrant,
    RequestMalformed,
)
from gongxiang.protocol.message import Message
from gongxiang.protocol.terms import DataType, ElementSpec, Purpose, Terms

#: Most characters of a matter's number (as the record of use keeps it) and of one value; most elements asked by.
LONGEST_MATTER, LONGEST_VALUE, MOST_ELEMENTS = 60, 1000, 50
#: Types by whose values nothing is found or compared: they have many texts for one value, or none a person types.
NOT_ASKED_BY = (DataType.JSON, DataType.BYTES)

_PERSONS_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


class Channel(StrEnum):
    """查询 and 比对 (wushen-2021-60:19(2))."""

    LOOKUP = "lookup"
    MATCH = "match"


@dataclass(frozen=True, kw_only=True)
class ServiceHandler:
    """A named handler of the grant, and when that holds."""

    person_id: UUID
    from_at: datetime
    until_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OpenService(Message):
    """These terms are served by interface to the consumer's admitted nodes, for these persons; a later order replaces it."""

    kind: ClassVar[str] = "open_service"
    terms: Terms
    handlers: tuple[ServiceHandler, ...] = ()
    resource_name: str = ""


@dataclass(frozen=True, kw_only=True)
class CallAnswered(Message):
    """A call was answered; written before the answer leaves."""

    kind: ClassVar[str] = "call_answered"
    call_id: UUID
    channel: str
    node_id: UUID
    person: str
    grant_id: UUID
    revision: int
    resource_id: UUID
    purpose: str
    matter: str
    #: What was seen (lookup) or compared (match), by element.
    elements: tuple[str, ...]
    #: Rows found; a match finds one or none.
    rows: int
    #: Of the found records' keys, under the consumer's secret, as in `ClaimTaken`.
    key_digests: tuple[str, ...]
    #: Sequence of the resource's stream up to which the answer is true.
    seq: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Use:
    """Who asks, for what and for which matter: said with every call and every file that is fetched."""

    person: UUID
    purpose: Purpose
    matter: str


@dataclass(frozen=True, kw_only=True)
class Question(Use):
    """A call as it was asked, read and within the terms."""

    channel: Channel
    #: By which values, as texts of the elements.
    key: dict[str, str] = field(repr=False)
    #: A match's values to compare.
    values: dict[str, str] = field(default_factory=dict, repr=False)
    #: A lookup's elements; empty for all that are granted.
    elements: tuple[str, ...] = ()


def read_question(channel: Channel, value: Any, order: OpenService, at: datetime) -> Question:
    """The question in a call's body, checked against the order; raises the named error that says what is missing or not open.

    Who asks for what, and for which matter, is asked first: nothing of the data is looked at for a call without them.
    """
    use = read_use(value, order.terms, order.handlers, at)
    question = Question(
        channel=channel,
        **vars(use),
        key=_texts(value, "key"),
        values=_texts(value, "values") if channel is Channel.MATCH else {},
        elements=_codes(value) if channel is Channel.LOOKUP else (),
    )
    if not question.key:
        raise RequestMalformed("The parameter {name} is missing.", name="key")
    if channel is Channel.MATCH and not question.values:
        raise RequestMalformed("The parameter {name} is missing.", name="values")
    return question


def read_use(value: Any, terms: Terms, handlers: tuple[ServiceHandler, ...], at: datetime) -> Use:
    """Who asks, for what and for which matter, as the terms and the handlers named now allow; raises the named error."""
    if not isinstance(value, dict):
        raise RequestMalformed("The body is not a call.")
    purpose = _purpose(value, terms)
    matter = _text(value.get("matter", ""), "matter", LONGEST_MATTER).strip()
    if not matter:
        raise MatterMissing
    if _PERSONS_NUMBER.search(matter):
        # It would stand in records that name no person.
        raise MatterMissing("The number of the matter is a person's number.")
    return Use(person=_person(value, handlers, at), purpose=purpose, matter=matter)


def check_open(question: Question, terms: Terms, elements: tuple[ElementSpec, ...]) -> dict[str, ElementSpec]:
    """The elements asked by or compared, which the terms must give out as they are; raises ElementNotOpen.

    An element that is not granted, or is masked, is refused alike: by asking again and again its value could be guessed.
    """
    open_ones = {
        spec.code: spec
        for spec in elements
        if spec.code in terms.elements and spec.code not in terms.masks and spec.type not in NOT_ASKED_BY
    }
    asked = [*question.key, *question.values]
    strange = [code for code in asked if code not in open_ones]
    strange += [code for code in question.elements if code not in terms.elements]
    if strange:
        raise ElementNotOpen(
            "By the element {element} nothing may be asked: it is not granted, or only masked.", element=strange[0][:60]
        )
    return open_ones


def _purpose(value: dict[str, Any], terms: Terms) -> Purpose:
    text = value.get("purpose") or ""
    if not isinstance(text, str) or not text.strip():
        raise PurposeMissing
    try:
        purpose = Purpose(text.strip())
    except ValueError as error:
        raise PurposeOutsideGrant from error
    if purpose not in terms.purposes:
        raise PurposeOutsideGrant
    return purpose


def _person(value: dict[str, Any], handlers: tuple[ServiceHandler, ...], at: datetime) -> UUID:
    try:
        person = UUID(str(value.get("person", "")))
    except ValueError as error:
        raise NotNamedAsHandler from error
    for one in handlers:
        if one.person_id == person and one.from_at <= at and (one.until_at is None or at < one.until_at):
            return person
    raise NotNamedAsHandler


def _texts(value: dict[str, Any], name: str) -> dict[str, str]:
    found = value.get(name) or {}
    if not isinstance(found, dict) or len(found) > MOST_ELEMENTS:
        raise RequestMalformed("The parameter {name} cannot be read.", name=name)
    return {_text(code, name, LONGEST_VALUE): _text(text, name, LONGEST_VALUE) for code, text in found.items()}


def _codes(value: dict[str, Any]) -> tuple[str, ...]:
    found = value.get("elements") or []
    if not isinstance(found, list) or len(found) > 10 * MOST_ELEMENTS:
        raise RequestMalformed("The parameter {name} cannot be read.", name="elements")
    return tuple(dict.fromkeys(_text(code, "elements", LONGEST_VALUE) for code in found))


def _text(text: Any, name: str, longest: int) -> str:
    if not isinstance(text, str) or len(text) > longest or any(s < " " or "\ud800" <= s <= "\udfff" for s in text):
        raise RequestMalformed("The parameter {name} is not a text of that length.", name=name)
    return text
