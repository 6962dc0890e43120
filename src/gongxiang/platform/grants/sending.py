"""Sending a revision of an entry that lives on in grants: what it does to them is looked at before it is sent (条例 27)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants.effects import effects_of_draft, mark_of
from gongxiang.platform.grants.errors import EffectNotSeen
from gongxiang.platform.kernel.actors import Actor


@implements("cn-809:27.3")
@transaction.atomic
def send_one_seen(*, resource_id: UUID, seen: str, by: Actor, at: datetime) -> DraftRef:
    """Send a draft for review, if what it changes for live grants is what the person looked at (`seen`: its mark).

    Raises EffectNotSeen. It is sent first and looked at then, under its lock: a draft or a grant that changes meanwhile cannot
    slip through. What was looked at is kept with the entry.
    """
    draft = catalogue.send_for_review(resource_id=resource_id, by=by, at=at)
    effects = [one for one in effects_of_draft(draft, actor=by, at=at) if one.consequences]
    if effects and mark_of(effects) != seen:
        raise EffectNotSeen(number=len(effects))
    if effects:
        touched = [one.grant for one in effects]
        record_act(
            kind="resource:effect_seen", subject=("resource", resource_id), by=by, at=at, basis=("cn-809:27.3",),
            after={"effect": seen, "grants": [one.number for one in touched]}, concerns=(draft.provider_id,),
            trail=tuple(f"grant:{one.id}" for one in touched),
        )  # fmt: skip
    return draft
