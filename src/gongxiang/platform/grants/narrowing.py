"""Giving less of a grant (条例 27.3): announced, answered, filed and carried out like the end of sharing (`stopping`).

Where a security risk or a change of law cannot wait, less is given at once; the consumer is heard and the authority files it
afterwards, and what is upheld or called off is given back (our choice, choices.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import end_of_day
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.grants import actions, errors, narrowed, permissions, policies, queries, states, stopping
from gongxiang.platform.grants.models import Grant, StopAnswer
from gongxiang.platform.grants.queries_stop import StopView
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.terms import Condition, Mask, Purpose, Terms, Volume


@implements("cn-809:27.3", "wushen-2021-60:22.3")
@transaction.atomic
def announce_narrowing(
    *, grant_id: UUID, elements: Sequence[str], masks: Mapping[str, Mask], conditions: Sequence[Condition],
    purposes: Sequence[Purpose], valid_until: datetime, volume: Volume | None = None, reason: str, statement: str,
    narrows_on: date, everywhere: bool = False, by: Actor, at: datetime,
) -> StopView:  # fmt: skip
    """The provider's accountable officer announces what a grant will no longer give, from the end of which day.

    With `everywhere` the same elements are announced to be taken from every other grant of the resource.
    """
    grant = _with_the_others(grant_id)
    permissions.check_own_department(permissions.ANNOUNCE_STOP, by, grant.provider_id)
    policies.check_reasoned(reason, statement, policies.NARROW_REASONS)
    old, new = _checked(grant, elements, masks, conditions, purposes, valid_until, volume, at)
    deadline = rulebook.deadline("stop_objection", start=at)
    stops_at = end_of_day(narrows_on)
    if stops_at < deadline.due_at:
        raise errors.StopsTooSoon(field="narrows_on", until=deadline.last_day.isoformat())
    asked = [_asked(grant, narrowed.taken_away(old, new))]
    gone = tuple(code for code in old.elements if code not in new.elements)
    if everywhere and gone:
        others = Grant.objects.filter(resource_id=grant.resource_id, status__in=(states.ACTIVE, states.SUSPENDED))
        for other in others.exclude(pk=grant.pk).order_by("pk"):
            taken = narrowed.elements_taken(queries.current_terms(other.pk), gone)
            if taken["elements"]:
                asked.append(_asked(other, taken))
    _check_none_runs(asked)
    return stopping.open_notice(
        kind="NARROW", series="BG", resource=catalogue.get_resource(grant.resource_id), reason=reason, statement=statement,
        stops_at=stops_at, deadline=deadline, asked=asked, by=by, at=at,
    )  # fmt: skip


@implements("cn-809:27.3", "wushen-2021-60:15")
@transaction.atomic
def protect_now(
    *, grant_id: UUID, elements: Sequence[str], masks: Mapping[str, Mask], conditions: Sequence[Condition],
    purposes: Sequence[Purpose], valid_until: datetime, volume: Volume | None = None, ground: str, statement: str,
    by: Actor, at: datetime,
) -> StopView:  # fmt: skip
    """Give less at once where it cannot wait; the consumer is heard and the authority confirms or gives it back."""
    grant = _with_the_others(grant_id)
    permissions.check_own_department(permissions.PROTECT, by, grant.provider_id)
    policies.check_reasoned(ground, statement, policies.PROTECT_GROUNDS)
    old, new = _checked(grant, elements, masks, conditions, purposes, valid_until, volume, at)
    _check_none_runs([_asked(grant, {})])
    made = actions.apply_terms(grant=grant, terms=new, reason=ground, statement=statement, by=by, event_at=at, at=at)
    asked = [replace(_asked(grant, narrowed.taken_away(old, new)), made_revision=made)]
    return stopping.open_notice(
        kind="PROTECT", series="BH", resource=catalogue.get_resource(grant.resource_id), reason=ground, statement=statement,
        stops_at=at, deadline=rulebook.deadline("stop_objection", start=at), asked=asked, by=by, at=at,
    )  # fmt: skip


def _with_the_others(grant_id: UUID) -> Grant:
    """The grant, locked after all of its resource in their order: who held one and waited for the rest would stop another."""
    for resource_id in Grant.objects.filter(pk=grant_id).values_list("resource_id", flat=True):
        stopping.lock_grants(resource_id)
    return queries.get_for_update(grant_id)


def _checked(
    grant: Grant, elements: Sequence[str], masks: Mapping[str, Mask], conditions: Sequence[Condition],
    purposes: Sequence[Purpose], valid_until: datetime, volume: Volume | None, at: datetime,
) -> tuple[Terms, Terms]:  # fmt: skip
    """The terms in force and the narrower ones, which must make sense and be possible in this state."""
    states.GRANT.find("revise", grant.status)
    old = queries.current_terms(grant.pk)
    new = replace(
        old, elements=tuple(elements), masks=dict(masks), conditions=tuple(conditions), purposes=tuple(purposes),
        valid_until=valid_until, volume=old.volume if volume is None else volume,
    )  # fmt: skip
    policies.check_volume(new.volume, mode=grant.mode)
    policies.check_terms(new, catalogue.element_specs(grant.resource_id), at=at)
    policies.check_narrower(old, new)
    return old, new


def _asked(grant: Grant, taken: dict[str, object]) -> stopping.Asked:
    return stopping.Asked(
        grant_id=grant.pk, consumer_id=grant.consumer_id, consumer_name=grant.consumer_name, taken=taken
    )  # fmt: skip


def _check_none_runs(asked: Sequence[stopping.Asked]) -> None:
    """One narrowing of a grant at a time: the second would be announced against terms that will not stand."""
    ids = [one.grant_id for one in asked]
    running = StopAnswer.objects.filter(
        grant_id__in=ids, notice__kind__in=("NARROW", "PROTECT"), notice__status__in=states.STOP_RUNNING
    )
    if (first := running.select_related("grant").first()) is not None:
        raise errors.ChangeAnnouncedAlready(number=first.grant.number)
