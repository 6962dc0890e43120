"""Reads of extensions: the one of a request, those before the authority, how long the rule allows."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from gongxiang.law.deadlines import beijing_date
from gongxiang.law.rules import RuleNotInForce
from gongxiang.platform.access import errors, states
from gongxiang.platform.access.models import ReplyExtension
from gongxiang.platform.access.queries import AccessRequestView, view_of, visible_to
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.rulebook import queries as rulebook


@dataclass(frozen=True, kw_only=True)
class ExtensionView:
    """An extension as pages see it."""

    status: str
    working_days: int
    reason: str
    asked_at: datetime
    asked_by: str
    asked_by_id: UUID
    old_due_at: datetime
    new_due_at: datetime | None
    rule: str
    opinion: str
    decided_at: datetime | None
    decided_by: str


def day_of(at: datetime) -> date:
    """The day in Beijing whose rules apply."""
    return beijing_date(at)


def longest_extension(at: datetime) -> int:
    """How many working days may be added at most; 0 where no rule in force knows an extension."""
    try:
        return rulebook.rules().period("reply_extension", beijing_date(at)).value
    except RuleNotInForce:
        return 0


def extension_of(access_request_id: UUID) -> ExtensionView | None:
    """The extension that was asked, allowed or declined on this request; one that was overtaken does not count."""
    rows = ReplyExtension.objects.filter(access_request_id=access_request_id).exclude(status=states.OVERTAKEN)
    row = rows.first()
    return None if row is None else _view(row)


def request_of(extension_id: UUID) -> UUID:
    """The request that an extension belongs to; who may see it is the request's to say."""
    found = ReplyExtension.objects.filter(pk=extension_id).values_list("access_request_id", flat=True).first()
    if found is None:
        raise NotFound()
    return found


def asked_for_update(access_request_id: UUID) -> ReplyExtension:
    """The open asking of a request, locked; raises NoExtensionAsked."""
    rows = ReplyExtension.objects.select_for_update()
    row = rows.filter(access_request_id=access_request_id, status=states.ASKED).first()
    if row is None:
        raise errors.NoExtensionAsked()
    return row


def asked_extensions(actor: Person) -> list[tuple[AccessRequestView, ExtensionView]]:
    """What waits for the authority's answer, the least time first."""
    rows = ReplyExtension.objects.filter(status=states.ASKED, access_request__in=visible_to(actor).order_by())
    found = rows.select_related("access_request").order_by("access_request__due_at")[:200]
    return [(view_of(row.access_request), _view(row)) for row in found]


def _view(row: ReplyExtension) -> ExtensionView:
    return ExtensionView(**{name: getattr(row, name) for name in ExtensionView.__dataclass_fields__})
