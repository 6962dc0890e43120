"""Acts of the department on the pre-compiled catalogue: entries, answers to hits, present, consent, submit, revise."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from gongxiang.law.articles import implements
from gongxiang.platform.documents import secrecy
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotFound, Shortfalls
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.projects import duplicates, errors, permissions, policies, queries, states
from gongxiang.platform.projects.actions.shared import clock_of, context, kept_remarks, move, withdraw_certificate
from gongxiang.platform.projects.models import CatalogueVersion, HitAnswer, PlannedEntry, Project
from gongxiang.platform.projects.planned import Planned, digest_of
from gongxiang.platform.projects.values import ProjectView
from gongxiang.platform.projects.vocabulary import CertificateKind

_EIGHT = ("wushen-2021-60:8",)
#: What presenting, consenting and submitting state about secrets, kept with each.
_DECLARED = {"declared": secrecy.VERSION}


@implements("wushen-2021-60:8")
@transaction.atomic
def save_entry(*, project_id: UUID, planned: Planned, seen: int, entry_id: UUID | None = None, by: Actor, at: datetime) -> UUID:
    """Add a planned entry, or keep a changed one; gives its id. `seen` is the revision of the catalogue looked at."""
    row = _open_for(project_id, seen, by, at)
    if len(queries.planned_of(row.pk)) >= policies.MOST_ENTRIES and entry_id is None:
        raise Shortfalls([errors.TooMany(field="name", most=policies.MOST_ENTRIES)])
    policies.check_storable(planned)
    values: dict[str, Any] = {"content": planned.to_json(), **duplicates.keys_of(planned)}
    twins = PlannedEntry.objects.filter(project_id=row.pk, name_key=values["name_key"]).values_list("pk", flat=True)
    if any(twin != entry_id for twin in twins):
        raise Shortfalls([errors.NameTaken(field="name")])
    if entry_id is None:
        last = PlannedEntry.objects.filter(project_id=row.pk).aggregate(last=Max("position"))["last"] or 0
        entry = PlannedEntry(id=new_id(), project_id=row.pk, position=last + 1, **values)
        entry.save(force_insert=True)
        kind = "project:entry_added"
    else:
        entry = _entry(row, entry_id)
        if entry.content == values["content"]:
            return entry.pk
        for name, value in values.items():
            setattr(entry, name, value)
        entry.save(update_fields=[*values])
        kind = "project:entry_saved"
    _touched(row, kind, planned.name, by=by, at=at)
    return entry.pk


@implements("wushen-2021-60:8")
@transaction.atomic
def remove_entry(*, project_id: UUID, entry_id: UUID, seen: int, by: Actor, at: datetime) -> None:
    """Take a planned entry out; versions that passed keep it."""
    row = _open_for(project_id, seen, by, at)
    entry = _entry(row, entry_id)
    name = entry.name
    entry.delete()
    _touched(row, "project:entry_removed", name, by=by, at=at)


@implements("wushen-2021-60:22.5", "cn-809:19.1")
@transaction.atomic
def answer_hit(
    *,
    project_id: UUID,
    entry_id: UUID,
    target_kind: str,
    target_id: UUID,
    answer: str,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Say to one hit that the shared data will be used, or why it is collected anew."""
    permissions.KEEP.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    if row.status not in states.EDITABLE:
        raise WrongState(state=row.status, basis=("wushen-2021-60:22.5",))
    policies.check_answer(answer, reason)
    entry = _entry(row, entry_id)
    hits = queries.hits_of(row.pk, only=entry_id)
    hit = next((h for h in hits if (h.found.target_kind, h.found.target_id) == (target_kind, target_id)), None)
    if hit is None:
        raise NotFound()
    said = {
        "target_name": hit.found.target_name, "answer": answer, "reason": reason.strip(), "answered_at": at,
        "answered_by": by.name,
    }  # fmt: skip
    HitAnswer.objects.update_or_create(entry_id=entry.pk, target_kind=target_kind, target_id=target_id, defaults=said)
    evidence.record_act(
        kind="project:hit_answered", subject=("project", row.pk), by=by, at=at, basis=("wushen-2021-60:22.5", "cn-809:19.1"),
        after={"entry": entry.name, "target_kind": target_kind, "target": target_id, "answer": answer},
        detail={"reason": reason.strip()}, **context(row),
    )  # fmt: skip


@implements("wushen-2021-60:8", "wushen-2021-60:22.5", "wushen-2021-60:4(1)", "cn-809:19.1", "cn-809:3.1")
@transaction.atomic
def present_catalogue(*, project_id: UUID, by: Actor, at: datetime) -> ProjectView:
    """Lay the complete pre-compiled catalogue, every hit answered, before the own accountable officer.

    Presenting states that what is planned holds no secrets, as sending an entry does; so do consent and submission.
    """
    permissions.KEEP.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    states.PROJECT.find("present", row.status)
    entries = _check_complete(row)
    if row.version is not None and queries.certified(row.pk) and not queries.changes_since_passed(row.pk):
        raise errors.NothingChanged()
    digest = digest_of(_by_key(entries))
    move(
        row, "present", by=by, at=at, after={"entries": len(entries), "digest": digest},
        changes={"remarks": [], "returned_by": "", "drafters": _with(row, by)}, detail=_DECLARED,
    )  # fmt: skip
    return queries.view_of(row)


@transaction.atomic
def send_back(*, project_id: UUID, comment: str, by: Actor, at: datetime) -> ProjectView:
    """The accountable officer does not consent yet and says why."""
    permissions.CONSENT.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    states.PROJECT.find("send_back", row.status)
    policies.check_reason(comment)
    remarks = kept_remarks([{"field": "", "text": comment}])
    changes = {"remarks": remarks, "returned_by": by.name}
    move(row, "send_back", by=by, at=at, changes=changes, detail={"statement": comment.strip()})
    return queries.view_of(row)


@implements("wushen-2021-60:8", "wushen-2021-60:25", "wushen-2021-60:4(1)", "cn-809:3.1")
@transaction.atomic
def consent_to_catalogue(*, project_id: UUID, by: Actor, at: datetime) -> ProjectView:
    """The accountable officer, who has not worked on it, consents to exactly this pre-compiled catalogue.

    After a certificate: a change of wording is a new version under it; a material one lets the certificate fall at once.
    """
    permissions.CONSENT.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    permissions.check_other_person(by, *row.drafters)
    states.PROJECT.find("consent", row.status)
    entries = _check_complete(row)
    digest = digest_of(_by_key(entries))
    changes = {
        "consented_at": at, "consented_by": by.name, "consented_by_id": permissions.person_of(by).id,
        "consent_digest": digest,
    }  # fmt: skip
    changed = queries.changes_since_passed(row.pk)
    material = any(one.material for one in changed)
    if row.version is not None and not material and queries.certified(row.pk):
        number = row.version + 1
        freeze(row, number=number, entries=entries, amendment=True, by=by, at=at)
        act = "amend_building" if row.approval_number else "amend"
        move(row, act, by=by, at=at, changes={**changes, "version": number}, after={"digest": digest}, detail=_DECLARED)
        return queries.view_of(row)
    if material:
        withdraw_certificate(row, CertificateKind.APPROVAL, reason="预编目录已作实质变更，须重新审核。", at=at)
    after = {"digest": digest, "entries": len(entries)}
    move(row, "consent", by=by, at=at, changes=changes, after=after, detail=_DECLARED)
    return queries.view_of(row)


@implements("wushen-2021-60:8")
@transaction.atomic
def submit_catalogue(*, project_id: UUID, by: Actor, at: datetime) -> ProjectView:
    """Submit the consented pre-compiled catalogue to the authority, whose period of review starts."""
    permissions.SUBMIT.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    states.PROJECT.find("submit", row.status)
    _check_complete(row)
    clock = clock_of("project_review", at)
    changes = {"submitted_at": at, **clock}
    move(row, "submit", by=by, at=at, changes=changes, rule_version=clock["due_rule"], detail=_DECLARED)
    return queries.view_of(row)


@implements("wushen-2021-60:8")
@transaction.atomic
def revise_catalogue(*, project_id: UUID, by: Actor, at: datetime) -> ProjectView:
    """Begin a change of a catalogue that has passed; the certificate stays until a material change is consented to."""
    permissions.KEEP.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    states.PROJECT.find("revise", row.status)
    if row.version is None:
        raise errors.OperationOnly()
    changes = {
        "drafters": sorted(permissions.person_of(by).hands, key=str), "consented_at": None, "consented_by": "",
        "consented_by_id": None, "consent_digest": "", "remarks": [], "returned_by": "",
    }  # fmt: skip
    move(row, "revise", by=by, at=at, changes=changes)
    return queries.view_of(row)


@transaction.atomic
def discard_revision(*, project_id: UUID, by: Actor, at: datetime) -> ProjectView:
    """Give up a change: the entries are again as they passed, under the certificate that is still in force."""
    permissions.KEEP.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    act = "discard_revision_building" if row.approval_number else "discard_revision"
    states.PROJECT.find(act, row.status)
    if row.version is None or not queries.certified(row.pk):
        raise errors.NoRevisionRunning()
    passed = queries.get_version(row.pk, row.version).content
    PlannedEntry.objects.filter(project_id=row.pk).exclude(pk__in=[UUID(key) for key in passed]).delete()
    for position, (key, planned) in enumerate(passed.items(), 1):
        values = {"position": position, "content": planned.to_json(), **duplicates.keys_of(planned)}
        PlannedEntry.objects.update_or_create(id=UUID(key), project_id=row.pk, defaults=values)
    move(row, act, by=by, at=at, changes={"remarks": [], "returned_by": "", "catalogue_revision": row.catalogue_revision + 1})
    return queries.view_of(row)


def freeze(
    row: Project, *, number: int, entries: Mapping[UUID, Planned], amendment: bool, by: Actor, at: datetime
) -> CatalogueVersion:
    """Keep what passed, with the hits and what was said to them."""
    names = ("entry_id", "target_kind", "target_id", "target_name", "answer", "reason", "answered_by")
    given = HitAnswer.objects.filter(entry_id__in=entries)
    return CatalogueVersion.objects.create(
        id=new_id(),
        project_id=row.pk,
        number=number,
        content={str(key): planned.to_json() for key, planned in entries.items()},
        answers=[{name: str(getattr(one, name)) for name in names} for one in given],
        digest=digest_of(_by_key(entries)),
        amendment=amendment,
        passed_at=at,
        passed_by_name=by.name,
    )


def _open_for(project_id: UUID, seen: int, by: Actor, at: datetime) -> Project:
    """The locked project whose catalogue the person may change now; its first entry begins the catalogue."""
    permissions.KEEP.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    if row.status not in states.EDITABLE:
        raise WrongState(state=row.status, basis=_EIGHT)
    if row.catalogue_revision != seen:
        raise errors.ChangedMeanwhile()
    if row.status == states.REGISTERED:
        move(row, "begin_catalogue", by=by, at=at)
    return row


def _touched(row: Project, kind: str, name: str, *, by: Actor, at: datetime) -> None:
    row.catalogue_revision += 1
    row.drafters = _with(row, by)
    row.save(update_fields=["catalogue_revision", "drafters"])
    evidence.record_act(
        kind=kind, subject=("project", row.pk), by=by, at=at, basis=_EIGHT,
        after={"entry": name, "revision": row.catalogue_revision}, **context(row),
    )  # fmt: skip


def _check_complete(row: Project) -> dict[UUID, Planned]:
    entries = queries.planned_of(row.pk)
    policies.check_can_present(tuple(entries.values()), queries.hits_of(row.pk))
    return entries


def _by_key(entries: Mapping[UUID, Planned]) -> dict[str, Planned]:
    return {str(key): planned for key, planned in entries.items()}


def _with(row: Project, by: Actor) -> list[UUID]:
    return sorted({*row.drafters, *permissions.person_of(by).hands}, key=str)


def _entry(row: Project, entry_id: UUID) -> PlannedEntry:
    found = PlannedEntry.objects.filter(pk=entry_id, project_id=row.pk).first()
    if found is None:
        raise errors.ProjectNotFound()
    return found
