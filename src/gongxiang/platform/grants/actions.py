"""Acts on grants. Each writes state, evidence and, where it closes, the signed order in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.agreements import policies as agreements
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.actions import note_granted_until
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.grants import (
    errors,
    paper,
    permissions,
    policies,
    providing,
    queries,
    rectifying,
    serving,
    states,
    third_parties,
)
from gongxiang.platform.grants.models import DisposalDuty, Grant, GrantRevision, StopAnswer, StopNotice
from gongxiang.platform.grants.shared import NOT_SUSPENDED, file_act, next_number, nodes_of, seen_by
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.messages import EndGrant, OpenGrant, SuspendGrant
from gongxiang.protocol.terms import Condition, Mask, Purpose, Terms, Volume


@implements("wushen-2021-60:21(2)", "wushen-2021-60:22.1", "cn-809:20.3")
@transaction.atomic
def issue_grant(
    *,
    access_request_id: UUID,
    resource_id: UUID,
    consumer_id: UUID,
    elements: Sequence[str],
    masks: Mapping[str, Mask],
    conditions: Sequence[Condition],
    purposes: Sequence[Purpose],
    valid_until: datetime,
    third_party_ban_accepted: bool,
    mode: str = "table",
    standing_consent: bool = False,
    volume: Volume = Volume(),
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Grant:
    """Make the grant that answers an access request; the flow opens by the outbox."""
    resource = catalogue.get_resource(resource_id)
    permissions.check_actor_can_issue(by, resource.provider_id)
    if not third_party_ban_accepted:
        raise errors.AcceptanceMissing()
    provider = parties.department_ref(resource.provider_id)
    consumer = parties.department_ref(consumer_id)
    grant = Grant(
        id=new_id(),
        number=next_number("SQ", at),
        resource_id=resource_id,
        resource_name=resource.name,
        resource_code=resource.code,
        provider_id=provider.id,
        provider_name=provider.name,
        consumer_id=consumer.id,
        consumer_name=consumer.name,
        access_request_id=access_request_id,
        standing_consent=standing_consent,
        mode=mode,
        revision=1,
        valid_from=at,
        valid_until=valid_until,
        issued_at=at,
        issued_by=by.name,
    )
    terms = Terms(
        grant_id=grant.id,
        revision=1,
        resource_id=resource_id,
        provider_id=provider.id,
        consumer_id=consumer.id,
        elements=tuple(elements),
        masks=dict(masks),
        conditions=tuple(conditions),
        purposes=tuple(purposes),
        valid_from=at,
        valid_until=valid_until,
        volume=volume,
    )
    policies.check_volume(volume, mode=mode)
    policies.check_terms(terms, catalogue.element_specs(resource_id), at=at)
    basis = ("cn-809:20.3", "cn-809:21.1") if standing_consent else ()
    open_record(
        grant, table=states.GRANT, act="issue", by=by, at=at, basis=basis, after={"terms": plain(terms)}, **seen_by(grant)
    )
    _write_revision(grant, terms, narrowing=False, reason=reason, access_request_id=access_request_id, by=by, at=at)
    providing.open_provision(grant, by=by, at=at)
    serving.order_service(grant, at=at)
    _ask_of_running_stop(grant, at)
    _note_use(grant, at)
    return grant


@implements("wushen-2021-60:22.3", "cn-809:25.1", "cn-809:27.3")
@transaction.atomic
def revise_grant(
    *,
    grant_id: UUID,
    elements: Sequence[str],
    masks: Mapping[str, Mask],
    conditions: Sequence[Condition],
    purposes: Sequence[Purpose],
    valid_until: datetime,
    reason: str,
    access_request_id: UUID | None = None,
    volume: Volume | None = None,
    by: Actor,
    at: datetime,
) -> Grant:
    """Give the grant new terms: wider only in answer to a new access request; narrower by the authority that decides."""
    grant = queries.get_for_update(grant_id)
    permissions.check_actor_can_revise(by, grant.provider_id, standing_consent=grant.standing_consent)
    old = queries.current_terms(grant_id)
    new = replace(
        old,
        revision=grant.revision + 1,
        elements=tuple(elements),
        masks=dict(masks),
        conditions=tuple(conditions),
        purposes=tuple(purposes),
        valid_until=valid_until,
        volume=old.volume if volume is None else volume,
    )
    policies.check_volume(new.volume, mode=grant.mode)
    policies.check_terms(new, catalogue.element_specs(grant.resource_id), at=at)
    if policies.same_terms(old, new):
        raise errors.NothingChanges()
    widened = policies.find_widenings(old, new)
    if widened and access_request_id is None:
        raise errors.WideningNeedsApplication(widening=policies.widening_words(widened))
    if access_request_id is None:
        # Only who decides for the authority gives less at a word; a provider announces it, or protects (`narrowing`).
        if not permissions.is_authority(by):
            raise errors.NarrowingIsNegotiated()
        policies.check_reasoned("narrowed", reason, ("narrowed",))
    _give_terms(
        grant, new, narrowing=not widened, widened=widened, reason=reason, access_request_id=access_request_id, by=by,
        event_at=at, at=at,
    )  # fmt: skip
    if not widened:
        file_act(grant=grant, act="narrowed", reason="narrowed", statement=reason, by=by, at=at)
    return grant


def apply_terms(
    *, grant: Grant, terms: Terms, reason: str, statement: str, by: Actor, event_at: datetime, at: datetime, back: bool = False
) -> int:
    """Give a locked grant narrower terms as filed or to protect, or with `back` those it had before; called within that act.

    Gives the revision that was made.
    """
    new = replace(terms, revision=grant.revision + 1)
    policies.check_terms(new, catalogue.element_specs(grant.resource_id), at=at)
    _give_terms(
        grant, new, narrowing=not back, widened=[], reason=statement, access_request_id=None, by=by, event_at=event_at, at=at
    )
    file_act(grant=grant, act="restored" if back else "narrowed", reason=reason, statement=statement, by=by, at=at)
    return new.revision


def _give_terms(
    grant: Grant, new: Terms, *, narrowing: bool, widened: list[str], reason: str, access_request_id: UUID | None, by: Actor,
    event_at: datetime, at: datetime,
) -> None:  # fmt: skip
    transition(
        grant,
        table=states.GRANT,
        act="revise",
        by=by,
        at=event_at,
        changes={"revision": new.revision, "valid_until": new.valid_until},
        after={"terms": plain(new)},
        detail={"reason": reason, "narrowing": narrowing, "widened": widened},
        **seen_by(grant, access_request_id),
    )
    paper.withdraw_papers(grant, reason=f"授权条款已变更为第{new.revision}版。", at=at)
    _write_revision(grant, new, narrowing=narrowing, reason=reason, access_request_id=access_request_id, by=by, at=at)
    _note_use(grant, at)
    # What is no longer granted stops in this very transaction; the route is known once the flow was opened.
    if grant.provider_node_id and grant.consumer_node_id:
        order = OpenGrant(
            terms=new,
            provider_node_id=grant.provider_node_id,
            consumer_node_id=grant.consumer_node_id,
            exchange_table=grant.exchange_table,
            resource_name=grant.resource_name,
        )
        link.issue_order(order, node_ids=nodes_of(grant), at=at)
    serving.order_service(grant, at=at)


@implements("cn-809:27.2")
@transaction.atomic
def suspend_grant(
    *, grant_id: UUID, reason: str, statement: str, demand: str = "", rectify_on: date | None = None, by: Actor, at: datetime
) -> Grant:
    """Close the valve for a reason from the list, filed with the authority in the same act; nothing is lost meanwhile.

    Where the consumer has to put something right, `demand` says what and `rectify_on` by which day; else the statement and
    the usual period stand.
    """
    grant = queries.get_for_update(grant_id)
    permissions.check_actor_can_suspend(by, grant.provider_id)
    policies.check_can_suspend(grant.status, grant.suspend_reason)
    policies.check_reasoned(reason, statement, policies.SUSPEND_REASONS)
    transition(
        grant,
        table=states.GRANT,
        act="suspend",
        by=by,
        at=at,
        changes={
            "suspended_at": at,
            "suspended_by": by.name,
            "suspended_by_authority": permissions.is_authority(by),
            "suspend_reason": reason,
            "suspend_statement": statement.strip(),
        },
        basis=(policies.ARTICLES[reason],),
        **seen_by(grant),
    )
    file_act(grant=grant, act="suspended", reason=reason, statement=statement, by=by, at=at)
    if reason in policies.RECTIFIED_REASONS:
        rectifying.open_rectification(grant, demand=demand.strip() or statement.strip(), rectify_on=rectify_on, by=by, at=at)
    link.issue_order(SuspendGrant(grant_id=grant.pk, reason=reason), node_ids=nodes_of(grant), at=at)
    return grant


@implements("cn-809:27.2")
@transaction.atomic
def resume_grant(*, grant_id: UUID, statement: str, by: Actor, at: datetime) -> Grant:
    """Lift the suspension; the flow opens again by the outbox, from where it stood."""
    grant = queries.get_for_update(grant_id)
    permissions.check_actor_can_resume(by, grant.provider_id, suspended_by_authority=grant.suspended_by_authority)
    policies.check_reasoned("resumed", statement, ("resumed",))
    rectifying.close_running(grant, by=by, at=at)
    _resume(grant, statement=statement, by=by, at=at)
    return grant


@implements("cn-809:27.2")
@transaction.atomic
def accept_rectification(*, grant_id: UUID, opinion: str, by: Actor, at: datetime) -> Grant:
    """What the consumer put right is accepted: the suspension is lifted in the same act and filed."""
    grant = queries.get_for_update(grant_id)
    permissions.check_actor_can_resume(by, grant.provider_id, suspended_by_authority=grant.suspended_by_authority)
    policies.check_reasoned("resumed", opinion, ("resumed",))
    rectifying.mark_accepted(grant, opinion=opinion, by=by, at=at)
    _resume(grant, statement=opinion, by=by, at=at)
    return grant


def _resume(grant: Grant, *, statement: str, by: Actor, at: datetime) -> None:
    if grant.valid_until <= at:
        raise errors.PeriodUnfit()
    # Nobody lifts a suspension into sharing without agreement (art. 18).
    agreements.check_in_force(grant.provider_id, at, side="provider")
    agreements.check_in_force(grant.consumer_id, at, side="consumer")
    transition(
        grant,
        table=states.GRANT,
        act="resume",
        by=by,
        at=at,
        changes=NOT_SUSPENDED,
        detail={"statement": statement},
        **seen_by(grant),
    )
    file_act(grant=grant, act="resumed", reason="resumed", statement=statement, by=by, at=at)


@implements("cn-809:27.1", "cn-809:27.2", "wushen-2021-60:22.3")
@transaction.atomic
def end_grant(*, grant_id: UUID, reason: str, statement: str, by: Actor, at: datetime) -> Grant:
    """End the grant before its time, file it, close the flow and open the consumer's disposal duty."""
    grant = queries.get_for_update(grant_id)
    permissions.check_actor_can_end(by, grant.provider_id, grant.consumer_id)
    policies.check_can_end(
        reason,
        statement,
        by_consumer=isinstance(by, Person) and by.department_id == grant.consumer_id,
        by_provider=not permissions.is_authority(by),
        suspended=grant.status == states.SUSPENDED and grant.suspend_reason in policies.RECTIFIED_REASONS,
        rectification_runs=rectifying.still_runs(grant),
    )
    _end(grant, act="end", reason=reason, statement=statement.strip(), by=by, event_at=at, at=at)
    file_act(grant=grant, act="ended", reason=reason, statement=statement, by=by, at=at)
    return grant


@implements("cn-809:20.2", "cn-809:27.1")
@transaction.atomic
def expire_grant(*, grant_id: UUID, by: Actor, at: datetime) -> Grant | None:
    """End a grant whose period is over, as of the instant it was over; None when somebody was faster."""
    permissions.EXPIRE.check(by)
    grant = queries.get_for_update(grant_id)
    if not states.GRANT.can("expire", grant.status):
        return None
    if grant.valid_until > at:
        raise errors.PeriodNotOver()
    _end(grant, act="expire", reason="period_over", statement="", by=by, event_at=grant.valid_until, at=at)
    return grant


@transaction.atomic
def set_route(
    *, grant_id: UUID, provider_node_id: UUID, consumer_node_id: UUID, exchange_table: str, by: Actor, at: datetime
) -> Grant:
    """Note the nodes between which the grant flows, so that a closing order reaches them."""
    permissions.ROUTE.check(by)
    grant = queries.get_for_update(grant_id)
    route = {"provider_node_id": provider_node_id, "consumer_node_id": consumer_node_id, "exchange_table": exchange_table}
    if all(getattr(grant, name) == value for name, value in route.items()):
        return grant
    record_act(
        kind="grant:routed",
        subject=("grant", grant.pk),
        by=by,
        at=at,
        basis=("wushen-2021-60:19(1)",),
        before={name: getattr(grant, name) for name in route},
        after=route,
        **seen_by(grant),
    )
    for name, value in {**route, "routed_at": at}.items():
        setattr(grant, name, value)
    grant.save(update_fields=[*route, "routed_at"])
    return grant


def end_for_notice(*, grant: Grant, statement: str, by: Actor, event_at: datetime, at: datetime) -> None:
    """End a locked grant because its provider stops sharing, as negotiated and filed; called within that act."""
    _end(grant, act="end", reason="source_retired", statement=statement, by=by, event_at=event_at, at=at)
    file_act(grant=grant, act="ended", reason="source_retired", statement=statement, by=by, at=at)


def _end(grant: Grant, *, act: str, reason: str, statement: str, by: Actor, event_at: datetime, at: datetime) -> None:
    transition(
        grant,
        table=states.GRANT,
        act=act,
        by=by,
        at=event_at,
        changes={"ended_at": event_at, "ended_by": by.name, "end_reason": reason, "end_statement": statement},
        basis=(policies.ARTICLES[reason],),
        **seen_by(grant),
    )
    rectifying.close_running(grant, by=by, at=event_at)
    paper.withdraw_papers(grant, reason="授权已终止。", at=at)
    third_parties.end_with_grant(grant, by=by, at=event_at)
    providing.close_with_grant(grant, by=by, at=event_at)
    deadline = rulebook.deadline("disposal", start=event_at)
    duty = DisposalDuty(
        id=new_id(), grant=grant, opened_at=event_at, due_at=deadline.due_at, due_basis=deadline.basis, due_rule=deadline.rule,
        due_provisional=deadline.provisional,
    )  # fmt: skip
    open_record(
        duty, table=states.DISPOSAL, act="open", by=by, at=event_at, rule_version=deadline.rule,
        after={"due_at": deadline.due_at}, **seen_by(grant),
    )  # fmt: skip
    _note_use(grant, at)
    link.issue_order(EndGrant(grant_id=grant.pk, reason=reason), node_ids=nodes_of(grant), at=at)


def _ask_of_running_stop(grant: Grant, at: datetime) -> None:
    """While the end of sharing is being negotiated, a new consumer is asked like the others (条例 27.3)."""
    for notice in StopNotice.objects.filter(resource_id=grant.resource_id, kind="END", status=states.ANNOUNCED, due_at__gt=at):
        StopAnswer.objects.create(
            id=new_id(), notice=notice, grant=grant, consumer_id=grant.consumer_id, consumer_name=grant.consumer_name
        )


def _note_use(grant: Grant, at: datetime) -> None:
    """Nothing is withdrawn that somebody may use (条例 27): the catalogue is told until when, and what of the resource."""
    live = queries.live_grants(resource_id=grant.resource_id)
    note_granted_until(
        resource_id=grant.resource_id,
        until=max((g.valid_until for g in live), default=None),
        elements={code for g in live for code in queries.needed_elements(g.id)},
        kinds={g.mode.upper() for g in live},
        users=len({g.consumer_id for g in live}),
        by=System(name="grants"),
        at=at,
    )


def _write_revision(
    grant: Grant, terms: Terms, *, narrowing: bool, reason: str, access_request_id: UUID | None, by: Actor, at: datetime
) -> None:
    GrantRevision.objects.create(
        grant=grant,
        revision=terms.revision,
        terms=terms.to_json(),
        narrowing=narrowing,
        reason=reason.strip(),
        access_request_id=access_request_id,
        made_at=at,
        made_by=by.name,
    )
