"""Trying a table, an API or a file at mounting: the node tests it and gives the gateway some masked rows for one look.

Only names, steps and counts reach the site; the rows go from the node to the gateway and to the person's browser.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import actions as catalogue_actions
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.catalogue.errors import ResourceNotFound
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.catalogue.vocabulary import DistributionKind
from gongxiang.platform.delivery import errors, permissions, policies, queries
from gongxiang.platform.delivery.models import MountTrial
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.messages import MappedColumn, MountTried, TryMount
from gongxiang.protocol.terms import Mask, Purpose
from gongxiang.protocol.tickets import MOUNT, Ticket, issue_ticket

_BASIS = {
    "TABLE": ("wushen-2021-60:19(1)", "wushen-2021-60:21(1)"),
    "API": ("wushen-2021-60:19(2)", "wushen-2021-60:21(1)"),
    "FILE": ("wushen-2021-60:19(3)", "wushen-2021-60:21(1)"),
}


@implements("wushen-2021-60:21(1)", "wushen-2021-60:19(1)", "wushen-2021-60:19(2)", "wushen-2021-60:19(3)")
@transaction.atomic
def try_mount(*, resource_id: UUID, number: int | None = None, by: Actor, at: datetime) -> MountTrial:
    """Let the node try what the draft of an entry delivers; the answer arrives within seconds.

    `number` is that of the delivery in the draft, from 1; without it, it is the table.
    """
    draft = catalogue.get_draft(resource_id, actor=by)
    permissions.check_for_department(permissions.CHECK_TABLE, by, draft.provider_id)
    place = chosen_place(draft, number)
    if place is None or place.node_id is None or not place.source_table:
        raise errors.NothingMounted() if place is None or place.kind == DistributionKind.TABLE else errors.PlaceMissing()
    node = queries.node_for_update(place.node_id)
    policies.check_own_node(node, draft.provider_id)
    recent = MountTrial.objects.filter(
        resource_id=resource_id, answered_at=None, asked_at__gt=at - policies.TRIAL_PATIENCE, asked_at__lte=at
    )
    policies.check_can_try(node, pending=recent.exists())
    policies.check_place(place.kind, place.source_table)
    columns, masks = _mapped(draft, place)
    trial = MountTrial.objects.create(
        id=new_id(), node=node, provider_id=draft.provider_id, resource_id=resource_id, distribution_id=place.id,
        kind=place.kind, table=place.source_table, asked_at=at, asked_by=by.name,
    )  # fmt: skip
    record_act(
        kind="node:mount_tried", subject=("node", node.pk), by=by, at=at, basis=_BASIS[place.kind],
        after={"table": place.source_table, "way": place.kind, "trial": trial.pk, "masked": sorted(masks)}, **_seen(trial),
    )  # fmt: skip
    order = TryMount(
        request_id=trial.pk, resource_id=resource_id, node_id=node.pk, table=place.source_table, columns=columns, masks=masks,
        way=place.kind.lower(), names={one.code: one.name for one in draft.content.elements if one.code and one.name},
    )  # fmt: skip
    link.issue_order(order, node_ids=[node.pk], at=at)
    return trial


def chosen_place(draft: DraftRef, number: int | None) -> DistributionContent | None:
    """The delivery of this number in a draft; without a number its table."""
    places = draft.content.distributions
    if number is None:
        return next((one for one in places if one.kind == DistributionKind.TABLE), None)
    return places[number - 1] if 1 <= number <= len(places) and places[number - 1].kind in DistributionKind.values else None


def _mapped(draft: DraftRef, place: DistributionContent) -> tuple[tuple[MappedColumn, ...], dict[str, Mask]]:
    """A table's mapped columns; of an API or a file all elements, by their own names where none was mapped."""
    found, masks = [], {}
    is_table = place.kind == DistributionKind.TABLE
    columns = place.columns if is_table else {e.code: place.columns.get(e.code, e.code) for e in draft.content.elements}
    for element in draft.content.elements:
        if not element.shareable or not element.code or element.code not in columns:
            continue
        try:
            spec = element.spec()
        except KeyError:
            raise errors.ElementUnfinished(element=element.name or element.code) from None
        found.append(MappedColumn(column=columns[element.code], element=spec))
        if mask := policies.mask_at_mounting(element, spec):
            masks[element.code] = mask
    if not found:
        raise errors.NothingMounted() if is_table else errors.ElementsMissing()
    return tuple(found), masks


@implements("wushen-2021-60:21(1)")
@transaction.atomic
def take_answer(fact: MountTried, *, by: System) -> None:
    """What the node found; the entry's delivery carries the first problem, or that it works."""
    trial = MountTrial.objects.select_for_update().filter(pk=fact.request_id, node_id=fact.node_id, answered_at=None).first()
    if trial is None:
        return
    trial.answered_at, trial.steps, trial.rows = fact.at, plain(fact.steps), max(fact.rows, 0)
    trial.save(update_fields=["answered_at", "steps", "rows"])
    problem = next((step.problem for step in fact.steps if step.problem), "")
    if not fact.steps:
        problem = gettext_noop("The node said nothing.")
    record_act(
        kind="node:mount_answered", subject=("node", fact.node_id), by=by, at=fact.at, basis=_BASIS[trial.kind],
        after={"table": trial.table, "trial": trial.pk, "steps": len(fact.steps), "problem": problem, "rows": trial.rows},
        **_seen(trial),
    )  # fmt: skip
    if trial.distribution_id is not None and _still_there(trial):
        catalogue_actions.record_distribution_check(
            distribution_id=trial.distribution_id, problem=problem, by=System(name="delivery"), at=fact.at
        )


def _still_there(trial: MountTrial) -> bool:
    """Whether the entry still has this delivery, at the same table."""
    try:
        place = catalogue.mounted_place(trial.distribution_id) if trial.distribution_id else None
    except ResourceNotFound:
        return False
    return place is not None and (place.node_id, place.source_table) == (trial.node_id, trial.table)


@implements("wushen-2021-60:14", "wushen-2021-60:15")
@transaction.atomic
def ask_for_trial_rows(*, trial_id: UUID, by: Actor, at: datetime) -> str:
    """Give a ticket with which the gateway shows the trial's masked rows: once, to a person of the mounting department."""
    trial = MountTrial.objects.select_for_update().filter(pk=trial_id).first()
    if trial is None:
        raise NotFound()
    permissions.check_for_department(permissions.SAMPLE_MOUNT, by, trial.provider_id)
    assert isinstance(by, Person)
    policies.check_rows_kept(answered_at=trial.answered_at, rows=0 if trial.shown_at else trial.rows, at=at)
    trial.shown_at = at
    trial.save(update_fields=["shown_at"])
    ticket = Ticket(
        ticket_id=new_id(), kind=MOUNT, person=str(by.id), resource_id=trial.resource_id, grant_id=None,
        purpose=Purpose.VERIFICATION, terms=None, issued_at=at, trial_id=trial.pk,
    )  # fmt: skip
    record_act(
        kind="data:sample_asked", subject=("data", ticket.ticket_id), by=by, at=at,
        basis=("wushen-2021-60:14", "wushen-2021-60:15"), after={"purpose": "verification", "trial": trial.pk}, **_seen(trial),
    )  # fmt: skip
    return issue_ticket(ticket, link.platform_key())


def latest_trial(resource_id: UUID, *, place: DistributionContent | None = None, actor: Actor) -> MountTrial | None:
    """The newest trial of an entry, or of one of its deliveries, whose source the actor may know."""
    rows = MountTrial.objects.select_related("node").filter(resource_id=resource_id)
    if place is not None:
        if place.node_id is None:
            return None
        rows = rows.filter(kind=place.kind, node_id=place.node_id, table=place.source_table)
    row = rows.order_by("-asked_at").first()
    return row if row is not None and permissions.sees_source(actor, row.provider_id) else None


def tried_by(resource_id: UUID) -> tuple[UUID, ...]:
    """The department that tried the entry's table, if any did."""
    return tuple(MountTrial.objects.filter(resource_id=resource_id).values_list("provider_id", flat=True).distinct()[:1])


def _seen(trial: MountTrial) -> dict[str, Any]:
    return {"concerns": (trial.provider_id, parties.authority().id), "trail": (f"resource:{trial.resource_id}",)}
