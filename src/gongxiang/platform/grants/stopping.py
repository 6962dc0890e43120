"""Acts on the end of sharing: announced with reason and day, answered by the consumers, filed, carried out (条例 27).

A narrowing goes the same way; `narrowing` announces it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import Deadline, end_of_day
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.evidence.queries import hands_in, who_did
from gongxiang.platform.grants import actions, errors, narrowed, permissions, policies, queries, queries_stop, states
from gongxiang.platform.grants.models import Grant, StopAnswer, StopNotice
from gongxiang.platform.grants.queries_stop import StopView
from gongxiang.platform.grants.shared import next_number
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.clock import BEIJING

#: Why a provider may stop sharing; none of them is the provider's mere wish.
STOP_REASONS: Final = ("basis_lapsed", "source_retired", "duty_moved", "merged", "shared_elsewhere")
ANSWERS: Final = ("AGREED", "OBJECTED")


@implements("cn-809:27.3")
@transaction.atomic
def announce_stop(*, resource_id: UUID, reason: str, statement: str, stops_on: date, by: Actor, at: datetime) -> StopView:
    """The provider's accountable officer announces the last day of sharing; every consumer is asked."""
    resource = catalogue.get_resource(resource_id)
    permissions.check_own_department(permissions.ANNOUNCE_STOP, by, resource.provider_id)
    policies.check_reasoned(reason, statement, STOP_REASONS)
    lock_grants(resource_id)
    live = queries.live_grants(resource_id=resource_id)
    if not live:
        raise errors.NobodyToNegotiateWith()
    if StopNotice.objects.filter(resource_id=resource_id, kind="END", status__in=states.STOP_RUNNING).exists():
        raise errors.StopAnnouncedAlready()
    deadline = rulebook.deadline("stop_objection", start=at)
    stops_at = end_of_day(stops_on)
    if stops_at < deadline.due_at:
        raise errors.StopsTooSoon(field="stops_on", until=deadline.last_day.isoformat())
    asked = [Asked(grant_id=grant.id, consumer_id=grant.consumer_id, consumer_name=grant.consumer_name) for grant in live]
    return open_notice(
        kind="END", series="ZZ", resource=resource, reason=reason, statement=statement, stops_at=stops_at, deadline=deadline,
        asked=asked, by=by, at=at,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A grant whose consumer is asked, and what it would no longer give."""

    grant_id: UUID
    consumer_id: UUID
    consumer_name: str
    taken: dict[str, Any] | None = None
    made_revision: int | None = None


def lock_grants(resource_id: UUID) -> None:
    """Two announcements at once: the second waits here until the first is there to be seen."""
    list(Grant.objects.select_for_update().filter(resource_id=resource_id).order_by("pk").values_list("pk"))


def open_notice(
    *, kind: str, series: str, resource: ResourceRef, reason: str, statement: str, stops_at: datetime, deadline: Deadline,
    asked: Sequence[Asked], by: Actor, at: datetime,
) -> StopView:  # fmt: skip
    """Write the notice and ask every consumer; called within the act that announces."""
    row = StopNotice(
        id=new_id(),
        kind=kind,
        number=next_number(series, at),
        resource_id=resource.id,
        resource_name=resource.name,
        resource_code=resource.code,
        provider_id=resource.provider_id,
        provider_name=resource.provider_name,
        reason=reason,
        statement=statement.strip(),
        stops_at=stops_at,
        due_at=deadline.due_at,
        due_basis=deadline.basis,
        due_rule=deadline.rule,
        due_provisional=deadline.provisional,
        announced_at=at,
        announced_by=by.name,
    )
    grants = [(one.grant_id, one.consumer_id, one.consumer_name) for one in asked]
    taken = {str(one.grant_id): one.taken for one in asked if one.taken is not None}
    open_record(
        row, table=states.STOP_NOTICE, act="announce", by=by, at=at, rule_version=deadline.rule,
        after={"kind": kind, "reason": reason, "stops_at": stops_at, "due_at": deadline.due_at, "number": row.number},
        detail={"statement": row.statement, **({"taken": taken} if taken else {})}, **_seen_by(row, grants),
    )  # fmt: skip
    StopAnswer.objects.bulk_create(
        StopAnswer(
            id=new_id(), notice=row, grant_id=one.grant_id, consumer_id=one.consumer_id, consumer_name=one.consumer_name,
            taken=one.taken, made_revision=one.made_revision,
        )
        for one in asked
    )  # fmt: skip
    return queries_stop.stop_views([row])[0]


@implements("cn-809:27.3", "cn-809:28.2")
@transaction.atomic
def answer_stop(*, notice_id: UUID, grant_id: UUID, answer: str, statement: str, by: Actor, at: datetime) -> StopView:
    """A consumer's accountable officer agrees, or objects with its reason, within the time."""
    row = queries_stop.stop_for_update(notice_id)
    said = StopAnswer.objects.select_for_update().filter(notice=row, grant_id=grant_id).first()
    if said is None:
        raise NotPermitted()
    permissions.check_own_department(permissions.ANSWER_STOP, by, said.consumer_id)
    if answer not in ANSWERS:
        raise errors.AnswerUnknown(field="answer")
    if row.status != states.ANNOUNCED or (answer == "OBJECTED" and at >= row.due_at):
        raise errors.ObjectionTooLate()
    if said.answer:
        raise errors.AnsweredAlready()
    if answer == "OBJECTED":
        policies.check_reasoned("objected", statement, ("objected",))
    said.answer, said.statement, said.answered_at, said.answered_by = answer, statement.strip(), at, by.name
    record_act(
        kind=f"stop_notice:{'agreed' if answer == 'AGREED' else 'objected'}",
        subject=("stop_notice", row.pk),
        by=by,
        at=at,
        basis=("cn-809:27.3",) if answer == "AGREED" else ("cn-809:27.3", "cn-809:28.2"),
        after={"grant": grant_id, "answer": answer, "consumer": said.consumer_name},
        detail={"statement": said.statement} if said.statement else {},
        **_seen_by(row),
    )
    said.save(update_fields=["answer", "statement", "answered_at", "answered_by"])
    return queries_stop.stop_views([row])[0]


@implements("cn-809:27.3")
@transaction.atomic
def file_stop(*, notice_id: UUID, opinion: str, by: Actor, at: datetime) -> StopView:
    """The authority records the filing, once the consumers were heard; an objection needs an answer."""
    row = queries_stop.stop_for_update(notice_id)
    permissions.DECIDE_STOP.check(by)
    check_not_own(row.pk, row.provider_id, by)
    # What held at once to protect is confirmed: nothing waits for a day.
    act = "confirm" if row.kind == "PROTECT" else "file"
    states.STOP_NOTICE.find(act, row.status)
    view = queries_stop.stop_views([row])[0]
    if not view.heard(at):
        raise errors.ConsumersNotHeard()
    if view.objections and len(opinion.strip()) < policies.SHORTEST_STATEMENT:
        raise errors.ObjectionsUnanswered(field="opinion")
    changes: dict[str, Any] = {
        "filing_number": next_number("BA", at), "opinion": opinion.strip(), "decided_at": at, "decided_by": by.name,
    }  # fmt: skip
    # A day that went by while the notice lay with the authority is moved: nobody's sharing ends in the past.
    if act == "confirm":
        changes["closed_at"] = at
    elif row.stops_at <= at:
        changes["stops_at"] = end_of_day(at.astimezone(BEIJING).date())
    detail = {"objections": [{"consumer": one.consumer_name, "statement": one.statement} for one in view.objections]}
    transition(row, table=states.STOP_NOTICE, act=act, by=by, at=at, changes=changes, detail=detail, **_seen_by(row))
    return queries_stop.stop_views([row])[0]


@implements("cn-809:27.3", "cn-809:28.2")
@transaction.atomic
def reject_stop(*, notice_id: UUID, opinion: str, by: Actor, at: datetime) -> StopView:
    """The authority upholds an objection: sharing goes on."""
    row = queries_stop.stop_for_update(notice_id)
    permissions.DECIDE_STOP.check(by)
    check_not_own(row.pk, row.provider_id, by)
    states.STOP_NOTICE.find("reject", row.status)
    if not queries_stop.stop_views([row])[0].objections:
        raise errors.NoObjection()
    policies.check_reasoned("rejected", opinion, ("rejected",))
    _give_back(row, statement=opinion, by=by, at=at)
    changes = {"opinion": opinion.strip(), "decided_at": at, "decided_by": by.name, "closed_at": at}
    transition(row, table=states.STOP_NOTICE, act="reject", by=by, at=at, changes=changes, **_seen_by(row))
    return queries_stop.stop_views([row])[0]


@implements("cn-809:27.3")
@transaction.atomic
def cancel_stop(*, notice_id: UUID, reason: str, by: Actor, at: datetime) -> StopView:
    """The provider goes on sharing after all."""
    row = queries_stop.stop_for_update(notice_id)
    permissions.check_own_department(permissions.ANNOUNCE_STOP, by, row.provider_id)
    states.STOP_NOTICE.find("cancel", row.status)
    policies.check_reasoned("cancelled", reason, ("cancelled",))
    _give_back(row, statement=reason, by=by, at=at)
    changes = {"closed_at": at, "closing_reason": reason.strip()}
    transition(row, table=states.STOP_NOTICE, act="cancel", by=by, at=at, changes=changes, **_seen_by(row))
    return queries_stop.stop_views([row])[0]


@implements("cn-809:27.3")
@transaction.atomic
def carry_out_stop(*, notice_id: UUID, by: Actor, at: datetime) -> StopView:
    """On the day that was filed, end the grants or take away what was announced; an entry without grants can be withdrawn."""
    permissions.CARRY_OUT_STOP.check(by)
    row = queries_stop.stop_for_update(notice_id)
    states.STOP_NOTICE.find("carry_out", row.status)
    if at < row.stops_at:
        raise errors.StopNotDue()
    done, statement = [], f"{row.number} · {row.filing_number}"
    # Only grants whose consumers were asked: what was granted after the hearing is announced anew.
    asked = {one.grant_id: one for one in StopAnswer.objects.filter(notice=row)}
    for grant in Grant.objects.select_for_update().filter(pk__in=asked, status__in=("ACTIVE", "SUSPENDED")).order_by("pk"):
        if row.kind == "END":
            actions.end_for_notice(grant=grant, statement=statement, by=by, event_at=row.stops_at, at=at)
            done.append(grant.number)
        elif _take_away(grant, asked[grant.pk], reason=row.reason, statement=statement, by=by, event_at=row.stops_at, at=at):
            done.append(grant.number)
    transition(
        row, table=states.STOP_NOTICE, act="carry_out", by=by, at=row.stops_at, changes={"closed_at": row.stops_at},
        detail={"grants": done}, **_seen_by(row),
    )  # fmt: skip
    return queries_stop.stop_views([row])[0]


@implements("cn-809:27.3")
@transaction.atomic
def recount_stop(*, notice_id: UUID, by: Actor, at: datetime) -> bool:
    """Count the time to object anew after a holiday notice; the last day of sharing is never before it. Whether it moved."""
    permissions.RECOUNT_STOP.check(by)
    row = queries_stop.stop_for_update(notice_id)
    if (running := queries_stop.running_stop_clock(row, at)) is None:
        return False
    deadline = rulebook.recount_open(running, at=at)
    names = ("due_at", "due_provisional", "stops_at")
    before = {name: getattr(row, name) for name in names}
    row.due_at, row.due_provisional = deadline.due_at, deadline.provisional
    if row.kind != "PROTECT":
        row.stops_at = max(row.stops_at, deadline.due_at)
    after = {name: getattr(row, name) for name in names}
    if before == after:
        return False
    row.save(update_fields=[*names])
    record_act(
        kind="stop_notice:deadline_recounted", subject=("stop_notice", row.pk), by=by, at=at, basis=(row.due_basis,),
        rule_version=row.due_rule, before=before, after=after, **_seen_by(row),
    )  # fmt: skip
    return True


def _take_away(
    grant: Grant, said: StopAnswer, *, reason: str, statement: str, by: Actor, event_at: datetime, at: datetime
) -> bool:
    """Take what was announced from the terms of the day; where nothing would be left to give, the grant ends."""
    assert said.taken is not None
    old = queries.current_terms(grant.pk)
    new = narrowed.narrowed(old, said.taken)
    if policies.same_terms(old, new):
        return False
    if not new.elements or not new.purposes or new.valid_until <= event_at:
        actions.end_for_notice(grant=grant, statement=statement, by=by, event_at=event_at, at=at)
    else:
        actions.apply_terms(grant=grant, terms=new, reason=reason, statement=statement, by=by, event_at=event_at, at=at)
    return True


def _give_back(row: StopNotice, *, statement: str, by: Actor, at: datetime) -> None:
    """Undo a narrowing that held at once; possible while nobody has changed the terms since."""
    if row.kind != "PROTECT":
        return
    for said in StopAnswer.objects.filter(notice=row):
        grant = queries.get_for_update(said.grant_id)
        if grant.status not in ("ACTIVE", "SUSPENDED"):
            continue
        if grant.revision != said.made_revision:
            raise errors.TermsChangedSince()
        before = queries.terms_of_revision(grant.pk, grant.revision - 1)
        actions.apply_terms(
            grant=grant, terms=before, reason="restored", statement=f"{row.number} · {statement.strip()}", by=by, event_at=at,
            at=at, back=True,
        )  # fmt: skip


def check_not_own(notice_id: UUID, provider_id: UUID, by: Actor) -> None:
    """The authority shares resources too: it does not file its own notice alone; its leader does what an officer announced."""
    of, act = ("stop_notice", notice_id), "stop_notice:announced"
    announced_by = who_did(act, subject=of)
    hands = hands_in(UUID(announced_by), of=[of], acts=[act]) if announced_by else frozenset()
    if isinstance(by, Person) and by.department_id == provider_id and by.is_hand_of(*hands):
        raise NotPermitted()


def _seen_by(row: StopNotice, grants: list[tuple[UUID, UUID, str]] | None = None) -> dict[str, Any]:
    """Provider, every consumer asked, and the authority; part of the trails of the resource and the grants."""
    if grants is None:
        rows = StopAnswer.objects.filter(notice_id=row.pk)
        grants = [(one.grant_id, one.consumer_id, one.consumer_name) for one in rows]
    return {
        "concerns": (row.provider_id, parties.authority().id, *(consumer for _grant, consumer, _name in grants)),
        "trail": (f"resource:{row.resource_id}", *(f"grant:{grant}" for grant, _consumer, _name in grants)),
    }
