"""What the room's acts have in common; nothing here is an act."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.content import Content, DistributionContent
from gongxiang.platform.catalogue.models import Distribution, Resource
from gongxiang.platform.catalogue.states import RESOURCE
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.kernel.actors import Actor, CallingSystem, Person, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.ids import new_id


def person(by: Actor) -> Person:
    """The acting person; raises NotPermitted for a job."""
    if not isinstance(by, Person):
        raise NotPermitted()
    return by


def compiler(by: Actor) -> Person | CallingSystem:
    """Who works on a draft: a person, or a system of the department; raises NotPermitted for a job."""
    if isinstance(by, System):
        raise NotPermitted()
    return by


def context(row: Resource) -> dict[str, Any]:
    """Who may see the record, and to which case it belongs."""
    return {"concerns": (row.provider_id,), "trail": (f"resource:{row.pk}",)}


def said(content: Content) -> dict[str, Any]:
    """What evidence says of a content: never the whole of it."""
    return {"name": content.name, "sharing_type": content.sharing_type, "content_digest": queries.content_digest(content)}


def reviewers(row: Resource) -> frozenset[UUID]:
    """Who reviewed the draft, and for whom."""
    return hands_in(row.reviewed_by, of=[("resource", row.pk)], acts=["resource:reviewed"])


def undone() -> dict[str, Any]:
    """A changed or returned draft has neither review, consent nor decision any more."""
    return {
        "reviewed_by": None, "reviewed_at": None, "consent_id": None, "submitted_at": None, "due_at": None, "due_basis": "",
        "due_rule": "", "ratified_by": None, "ratified_at": None,
    }  # fmt: skip


def move(row: Resource, act: str, *, by: Actor, at: datetime, changes: Mapping[str, Any], **rest: Any) -> None:
    """Take the arrow `act`, with the evidence; only fields that really change are recorded."""
    changes = {name: value for name, value in changes.items() if getattr(row, name) != value}
    evidence.transition(row, table=RESOURCE, act=act, by=by, at=at, changes=changes, **context(row), **rest)
    if "consent_id" in changes:
        row.__dict__.pop("consent", None)
        row._state.fields_cache.pop("consent", None)


def restore(row: Resource, *, by: Actor, at: datetime) -> None:
    """Make the draft what is in force."""
    content = queries.published_version(row.pk).content
    actor = compiler(by)
    row.draft = content.to_json()
    row.draft_revision += 1
    row.name, row.sharing_type = content.name, content.sharing_type
    row.drafters, row.saved_at, row.saved_by = sorted(actor.hands, key=str), at, actor.name
    row.save(update_fields=["draft", "draft_revision", "name", "sharing_type", "drafters", "saved_at", "saved_by"])


def with_ids(content: Content, resource_id: UUID | None = None) -> Content:
    """Give every distribution its id, by which it is known for ever; an id of another entry is not taken over."""
    own = set(Distribution.objects.filter(resource_id=resource_id).values_list("pk", flat=True)) if resource_id else set()
    named = []
    for one in content.distributions:
        if one.id is None or one.id not in own:
            named.append(replace(one, id=new_id()))
        else:
            own.remove(one.id)  # The second that claims an id is another distribution.
            named.append(one)
    return content if tuple(named) == content.distributions else replace(content, distributions=tuple(named))


def note_distributions(row: Resource, content: Content) -> None:
    """Keep a line for each distribution of the draft; those in force keep what is in force until publication."""
    for item in content.distributions:
        if item.id is None:
            continue
        values = mounting(item)
        line, made = Distribution.objects.get_or_create(id=item.id, resource_id=row.pk, defaults=values)
        if not made and not line.in_force:
            Distribution.objects.filter(pk=line.pk).update(**values)


def mounting(item: DistributionContent) -> dict[str, Any]:
    """The columns of a distribution's line."""
    return {"kind": item.kind, "node_id": item.node_id, "source_table": item.source_table}
