"""Acts of the provider on its catalogue entries: draft, save, review, consent, submit, revise, withdraw; of both: return."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import elements, permissions, policies, queries, search
from gongxiang.platform.catalogue.actions.remit import note_entry_moved
from gongxiang.platform.catalogue.actions.shared import (
    compiler,
    context,
    move,
    note_distributions,
    person,
    restore,
    reviewers,
    said,
    undone,
    with_ids,
)  # fmt: skip
from gongxiang.platform.catalogue.content import Content, differences
from gongxiang.platform.catalogue.errors import DraftChangedMeanwhile
from gongxiang.platform.catalogue.models import Consent, Resource
from gongxiang.platform.catalogue.states import EDITABLE, RESOURCE
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.documents import secrecy
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.clock import BEIJING


@implements("wushen-2021-60:7", "wushen-2021-60:4(1)")
@transaction.atomic
def draft_resource(*, content: Content | None = None, resource_id: UUID | None = None, by: Actor, at: datetime) -> DraftRef:
    """Begin an entry for the actor's department; unconditional unless the content says otherwise.

    `resource_id` is for callers of this room whose entries already name each other.
    """
    permissions.COMPILE.check(by)
    actor = compiler(by)
    filled = with_ids(content or Content())
    row = Resource(
        id=resource_id or new_id(),
        provider_id=actor.department_id,
        draft=filled.to_json(),
        name=filled.name.strip(),
        sharing_type=filled.sharing_type,
        drafters=sorted(actor.hands, key=str),
        saved_at=at,
        saved_by=actor.name,
    )
    evidence.open_record(row, table=RESOURCE, act="draft", by=by, at=at, **context(row), after=said(filled))
    note_distributions(row, filled)
    return queries.draft_ref(row)


@implements("wushen-2021-60:7")
@transaction.atomic
def save_draft(*, resource_id: UUID, content: Content, seen: int, by: Actor, at: datetime) -> DraftRef:
    """Save the whole draft; `seen` is the revision the person was looking at, so that nobody writes over another's work."""
    permissions.COMPILE.check(by)
    row = queries.get_for_update(resource_id)
    permissions.check_own(by, row.provider_id)
    actor = compiler(by)
    if row.status not in EDITABLE:
        raise WrongState(state=row.status)
    if row.draft_revision != seen:
        time = row.saved_at.astimezone(BEIJING).strftime("%H:%M")
        raise DraftChangedMeanwhile(name=row.saved_by, time=time)
    filled = with_ids(content, row.pk)
    changed = differences(Content.from_json(row.draft), filled)
    if not changed:
        return queries.draft_ref(row)
    row.draft = filled.to_json()
    row.draft_revision += 1
    row.name = filled.name.strip()
    row.sharing_type = filled.sharing_type
    row.drafters = sorted({*row.drafters, *actor.hands}, key=str)
    row.saved_at = at
    row.saved_by = actor.name
    fields = ["draft", "draft_revision", "name", "sharing_type", "drafters", "saved_at", "saved_by"]
    row.save(update_fields=fields)
    note_distributions(row, filled)
    evidence.record_act(
        kind="resource:draft_saved",
        subject=("resource", row.pk),
        by=by,
        at=at,
        basis=("wushen-2021-60:7",),
        after={"revision": row.draft_revision, **said(filled)},
        detail={"fields": [difference.field for difference in changed]},
        **context(row),
    )
    return queries.draft_ref(row)


@implements("wushen-2021-60:4(1)", "cn-809:3.1")
@transaction.atomic
def send_for_review(*, resource_id: UUID, by: Actor, at: datetime) -> DraftRef:
    """Hand the complete draft to the department's reviewer; clears earlier remarks, review and consent.

    Sending states that entry and data hold no secrets; the version of the statement is kept.
    """
    permissions.COMPILE.check(by)
    row = queries.get_for_update(resource_id)
    permissions.check_own(by, row.provider_id)
    RESOURCE.find("send_for_review", row.status)
    policies.check_can_send_for_review(queries.case_of(row, at=at))
    move(
        row, "send_for_review", by=by, at=at, changes={**undone(), "remarks": [], "returned_by": ""},
        detail={"declared": secrecy.VERSION},
    )  # fmt: skip
    return queries.draft_ref(row)


@implements("wushen-2021-60:25", "cn-809:11(1)")
@transaction.atomic
def pass_review(*, resource_id: UUID, by: Actor, at: datetime) -> DraftRef:
    """The responsible unit's reviewer, who has not worked on the draft, finds it right."""
    permissions.REVIEW.check(by)
    row = queries.get_for_update(resource_id)
    permissions.check_own(by, row.provider_id)
    permissions.check_other_person(by, *row.drafters)
    RESOURCE.find("pass_review", row.status)
    policies.check_can_send_for_review(queries.case_of(row, at=at))
    move(row, "pass_review", by=by, at=at, changes={"reviewed_by": person(by).id, "reviewed_at": at})
    return queries.draft_ref(row)


@implements("cn-809:13.1", "cn-809:20.3", "wushen-2021-60:4(1)")
@transaction.atomic
def consent_to_resource(
    *,
    resource_id: UUID,
    secrecy_statement: str,
    impact_assessment: dict[str, str] | None = None,
    standing: bool = False,
    by: Actor,
    at: datetime,
) -> DraftRef:
    """The accountable officer declares secrecy, assesses the impact on persons, and consents to exactly this content.

    `impact_assessment` answers purpose, effect and measures where an element is personal information; `standing` is the consent
    under which requests for an unconditional resource are granted at once.
    """
    permissions.CONSENT.check(by)
    row = queries.get_for_update(resource_id)
    permissions.check_own(by, row.provider_id)
    permissions.check_other_person(by, *row.drafters, *reviewers(row))
    RESOURCE.find("consent", row.status)
    actor = person(by)
    case = queries.case_of(row, at=at)
    given = policies.Consented(
        content_digest=case.content_digest,
        secrecy_statement=secrecy_statement.strip(),
        impact_assessment={name: text.strip() for name, text in (impact_assessment or {}).items()},
        standing=standing,
    )
    policies.check_can_consent(case, given)
    consent = Consent.objects.create(
        id=new_id(),
        resource_id=row.pk,
        content_digest=given.content_digest,
        secrecy_statement=given.secrecy_statement,
        personal=case.content.personal,
        impact_assessment=given.impact_assessment,
        standing=given.standing,
        given_by=actor.id,
        given_by_name=actor.name,
        given_at=at,
    )
    statements = {"consent": consent.pk, "content_digest": given.content_digest, "standing": given.standing}
    move(row, "consent", by=by, at=at, changes={"consent_id": consent.pk}, after=statements, detail={
        "secrecy_statement": given.secrecy_statement, "impact_assessment": given.impact_assessment,
    })  # fmt: skip
    row.consent = consent
    return queries.draft_ref(row)


@implements("wushen-2021-60:7", "wushen-2021-60:18", "cn-809:16.1", "cn-809:17.3")
@transaction.atomic
def submit_resource(*, resource_id: UUID, by: Actor, at: datetime) -> DraftRef:
    """Submit the consented entry to the authority, whose period of review starts."""
    permissions.SUBMIT.check(by)
    row = queries.get_for_update(resource_id)
    permissions.check_own(by, row.provider_id)
    RESOURCE.find("submit", row.status)
    policies.check_can_submit(queries.case_of(row, at=at))
    deadline = rulebook.deadline("catalogue_review", start=at)
    changes = {
        "submitted_at": at,
        "due_at": deadline.due_at,
        "due_basis": deadline.basis,
        "due_rule": deadline.rule,
    }
    move(row, "submit", by=by, at=at, changes=changes, rule_version=deadline.rule)
    note_entry_moved(row, act="submit", by=by, at=at)
    return queries.draft_ref(row)


@implements("cn-809:16.1")
@transaction.atomic
def return_resource(*, resource_id: UUID, remarks: Iterable[dict[str, str]], by: Actor, at: datetime) -> DraftRef:
    """Send the entry back with remarks on its fields: by whoever's turn it is, the department's or the authority's."""
    permissions.RETURN.check(by)
    row = queries.get_for_update(resource_id)
    permissions.check_may_return(by, status=row.status, provider_id=row.provider_id)
    kept = tuple(
        {"field": remark.get("field", ""), "text": remark["text"].strip()} for remark in remarks if remark["text"].strip()
    )
    policies.check_remarks(kept)
    changes = {**undone(), "remarks": list(kept), "returned_by": by.name}
    move(row, "return", by=by, at=at, changes=changes, detail={"remarks": list(kept)})
    note_entry_moved(row, act="return", by=by, at=at)
    return queries.draft_ref(row)


@implements("wushen-2021-60:7", "cn-809:17.1")
@transaction.atomic
def revise_resource(*, resource_id: UUID, by: Actor, at: datetime) -> DraftRef:
    """Begin a new version; the published one stays in force until the revision is published."""
    permissions.COMPILE.check(by)
    row = queries.get_for_update(resource_id)
    permissions.check_own(by, row.provider_id)
    RESOURCE.find("revise", row.status)
    restore(row, by=by, at=at)
    move(row, "revise", by=by, at=at, changes={**undone(), "remarks": [], "returned_by": ""})
    return queries.draft_ref(row)


@transaction.atomic
def discard_revision(*, resource_id: UUID, by: Actor, at: datetime) -> DraftRef:
    """Give up a revision: the entry stays as it was last published."""
    permissions.COMPILE.check(by)
    row = queries.get_for_update(resource_id)
    permissions.check_own(by, row.provider_id)
    RESOURCE.find("discard_revision", row.status)
    queries.published_version(resource_id)
    restore(row, by=by, at=at)
    move(row, "discard_revision", by=by, at=at, changes={**undone(), "remarks": [], "returned_by": ""})
    return queries.draft_ref(row)


@implements("cn-809:27.3")
@transaction.atomic
def withdraw_resource(*, resource_id: UUID, reason: str, by: Actor, at: datetime) -> DraftRef:
    """Take a published entry out of the catalogue, with a reason; its versions stay citable."""
    permissions.WITHDRAW.check(by)
    row = queries.get_for_update(resource_id)
    permissions.check_own(by, row.provider_id)
    RESOURCE.find("withdraw", row.status)
    policies.check_reason(reason)
    policies.check_can_withdraw(granted_until=row.granted_until, at=at)
    move(row, "withdraw", by=by, at=at, changes={"withdrawn_at": at, "withdrawn_reason": reason.strip()})
    search.forget(row.pk)
    note_entry_moved(row, act="withdraw", by=by, at=at)
    elements.forget(row.pk)
    return queries.draft_ref(row)
