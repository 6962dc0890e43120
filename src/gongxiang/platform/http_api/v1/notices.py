"""What a person was told: the inbox, reading, and what one wants to be told of."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.lists import Narrowed, enter_reads, words
from gongxiang.platform.notices import actions, queries
from gongxiang.platform.notices.permissions import READ
from gongxiang.protocol import clock


class Notice(Schema):
    """One thing that was told; `subject_type` and `subject_id` name the case."""

    id: UUID
    kind: str
    topic: str
    subject_type: str
    subject_id: str
    title: str
    basis: list[str]
    at: datetime
    read_at: datetime | None


class NoticesWanted(Narrowed):
    """Which notices."""

    topic: str = Field("", max_length=40)
    unread: bool = False


class Told(Schema):
    """How many notices were marked as read."""

    read: int


class WhatToTell(Schema):
    """Topics that are not told, and letters."""

    muted: list[str]
    mail: str
    mail_asked: bool
    rhythm: str


class Muted(Schema):
    """Topics that are not to be told; the rest is."""

    muted: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=200)]


def _body(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Notice.model_fields}


_NOTICES = Area(
    tag="Notices", path="/notices", key="notice_id", answer=Notice, door=READ, see=queries.get_notice, body=_body,
    name="notice",
)  # fmt: skip
enter_reads(
    _NOTICES, many="notices", said="The caller's own notices.", wanted=NoticesWanted,
    sorts={"new": ("-at", "-id"), "old": ("at", "id")},
    find=lambda actor, asked: queries.inbox(actor, text=words(asked), topic=asked.topic, unread=asked.unread),
)  # fmt: skip
enter_acts(_NOTICES, (Act(name="read_notice", path="/read", action=actions.mark_read, door=READ),))


@endpoint("POST", "/notices/read", door=READ, name="read_notices", tag="Notices", answer=Told)
def read_all(request: Called, topic: str = "") -> dict[str, Any]:
    """Mark all of one's notices as read, or all of one topic."""
    return {"read": actions.mark_all_read(topic=topic[:40], by=request.actor, at=clock.now())}


class Mail(Schema):
    """Letters by e-mail: to which address, whether at all, and how often."""

    address: str = Field("", max_length=254)
    asked: bool
    rhythm: Literal["daily", "immediate", "binding"] = "daily"


def _wishes(request: Called) -> dict[str, Any]:
    found = queries.wishes_of(request.actor.id)
    return {"muted": sorted(found.muted), "mail": found.mail, "mail_asked": found.mail_asked, "rhythm": found.rhythm}


@endpoint("GET", "/notices/settings", door=READ, name="get_notice_settings", tag="Notices", answer=WhatToTell)
def settings(request: Called) -> dict[str, Any]:
    """What the caller wants to be told."""
    return _wishes(request)


@endpoint("PUT", "/notices/settings", door=READ, name="save_notice_settings", tag="Notices", answer=WhatToTell)
def save_settings(request: Called, sent: Muted) -> dict[str, Any]:
    """Choose the topics that are not told."""
    actions.choose_topics(muted=sent.muted, by=request.actor, at=clock.now())
    return _wishes(request)


@endpoint("PUT", "/notices/settings/mail", door=READ, name="save_mail_settings", tag="Notices", answer=WhatToTell)
def save_mail(request: Called, sent: Mail) -> dict[str, Any]:
    """Ask for letters by e-mail, or for none."""
    actions.choose_mail(**sent.model_dump(), by=request.actor, at=clock.now())
    return _wishes(request)
