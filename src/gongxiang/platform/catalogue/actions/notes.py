"""Dated facts that rooms above write down on an entry: what `delivery` found, until when `grants` lets it be used."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import permissions, queries
from gongxiang.platform.catalogue.actions.shared import context
from gongxiang.platform.catalogue.models import Distribution, SearchEntry, Upkeep
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor

#: A fact that moves on by less than this is not written again: the data plane reports every few seconds.
SETTLED = timedelta(minutes=10)


@implements("wushen-2021-60:21(1)")
@transaction.atomic
def record_distribution_check(*, distribution_id: UUID, problem: str, by: Actor, at: datetime) -> None:
    """Note what `delivery` found when it tried a distribution: `problem` in words, empty if it works."""
    permissions.NOTE.check(by)
    row = Distribution.objects.select_for_update().select_related("resource").get(pk=distribution_id)
    before = {"problem": row.check_problem, "checked": row.checked_at is not None}
    row.checked_at, row.check_problem = at, problem
    row.save(update_fields=["checked_at", "check_problem"])
    if before != {"problem": problem, "checked": True}:
        evidence.record_act(
            kind="resource:distribution_checked",
            subject=("resource", row.resource_id),
            by=by,
            at=at,
            basis=("wushen-2021-60:21(1)",),
            before=before,
            after={"distribution": distribution_id, "problem": problem},
            **context(row.resource),
        )


@implements("cn-809:27.3")
@transaction.atomic
def note_granted_until(
    *,
    resource_id: UUID,
    until: datetime | None,
    elements: Collection[str] = (),
    kinds: Collection[str] = (),
    users: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Note until when somebody may use the resource, what of it, and how many departments (`users`) may.

    `grants` calls this, so that it is neither withdrawn nor thinned out under them.
    """
    row = queries.get_for_update(resource_id)
    if users is not None:
        SearchEntry.objects.filter(pk=resource_id).exclude(users=users).update(users=users)
    needed = {"granted_elements": sorted(elements), "granted_kinds": sorted(kinds)}
    if any(getattr(row, name) != value for name, value in needed.items()):
        row.granted_elements, row.granted_kinds = needed["granted_elements"], needed["granted_kinds"]
        row.save(update_fields=[*needed])
    before, row.granted_until = row.granted_until, until
    if before != until:
        row.save(update_fields=["granted_until"])
        evidence.record_act(
            kind="resource:use_noted", subject=("resource", row.pk), by=by, at=at, before={"granted_until": before},
            after={"granted_until": until}, basis=("cn-809:27.3",), **context(row),
        )  # fmt: skip


@implements("wushen-2021-60:20", "cn-809:18")
@transaction.atomic
def note_data(
    *, resource_id: UUID, changed_at: datetime | None = None, in_step_at: datetime | None = None, by: Actor, at: datetime
) -> None:
    """Note when the data last changed, and was last known to be in step with its source; the evidence is the data plane's."""
    permissions.NOTE.check(by)
    for name, value in (("changed_at", changed_at), ("in_step_at", in_step_at)):
        if value is not None:
            _note(resource_id, name, value)


@implements("wushen-2021-60:22.2", "wushen-2021-60:27")
@transaction.atomic
def note_used(*, resource_id: UUID, by: Actor, at: datetime) -> None:
    """Note that somebody received or called the data then; the evidence is the receipt's or the call's."""
    permissions.NOTE.check(by)
    _note(resource_id, "used_at", at)


def _note(resource_id: UUID, name: str, value: datetime) -> None:
    """Move the fact on; an older one never takes its place."""
    Upkeep.objects.get_or_create(resource_id=resource_id)
    older = Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lt": value - SETTLED})
    Upkeep.objects.filter(older, pk=resource_id).update(**{name: value})
