"""Acts on grants. Each writes state, evidence and, where it closes, the signed order in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.actions import note_granted_until
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.grants import errors, permissions, policies, queries, states
from gongxiang.platform.grants.models import DisposalDuty, Filing, Grant, GrantRevision, StopAnswer, StopNotice
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.messages import EndGrant, OpenGrant, SuspendGrant
from gongxiang.protocol.terms import Condition, Mask, Purpose, Terms, Volume

_NOT_SUSPENDED: Final = {
    "suspended_at": None, "suspended_by": "", "suspended_by_authority": False, "suspend_reason": "", "suspend_statement": "",
}  # fmt: skip


def next_number(series: str, at: datetime) -> str:
    """The next number of a series in its year, e.g. `SQ-2026-0012`; gapless, since the counter's row stays locked."""
    year = at.astimezone(BEIJING).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO grants_counter (name, value) VALUES (%s, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = grants_counter.value + 1 RETURNING value",
            [f"{series}-{year}"],
        )
        (value,) = cursor.fetchone()
    return f"{series}-{year}-{value:04d}"


@implements("wushen-2021-60:21(2)", "wushen-2021-60:22", "cn-809:20")
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
    basis = ("cn-809:21",) if standing_consent else ()
    open_record(
        grant, table=states.GRANT, act="issue", by=by, at=at, basis=basis, after={"terms": plain(terms)}, **_seen_by(grant)
    )
    _write_revision(grant, terms, narrowing=False, reason=reason, access_request_id=access_request_id, by=by, at=at)
    _ask_of_running_stop(grant, at)
    _note_use(grant, at)
    return grant


@implements("wushen-2021-60:22", "cn-809:25", "cn-809:27")
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
    """Give the grant new terms: narrower with a reason and a filing, wider only in answer to a new access request."""
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
        policies.check_reasoned("narrowed", reason, ("narrowed",))
        policies.check_not_shortened(old, new, by_provider=not permissions.is_authority(by))
    transition(
        grant,
        table=states.GRANT,
        act="revise",
        by=by,
        at=at,
        changes={"revision": new.revision, "valid_until": valid_until},
        after={"terms": plain(new)},
        detail={"reason": reason, "narrowing": not widened, "widened": widened},
        **_seen_by(grant, access_request_id),
    )
    _write_revision(grant, new, narrowing=not widened, reason=reason, access_request_id=access_request_id, by=by, at=at)
    _note_use(grant, at)
    if not widened:
        _file(grant, act="narrowed", reason="narrowed", statement=reason, by=by, at=at)
    # What is no longer granted stops in this very transaction; the route is known once the flow was opened.
    if grant.provider_node_id and grant.consumer_node_id:
        order = OpenGrant(
            terms=new,
            provider_node_id=grant.provider_node_id,
            consumer_node_id=grant.consumer_node_id,
            exchange_table=grant.exchange_table,
            resource_name=grant.resource_name,
        )
        link.issue_order(order, node_ids=_nodes(grant), at=at)
    return grant


@implements("cn-809:27")
@transaction.atomic
def suspend_grant(*, grant_id: UUID, reason: str, statement: str, by: Actor, at: datetime) -> Grant:
    """Close the valve for a reason from the list, filed with the authority in the same act; nothing is lost meanwhile."""
    grant = queries.get_for_update(grant_id)
    permissions.check_actor_can_suspend(by, grant.provider_id)
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
        **_seen_by(grant),
    )
    _file(grant, act="suspended", reason=reason, statement=statement, by=by, at=at)
    link.issue_order(SuspendGrant(grant_id=grant.pk, reason=reason), node_ids=_nodes(grant), at=at)
    return grant


@implements("cn-809:27")
@transaction.atomic
def resume_grant(*, grant_id: UUID, statement: str, by: Actor, at: datetime) -> Grant:
    """Lift the suspension; the flow opens again by the outbox, from where it stood."""
    grant = queries.get_for_update(grant_id)
    permissions.check_actor_can_resume(by, grant.provider_id, suspended_by_authority=grant.suspended_by_authority)
    policies.check_reasoned("resumed", statement, ("resumed",))
    if grant.valid_until <= at:
        raise errors.PeriodUnfit()
    transition(
        grant,
        table=states.GRANT,
        act="resume",
        by=by,
        at=at,
        changes=_NOT_SUSPENDED,
        detail={"statement": statement},
        **_seen_by(grant),
    )
    _file(grant, act="resumed", reason="resumed", statement=statement, by=by, at=at)
    return grant


@implements("cn-809:27.1", "cn-809:27.2", "wushen-2021-60:22")
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
        suspended=grant.status == states.SUSPENDED,
    )
    _end(grant, act="end", reason=reason, statement=statement.strip(), by=by, event_at=at, at=at)
    _file(grant, act="ended", reason=reason, statement=statement, by=by, at=at)
    return grant


@implements("cn-809:20", "cn-809:27")
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


@implements("cn-809:27", "cn-809:29")
@transaction.atomic
def certify_disposal(
    *, grant_id: UUID, method: str, statement: str, rows_disposed: int, retention_basis: str = "", by: Actor, at: datetime
) -> DisposalDuty:
    """The consumer's officer certifies how the delivered data were disposed of."""
    duty = queries.get_disposal_for_update(grant_id)
    permissions.check_actor_can_certify(by, duty.grant.consumer_id)
    if method not in policies.DISPOSAL_METHODS:
        raise errors.DisposalIncomplete(field="method")
    if len(statement.strip()) < policies.SHORTEST_STATEMENT:
        raise errors.DisposalIncomplete(field="statement")
    if method == "retained" and not retention_basis.strip():
        raise errors.DisposalIncomplete(field="retention_basis")
    if rows_disposed < 0:
        raise errors.DisposalIncomplete(field="rows_disposed")
    changes = {
        "method": method,
        "statement": statement.strip(),
        "retention_basis": retention_basis.strip(),
        "rows_disposed": rows_disposed,
        "discharged_at": at,
        "discharged_by": by.name,
    }
    transition(duty, table=states.DISPOSAL, act="discharge", by=by, at=at, changes=changes, **_seen_by(duty.grant))
    return duty


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
        **_seen_by(grant),
    )
    for name, value in {**route, "routed_at": at}.items():
        setattr(grant, name, value)
    grant.save(update_fields=[*route, "routed_at"])
    return grant


def end_for_notice(*, grant: Grant, statement: str, by: Actor, event_at: datetime, at: datetime) -> None:
    """End a locked grant because its provider stops sharing, as negotiated and filed; called within that act."""
    _end(grant, act="end", reason="source_retired", statement=statement, by=by, event_at=event_at, at=at)
    _file(grant, act="ended", reason="source_retired", statement=statement, by=by, at=at)


def _end(grant: Grant, *, act: str, reason: str, statement: str, by: Actor, event_at: datetime, at: datetime) -> None:
    transition(
        grant,
        table=states.GRANT,
        act=act,
        by=by,
        at=event_at,
        changes={"ended_at": event_at, "ended_by": by.name, "end_reason": reason, "end_statement": statement},
        **_seen_by(grant),
    )
    duty = DisposalDuty(id=new_id(), grant=grant, opened_at=event_at)
    open_record(duty, table=states.DISPOSAL, act="open", by=by, at=event_at, **_seen_by(grant))
    _note_use(grant, at)
    link.issue_order(EndGrant(grant_id=grant.pk, reason=reason), node_ids=_nodes(grant), at=at)


def _ask_of_running_stop(grant: Grant, at: datetime) -> None:
    """While the end of sharing is being negotiated, a new consumer is asked like the others (条例 27.3)."""
    for notice in StopNotice.objects.filter(resource_id=grant.resource_id, status=states.ANNOUNCED, due_at__gt=at):
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


def _file(grant: Grant, *, act: str, reason: str, statement: str, by: Actor, at: datetime) -> None:
    filing = Filing(
        number=next_number("BA", at),
        grant=grant,
        act=act,
        reason=reason,
        statement=statement.strip(),
        filed_at=at,
        filed_by=by.name,
        filed_by_department=by.department if isinstance(by, Person) else "",
    )
    record_act(
        kind="grant:filed",
        subject=("grant", grant.pk),
        by=by,
        at=at,
        basis=("cn-809:27",),
        after={"number": filing.number, "act": act, "reason": reason, "statement": filing.statement},
        **_seen_by(grant),
    )
    filing.save(force_insert=True)


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


def _nodes(grant: Grant) -> list[UUID]:
    return [node for node in (grant.provider_node_id, grant.consumer_node_id) if node]


def _seen_by(grant: Grant, *requests: UUID | None) -> dict[str, Any]:
    """Who may see the record, and to which trails it belongs."""
    tags = {f"access_request:{r}" for r in (grant.access_request_id, *requests) if r}
    return {
        "concerns": (grant.provider_id, grant.consumer_id, parties.authority().id),
        "trail": (f"grant:{grant.pk}", f"resource:{grant.resource_id}", *sorted(tags)),
    }
