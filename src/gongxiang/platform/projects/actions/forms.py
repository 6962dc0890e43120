"""Checking a form before it asks citizens for what sharing may give (wushen-2021-60:22.5, cn-809:19)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import Shortfalls
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import duplicates, errors, permissions, policies, queries
from gongxiang.platform.projects.models import FormCheck
from gongxiang.platform.projects.values import FormCheckView
from gongxiang.platform.projects.vocabulary import TargetKind

_BASIS = ("wushen-2021-60:22.5", "cn-809:19.1")


@implements("wushen-2021-60:22.5", "wushen-2021-60:5", "cn-809:19.1")
@transaction.atomic
def check_form(*, title: str, items: Sequence[str], matter_id: UUID | None = None, by: Actor, at: datetime) -> FormCheckView:
    """Hold the items of a form or collection plan against the catalogue, and keep what was found."""
    permissions.CHECK_FORM.check(by)
    actor = permissions.person_of(by)
    wanted = list(dict.fromkeys(item.strip() for item in items if item.strip()))
    policies.check_form_items(title, wanted)
    if matter_id is not None and parties.matter_ref(matter_id).department_id != actor.department_id:
        raise errors.NotYourProject()
    found = duplicates.find_for_items(wanted, department_id=actor.department_id)
    owners = parties.department_names({hit.provider_id for hits in found.values() for hit in hits})
    hits = [
        {
            "item": item, "target_kind": TargetKind.RESOURCE.value, "target_id": str(hit.resource_id),
            "target_name": hit.resource_name, "code": hit.resource_code, "owner": owners.get(hit.provider_id, ""),
            "element": hit.element_name, "exact": hit.exact, "available": hit.available,
            "own": hit.provider_id == actor.department_id, "answer": "", "reason": "",
        }
        for item, of_item in found.items()
        for hit in of_item
    ]  # fmt: skip
    row = FormCheck.objects.create(
        id=new_id(), department_id=actor.department_id, department_name=actor.department, matter_id=matter_id,
        title=title.strip(), items=wanted, hits=hits, checked_at=at, checked_by_name=actor.name,
    )  # fmt: skip
    evidence.record_act(
        kind="form_check:checked", subject=("form_check", row.pk), by=by, at=at, basis=_BASIS,
        after={"title": row.title, "items": len(wanted), "hits": len(hits)}, **_context(row),
    )  # fmt: skip
    return queries.form_check_view(row)


@implements("wushen-2021-60:22.5", "cn-809:19.1")
@transaction.atomic
def answer_form_hits(*, check_id: UUID, answers: Mapping[str, tuple[str, str]], by: Actor, at: datetime) -> FormCheckView:
    """For each item that was found: taken by sharing, or asked all the same for a reason; all at once, by item."""
    permissions.CHECK_FORM.check(by)
    row = queries.form_check_for_update(check_id)
    permissions.check_own(by, row.department_id)
    missing = []
    wanted = dict.fromkeys(str(hit["item"]) for hit in row.hits)
    for n, item in enumerate(wanted):
        try:
            policies.check_answer(*answers.get(item, ("", "")))
        except errors.Shortfall as refusal:
            missing.append(type(refusal)(field=f"{refusal.field}-{n}", **refusal.values))
    if missing:
        raise Shortfalls(missing)
    kept: list[dict[str, Any]] = []
    for hit in row.hits:
        answer, reason = answers[str(hit["item"])]
        kept.append({**hit, "answer": answer, "reason": reason.strip()})
    row.hits, row.answered_at = kept, at
    row.save(update_fields=["hits", "answered_at"])
    evidence.record_act(
        kind="form_check:answered", subject=("form_check", row.pk), by=by, at=at, basis=_BASIS,
        after={item: answers[item][0] for item in wanted}, detail={"reasons": {item: answers[item][1] for item in wanted}},
        **_context(row),
    )  # fmt: skip
    return queries.form_check_view(row)


def _context(row: FormCheck) -> dict[str, Any]:
    trail = (f"matter:{row.matter_id}",) if row.matter_id else ()
    return {"concerns": (row.department_id,), "trail": trail}
