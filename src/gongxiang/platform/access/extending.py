"""Acts on the extension of a reply: the provider asks with its reason, the authority allows or declines (条例 21).

Nothing waits for the answer: while it is open the old period runs, and without consent by its end the reply is overdue.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from gongxiang.law.articles import implements
from gongxiang.platform.access import errors, permissions, policies, queries, queries_extension, states
from gongxiang.platform.access.models import AccessRequest, ReplyExtension
from gongxiang.platform.access.records import seen_by
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook

_RULE = "reply_extension"


@implements("cn-809:21.1")
@transaction.atomic
def ask_extension(*, access_request_id: UUID, working_days: int, reason: str, by: Actor, at: datetime) -> ReplyExtension:
    """The provider's accountable officer asks the authority for more working days, before the period ends, once."""
    request = queries.get_for_update(access_request_id)
    officer = permissions.check_of_department(permissions.ASK_EXTENSION, by, request.provider_id)
    _check_running(request, at)
    if queries_extension.extension_of(request.pk) is not None:
        raise errors.ExtendedBefore()
    longest = queries_extension.longest_extension(at)
    problems = policies.find_extension_problems(working_days, reason, longest=longest)
    if problems:
        raise Shortfalls(problems)
    assert request.due_at is not None
    row = ReplyExtension(
        id=new_id(), access_request=request, working_days=working_days, reason=reason.strip(), asked_at=at,
        asked_by=by.name, asked_by_id=officer.id, old_due_at=request.due_at,
    )  # fmt: skip
    seen = _seen(request)
    try:
        with transaction.atomic():
            open_record(
                row, table=states.REPLY_EXTENSION, act="ask", by=by, at=at,
                after={"working_days": working_days, "old_due_at": request.due_at}, detail={"reason": row.reason}, **seen,
            )  # fmt: skip
    except IntegrityError:
        raise errors.ExtendedBefore() from None
    return row


def _who_asked(row: ReplyExtension) -> frozenset[UUID]:
    return hands_in(row.asked_by_id, of=[("reply_extension", row.pk)], acts=["reply_extension:asked"])


@implements("cn-809:21.1")
@transaction.atomic
def decide_extension(*, access_request_id: UUID, allow: bool, opinion: str, by: Actor, at: datetime) -> ReplyExtension:
    """The authority's leader consents to the extension, or does not; the applicant is told either way."""
    request = queries.get_for_update(access_request_id)
    permissions.DECIDE_EXTENSION.check(by)
    row = queries_extension.asked_for_update(request.pk)
    if not isinstance(by, Person) or by.is_hand_of(*_who_asked(row)):
        raise NotPermitted()
    _check_running(request, at)
    if len(opinion.strip()) < policies.SHORTEST_TEXT:
        raise errors.CommentMissing(field="opinion", basis=("cn-809:21.1",))
    changes: dict[str, Any] = {"opinion": opinion.strip(), "decided_at": at, "decided_by": by.name}
    if not allow:
        transition(row, table=states.REPLY_EXTENSION, act="decline", by=by, at=at, changes=changes, **_seen(request))
        return row
    assert request.due_at is not None
    longer = rulebook.extension(_RULE, due_at=request.due_at, days=row.working_days, on=queries_extension.day_of(at))
    changes |= {"new_due_at": longer.due_at, "rule": longer.rule}
    transition(
        row,
        table=states.REPLY_EXTENSION,
        act="allow",
        by=by,
        at=at,
        changes=changes,
        rule_version=longer.rule,
        **_seen(request),
    )
    _move_clock(
        request, by=by, at=at, rule=longer.rule,
        changes={
            "due_at": longer.due_at, "due_basis": longer.basis, "due_rule": f"{request.due_rule}+{longer.rule}",
            "due_provisional": request.due_provisional or longer.provisional, "extension_days": row.working_days,
        },
    )  # fmt: skip
    return row


def close_asked(request: AccessRequest, *, because: str, by: Actor, at: datetime) -> None:
    """Another act overtook the open asking: there is nothing left to extend. Called within that act."""
    row = ReplyExtension.objects.select_for_update().filter(access_request=request, status=states.ASKED).first()
    if row is None:
        return
    changes = {"decided_at": at, "decided_by": by.name}
    transition(
        row, table=states.REPLY_EXTENSION, act="lapse", by=by, at=at, changes=changes, detail={"because": because},
        **_seen(request),
    )  # fmt: skip


def _move_clock(request: AccessRequest, *, by: Actor, at: datetime, rule: str, changes: dict[str, Any]) -> None:
    record_act(
        kind="access_request:extended", subject=("access_request", request.pk), by=by, at=at, basis=("cn-809:21.1",),
        rule_version=rule, before={name: getattr(request, name) for name in changes}, after=changes, **seen_by(request),
    )  # fmt: skip
    for name, value in changes.items():
        setattr(request, name, value)
    request.save(update_fields=[*changes])


def _check_running(request: AccessRequest, at: datetime) -> None:
    policies.check_can_extend(status=request.status, unconditional=request.unconditional, due_at=request.due_at, at=at)


def _seen(request: AccessRequest) -> dict[str, Any]:
    seen = seen_by(request)
    concerns = {*seen["concerns"], parties.authority().id}
    return {"concerns": concerns, "trail": [f"access_request:{request.pk}", *seen["trail"]]}
