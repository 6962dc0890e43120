"""What the room `projects` above asks of the catalogue: the planned entries of an accepted project become drafts."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import permissions, queries
from gongxiang.platform.catalogue.actions.shared import context, note_distributions, said, with_ids
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.models import Resource
from gongxiang.platform.catalogue.states import RESOURCE
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.ids import new_id


@implements("wushen-2021-60:8", "wushen-2021-60:7")
@transaction.atomic
def draft_from_project(
    *, provider_id: UUID, content: Content, project: tuple[UUID, str], drafters: Collection[UUID], by: Actor, at: datetime
) -> DraftRef:
    """Begin an entry of a department with what its accepted project planned; the source project stands in the evidence.

    Those who planned it count as its drafters: none of them approves it later. The rest of its life is like any entry's.
    """
    permissions.TAKE_OVER.check(by)
    project_id, number = project
    filled = with_ids(content)
    row = Resource(
        id=new_id(), provider_id=provider_id, draft=filled.to_json(), name=filled.name.strip(),
        sharing_type=filled.sharing_type, drafters=sorted(drafters, key=str), saved_at=at, saved_by=number,
    )  # fmt: skip
    seen = context(row)
    evidence.open_record(
        row, table=RESOURCE, act="draft", by=by, at=at, basis=("wushen-2021-60:8",), concerns=seen["concerns"],
        trail=(*seen["trail"], f"project:{project_id}"), after={**said(filled), "project": number},
    )  # fmt: skip
    note_distributions(row, filled)
    return queries.draft_ref(row)
