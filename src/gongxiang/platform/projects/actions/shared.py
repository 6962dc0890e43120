"""What the room's acts have in common; nothing here is an act."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gongxiang.platform.documents import actions as documents
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import states
from gongxiang.platform.projects.models import Certificate, Project
from gongxiang.platform.projects.vocabulary import CertificateKind
from gongxiang.platform.rulebook import queries as rulebook

#: In whose name a certificate falls that a change has made untrue.
VOIDER = System(name="projects")
STOPPED_CLOCK: dict[str, Any] = {
    "clock_from": None, "due_at": None, "due_basis": "", "due_rule": "", "due_provisional": False,
}  # fmt: skip
#: Marks before the numbers of the documents: chosen by us, no text gives them.
_PREFIX = {CertificateKind.APPROVAL: "乌政服预编", CertificateKind.ACCEPTANCE: "乌政服接口"}


def context(row: Project) -> dict[str, Any]:
    """Who may see the record, and to which case it belongs."""
    return {"concerns": (row.department_id, parties.authority().id), "trail": (f"project:{row.pk}",)}


def move(row: Project, act: str, *, by: Actor, at: datetime, changes: Mapping[str, Any] | None = None, **rest: Any) -> None:
    """Take the arrow `act`, with the evidence; only fields that really change are recorded."""
    arrow = states.PROJECT.find(act, row.status)
    wanted = {"turn": arrow.turn, **(changes or {})}
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    evidence.transition(row, table=states.PROJECT, act=act, by=by, at=at, changes=changed, **context(row), **rest)


def clock_of(rule: str, start: datetime) -> dict[str, Any]:
    """The fields of a clock that starts now under the rule in force."""
    deadline = rulebook.deadline(rule, start=start)
    return {
        "clock_from": start, "due_at": deadline.due_at, "due_basis": deadline.basis, "due_rule": deadline.rule,
        "due_provisional": deadline.provisional,
    }  # fmt: skip


def kept_remarks(remarks: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The remarks that say something."""
    found = [{"field": one.get("field", ""), "text": one.get("text", "").strip()} for one in remarks]
    return [one for one in found if one["text"]]


def issue_certificate(
    row: Project,
    kind: CertificateKind,
    *,
    title: str,
    rows: Sequence[tuple[str, str]],
    paragraphs: Sequence[str],
    version: int,
    catalogue_digest: str,
    basis: Sequence[str],
    by: Actor,
    at: datetime,
) -> Certificate:
    """Issue the document and keep it as the project's certificate in force; an older one of the kind is withdrawn."""
    withdraw_certificate(row, kind, reason=f"第{version}版已通过，由新证明替代。", at=at)
    document = documents.issue_document(
        kind=f"project_{kind.value.lower()}", number_prefix=_PREFIX[kind], title=title, rows=rows, paragraphs=paragraphs,
        concerns=(row.department_id,), trail=(f"project:{row.pk}",), basis=basis, by=by, at=at,
    )  # fmt: skip
    certificate = Certificate.objects.create(
        id=new_id(), project_id=row.pk, kind=kind, number=document.number, verification_code=document.verification_code,
        document_id=document.id, digest=document.digest, version=version, catalogue_digest=catalogue_digest, issued_at=at,
        issued_by_name=by.name,
    )  # fmt: skip
    evidence.record_act(
        kind="project:certificate_issued", subject=("project", row.pk), by=by, at=at, basis=basis,
        after={"certificate": certificate.number, "certificate_kind": kind, "version": version, "digest": document.digest},
        **context(row),
    )  # fmt: skip
    return certificate


def withdraw_certificate(row: Project, kind: CertificateKind, *, reason: str, at: datetime) -> Certificate | None:
    """Let the certificate in force fall, if there is one: what it says is no longer so."""
    certificate = Certificate.objects.select_for_update().filter(project_id=row.pk, kind=kind, withdrawn_at=None).first()
    if certificate is None:
        return None
    certificate.withdrawn_at, certificate.withdrawn_reason = at, reason
    certificate.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    documents.withdraw_document(document_id=certificate.document_id, reason=reason, by=VOIDER, at=at)
    evidence.record_act(
        kind="project:certificate_withdrawn", subject=("project", row.pk), by=VOIDER, at=at, basis=("wushen-2021-60:8",),
        before={"certificate": certificate.number}, detail={"reason": reason}, **context(row),
    )  # fmt: skip
    return certificate


def people_of(row: Project) -> set[UUID]:
    """Everyone of the department who worked on the present catalogue."""
    return set(row.drafters)
