"""Acts on exchanges outside the platform: declare, confirm, plan, prove the move, exempt, end; and what the product finds."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date, end_of_day
from gongxiang.platform.catalogue import queries_line
from gongxiang.platform.delivery import errors_channels as errors
from gongxiang.platform.delivery import permissions
from gongxiang.platform.delivery import policies_channels as policies
from gongxiang.platform.delivery import queries_channels as reading
from gongxiang.platform.delivery import states_channels as states
from gongxiang.platform.delivery.models import ChannelFinding, ChannelStep, OutsideChannel
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants.shared import next_number
from gongxiang.platform.kernel.actors import Actor, Person, Role, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.rulebook.recounting import recount_row

_STOPPED: Final[Mapping[str, Any]] = {"due_at": None, "due_provisional": False, "clock_from": None}
_ART: Final = ("wushen-2021-60:17",)


@implements("wushen-2021-60:17")
@transaction.atomic
def declare_channel(
    *,
    provider_id: UUID,
    consumer_id: UUID,
    title: str,
    kind: str,
    items: Iterable[str] = (),
    basis: str = "",
    since: date | None = None,
    frequency: str = "IRREGULAR",
    secret: bool = False,
    personal: bool = False,
    by: Actor,
    at: datetime,
) -> OutsideChannel:
    """Enter an exchange outside the platform: a party reports its own, the authority what it found."""
    permissions.DECLARE_CHANNEL.check(by)
    if not isinstance(by, Person):
        raise NotPermitted()
    of_authority = by.has(Role.AUTHORITY_OFFICER)
    if provider_id == consumer_id or (not of_authority and by.department_id not in (provider_id, consumer_id)):
        raise errors.ChannelOneSided(field="consumer_id")
    party = by.department_id in (provider_id, consumer_id)
    return _declare(
        provider_id=provider_id, consumer_id=consumer_id, title=title, kind=kind, items=items, basis=basis, since=since,
        frequency=frequency, secret=secret, personal=personal, found_by=states.SELF if party else states.AUTHORITY, source="",
        by=by, at=at,
    )  # fmt: skip


@implements("wushen-2021-60:17")
@transaction.atomic
def declare_found(
    *, provider_id: UUID, consumer_id: UUID, title: str, source: str, frequency: str, by: Actor, at: datetime
) -> OutsideChannel:
    """Enter what the product found by itself; a person of the authority confirms it or not."""
    permissions.FIND_CHANNELS.check(by)
    return _declare(
        provider_id=provider_id, consumer_id=consumer_id, title=title, kind="other", items=(), basis="", since=None,
        frequency=frequency, secret=False, personal=False, found_by=states.AUTOMATIC, source=source, by=by, at=at,
    )  # fmt: skip


@implements("wushen-2021-60:17", "wushen-2021-60:24")
@transaction.atomic
def confirm_channel(*, channel_id: UUID, by: Actor, at: datetime) -> OutsideChannel:
    """It is a channel: the departments have their period for a plan; found by others it is a finding as well."""
    permissions.CONFIRM_CHANNEL.check(by)
    row = reading.get_for_update(channel_id)
    changes = {"confirmed_at": at, "confirmed_by": by.name, **_plan_clock(at)}
    _move(row, "confirm", by=by, at=at, changes=changes)
    if row.found_by != states.SELF:
        _find(row, states.FOUND, at=at)
    return row


@implements("wushen-2021-60:17", "wushen-2021-60:24")
@transaction.atomic
def dismiss_channel(*, channel_id: UUID, reason: str, by: Actor, at: datetime) -> OutsideChannel:
    """It is none: nothing is exchanged, or it goes through the platform."""
    permissions.CONFIRM_CHANNEL.check(by)
    row = reading.get_for_update(channel_id)
    return _move(row, "dismiss", by=by, at=at, changes={"ending": policies.check_reason(reason), "ended_at": at})


@implements("wushen-2021-60:17")
@transaction.atomic
def plan_channel(
    *, channel_id: UUID, steps: Sequence[tuple[date, str]], note: str = "", by: Actor, at: datetime
) -> OutsideChannel:
    """Lay down the steps and days by which it comes onto the platform; a later plan replaces the earlier, which is kept."""
    row = reading.get_for_update(channel_id)
    _check_side(permissions.PLAN_CHANNEL, by, row)
    states.OUTSIDE_CHANNEL.find("plan", row.status)
    until = policies.check_plan(steps, at, longest=rulebook.parameter("longest_plan_days"))
    late = row.status == states.OVERDUE or row.plan_revision > 0
    said = policies.check_reason(note, "note") if late else note.strip()
    revision = row.plan_revision + 1
    ordered = sorted(steps, key=lambda one: one[0])
    ChannelStep.objects.bulk_create(
        ChannelStep(id=new_id(), channel=row, revision=revision, serial=serial, what=what.strip()[:300], by_day=day)
        for serial, (day, what) in enumerate(ordered, 1)
    )
    changes = {
        "plan_until": until, "plan_revision": revision, "plan_note": said, "planned_at": at, "planned_by": by.name,
        "clock_from": at, "due_at": end_of_day(until), "due_basis": _ART[0], "due_rule": f"planned_day={revision}@{until}",
        "due_provisional": False,
    }  # fmt: skip
    after = {"steps": [{"by": day, "what": what.strip()} for day, what in ordered]}
    return _move(row, "plan", by=by, at=at, changes=changes, after=after)


@implements("wushen-2021-60:17")
@transaction.atomic
def finish_step(*, channel_id: UUID, serial: int, by: Actor, at: datetime) -> OutsideChannel:
    """A step of the plan is done."""
    row = reading.get_for_update(channel_id)
    _check_side(permissions.MOVE_CHANNEL, by, row)
    if row.status not in (states.PLANNED, states.OVERDUE):
        states.OUTSIDE_CHANNEL.find("migrate", row.status)
    step = reading.step_for_update(row, serial) if 0 < serial <= policies.MOST_STEPS else None
    if step is None:
        raise errors.StepUnknown()
    step.done_on, step.done_by = beijing_date(at), by.name
    record_act(
        kind="outside_channel:step_done", subject=("outside_channel", row.pk), by=by, at=at, basis=_ART,
        after={"step": step.what, "by": step.by_day, "done_on": step.done_on}, **_seen_by(row),
    )  # fmt: skip
    step.save(update_fields=["done_on", "done_by"])
    return row


@implements("wushen-2021-60:17", "cn-809:22.1")
@transaction.atomic
def migrate_channel(*, channel_id: UUID, grant_id: UUID, by: Actor, at: datetime) -> OutsideChannel:
    """It goes through the platform now: proven by rows that arrived under a grant between the two departments."""
    row = reading.get_for_update(channel_id)
    _check_side(permissions.MOVE_CHANNEL, by, row)
    states.OUTSIDE_CHANNEL.find("migrate", row.status)
    grant = grants.get_grant(grant_id, actor=by)
    proven = policies.check_proven(
        row, provider_id=grant.provider_id, consumer_id=grant.consumer_id, flow=reading.flow_under(grant_id)
    )
    changes = {"grant_id": grant.id, "grant_number": grant.number, "proven_at": proven, "ended_at": at, **_STOPPED}
    _move(row, "migrate", by=by, at=at, changes=changes, trail=(f"grant:{grant.id}",))
    return _settle(row, at=at)


@implements("wushen-2021-60:17", "wushen-2021-60:4(1)")
@transaction.atomic
def ask_exemption(*, channel_id: UUID, ground: str, basis: str, by: Actor, at: datetime) -> OutsideChannel:
    """What must not go through the platform: a secret network, or a law that says so."""
    row = reading.get_for_update(channel_id)
    _check_side(permissions.PLAN_CHANNEL, by, row)
    states.OUTSIDE_CHANNEL.find("ask_exemption", row.status)
    policies.check_exemption(row, ground=ground, basis=basis)
    changes = {
        "exemption_ground": ground, "exemption_basis": basis.strip(), "exemption_asked_by": by.name, **_STOPPED,
    }  # fmt: skip
    return _move(row, "ask_exemption", by=by, at=at, changes=changes)


@implements("wushen-2021-60:17", "wushen-2021-60:4(1)")
@transaction.atomic
def exempt_channel(*, channel_id: UUID, by: Actor, at: datetime) -> OutsideChannel:
    """The authority's leader consents that it stays outside."""
    permissions.EXEMPT_CHANNEL.check(by)
    row = reading.get_for_update(channel_id)
    states.OUTSIDE_CHANNEL.find("exempt", row.status)
    if by.name == row.exemption_asked_by:
        raise errors.OwnExemption()
    _move(row, "exempt", by=by, at=at, changes={"exempt_at": at, "exempt_by": by.name, "ended_at": at})
    return _settle(row, at=at)


@implements("wushen-2021-60:17")
@transaction.atomic
def decline_exemption(*, channel_id: UUID, reason: str, by: Actor, at: datetime) -> OutsideChannel:
    """The basis does not carry it: the departments plan the move, with a new period."""
    permissions.EXEMPT_CHANNEL.check(by)
    row = reading.get_for_update(channel_id)
    said = policies.check_reason(reason)
    changes = {"exemption_ground": "", "exemption_basis": "", **_plan_clock(at)}
    return _move(row, "decline", by=by, at=at, changes=changes, detail={"reason": said})


@implements("wushen-2021-60:17")
@transaction.atomic
def close_channel(*, channel_id: UUID, reason: str, by: Actor, at: datetime) -> OutsideChannel:
    """Nothing is exchanged this way any more."""
    row = reading.get_for_update(channel_id)
    _check_side(permissions.PLAN_CHANNEL, by, row)
    _move(row, "close", by=by, at=at, changes={"ending": policies.check_reason(reason), "ended_at": at, **_STOPPED})
    return _settle(row, at=at)


@implements("wushen-2021-60:17", "wushen-2021-60:24")
@transaction.atomic
def reopen_channel(*, channel_id: UUID, reason: str, by: Actor, at: datetime) -> OutsideChannel:
    """It goes on outside after all, or its exemption has lost its basis: a finding, and a new period for a plan."""
    permissions.CONFIRM_CHANNEL.check(by)
    row = reading.get_for_update(channel_id)
    said = policies.check_reason(reason)
    states.OUTSIDE_CHANNEL.find("reopen", row.status)
    _check_twin(row)
    changes = {
        "ended_at": None,
        "exempt_at": None,
        "plan_until": None,
        "plan_revision": row.plan_revision + 1,
        **_plan_clock(at),
    }
    _move(row, "reopen", by=by, at=at, changes=changes, detail={"reason": said})
    _find(row, states.FOUND, at=at)
    return row


@implements("wushen-2021-60:17", "wushen-2021-60:24")
@transaction.atomic
def lapse_channel(*, channel_id: UUID, by: Actor, at: datetime) -> OutsideChannel | None:
    """No plan within the period, or the planned day has passed: a finding; None when somebody was faster."""
    permissions.WATCH_CHANNELS.check(by)
    row = reading.get_for_update(channel_id)
    if row.status not in states.TIMED:
        return None
    kind = states.UNPLANNED if row.status == states.CONFIRMED else states.LATE
    ended = policies.check_lapsed(row.due_at, at)
    _move(row, "lapse", by=by, at=ended, changes={})
    _find(row, kind, at=ended)
    return row


@implements("wushen-2021-60:17")
@transaction.atomic
def recount_plan(*, channel_id: UUID, by: Actor, at: datetime) -> OutsideChannel | None:
    """Count the period for a plan again after a holiday notice was entered; None where nothing moves."""
    permissions.WATCH_CHANNELS.check(by)
    row = reading.get_for_update(channel_id)
    running = reading.running_clock(row)
    moved = recount_row(row=row, running=running, subject="outside_channel", by=by, at=at, seen=_seen_by(row))
    return row if moved else None


def find_candidates(at: datetime) -> int:
    """Look for what goes outside by its own record: live grants for entries delivered by mail, medium or otherwise."""
    otherwise = queries_line.delivered_otherwise()
    if not otherwise:
        return 0
    known, found = reading.known_sources(), 0
    for resource_id, cycle in otherwise.items():
        for grant in grants.live_grants(resource_id=resource_id):
            source = f"grant:{grant.id}"
            if source in known:
                continue
            try:
                declare_found(
                    provider_id=grant.provider_id, consumer_id=grant.consumer_id, title=grant.resource_name[:200],
                    source=source, frequency=cycle or "IRREGULAR", by=System(name=permissions.CHANNEL_FINDER), at=at,
                )  # fmt: skip
            except errors.ChannelKnown:
                continue
            found += 1
    return found


def _declare(
    *, provider_id: UUID, consumer_id: UUID, title: str, items: Iterable[str], basis: str, source: str, by: Actor, at: datetime,
    **fields: Any,
) -> OutsideChannel:  # fmt: skip
    checked = {name: fields[name] for name in ("kind", "frequency", "since")}
    policies.check_declared(title=title, at=at, **checked)
    provider, consumer = parties.department_ref(provider_id), parties.department_ref(consumer_id)
    title = title.strip()[:200]
    same = {"provider_id": provider.id, "consumer_id": consumer.id, "title": title, "kind": fields["kind"], "source": source}
    if number := reading.twin_of(**same):
        raise errors.ChannelKnown(number=number)
    row = OutsideChannel(
        id=new_id(),
        number=next_number("QD", at),
        turn="authority",
        provider_id=provider.id,
        provider_name=provider.name,
        consumer_id=consumer.id,
        consumer_name=consumer.name,
        title=title,
        items=[item.strip()[:120] for item in dict.fromkeys(items) if item.strip()][:200],
        basis=basis.strip(),
        source=source,
        declared_at=at,
        declared_by=by.name,
        declared_department_id=by.department_id if isinstance(by, Person) else None,
        **fields,
    )
    after = {"number": row.number, "title": title, "kind": row.kind, "secret": row.secret, "found_by": row.found_by}
    try:
        with transaction.atomic():
            open_record(row, table=states.OUTSIDE_CHANNEL, act="declare", by=by, at=at, after=after, **_seen_by(row))
    except IntegrityError as error:
        # Two equal forms at once: the second finds what the first made.
        raise errors.ChannelKnown(number=reading.twin_of(**same)) from error
    return row


def _check_twin(row: OutsideChannel) -> None:
    number = reading.twin_of(provider_id=row.provider_id, consumer_id=row.consumer_id, title=row.title, kind=row.kind)
    if number and number != row.number:
        raise errors.ChannelKnown(number=number)


def _check_side(permission: Any, by: Actor, row: OutsideChannel) -> None:
    """Somebody of one of the two departments who holds the permission."""
    permission.check(by)
    if not isinstance(by, Person) or by.department_id not in (row.provider_id, row.consumer_id):
        raise NotPermitted()


def _plan_clock(at: datetime) -> dict[str, Any]:
    deadline = rulebook.deadline("channel_plan", start=at)
    return {
        "clock_from": at, "due_at": deadline.due_at, "due_basis": deadline.basis, "due_rule": deadline.rule,
        "due_provisional": deadline.provisional,
    }  # fmt: skip


def _find(row: OutsideChannel, kind: str, *, at: datetime) -> None:
    """A dated finding, once for each cause; what is secret never belonged on the platform and is none."""
    if row.secret:
        return
    made, fresh = ChannelFinding.objects.get_or_create(
        channel=row, kind=kind, revision=row.plan_revision,
        defaults={"id": new_id(), "found_at": at, "basis": ["wushen-2021-60:17", "wushen-2021-60:30(6)"]},
    )  # fmt: skip
    if not fresh:
        return
    record_act(
        kind="outside_channel:finding", subject=("outside_channel", row.pk), by=System(name=permissions.CHANNEL_FINDER), at=at,
        basis=tuple(made.basis), after={"finding": kind, "number": row.number}, **_seen_by(row),
    )  # fmt: skip


def _settle(row: OutsideChannel, *, at: datetime) -> OutsideChannel:
    ChannelFinding.objects.filter(channel=row, settled_at__isnull=True).update(settled_at=at, settled_how=row.status)
    return row


def _seen_by(row: OutsideChannel) -> dict[str, Any]:
    return {"concerns": {row.provider_id, row.consumer_id, parties.authority().id}}


def _move(row: OutsideChannel, act: str, *, by: Actor, at: datetime, changes: Mapping[str, Any], **more: Any) -> OutsideChannel:
    arrow = states.OUTSIDE_CHANNEL.find(act, row.status)
    rule = str(changes.get("due_rule", ""))
    changed = {"turn": arrow.turn, **changes}
    transition(
        row, table=states.OUTSIDE_CHANNEL, act=act, by=by, at=at, changes=changed, rule_version=rule, **_seen_by(row), **more
    )
    return row
