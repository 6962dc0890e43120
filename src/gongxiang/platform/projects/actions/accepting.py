"""Acts of building and acceptance: interface checks, request, return, accept; the pre-catalogue becomes catalogue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import permissions, policies, queries, states
from gongxiang.platform.projects.actions.reviewing import KINDS
from gongxiang.platform.projects.actions.shared import (
    STOPPED_CLOCK,
    clock_of,
    context,
    issue_certificate,
    kept_remarks,
    move,
)
from gongxiang.platform.projects.errors import UnknownCheckItem
from gongxiang.platform.projects.models import InterfaceCheck, PlannedEntry, Project
from gongxiang.platform.projects.planned import Planned
from gongxiang.platform.projects.values import ProjectView
from gongxiang.platform.projects.vocabulary import CertificateKind
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.clock import BEIJING


@implements("wushen-2021-60:8")
@transaction.atomic
def record_check(
    *,
    project_id: UUID,
    item: str,
    passed: bool,
    reference: str,
    note: str = "",
    by_facts: bool = False,
    attachment: tuple[str, bytes] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """The operator of the platform records the result of one point of the interface check; earlier results stay.

    `by_facts`: the platform's own facts show it, and `reference` says which; else `reference` names the test record.
    `attachment` is that record as a file: its name and bytes.
    """
    permissions.TEST.check(by)
    row = queries.get_for_update(project_id)
    if row.status not in states.TESTABLE:
        raise WrongState(state=row.status, basis=("wushen-2021-60:8",))
    permissions.check_other_person(by, *row.drafters)
    if item not in queries.known_items(queries.beijing_day(at)):
        raise UnknownCheckItem(field="item")
    policies.check_result(by_facts=by_facts, reference=reference, note=note)
    seen = context(row)
    kept = None
    if attachment is not None:
        name, content = attachment
        kept = documents.keep_upload(name=name, content=content, concerns=seen["concerns"], trail=seen["trail"], by=by, at=at)
    InterfaceCheck.objects.create(
        id=new_id(), project_id=row.pk, item=item, passed=passed, by_facts=by_facts, reference=reference.strip(),
        note=note.strip(), upload_id=kept.id if kept else None, checked_at=at, checked_by_name=by.name,
    )  # fmt: skip
    evidence.record_act(
        kind="project:interface_checked", subject=("project", row.pk), by=by, at=at, basis=("wushen-2021-60:8",),
        after={
            "item": item, "passed": passed, "by_facts": by_facts, "reference": reference.strip(),
            **({"attachment": kept.id, "attachment_digest": kept.digest} if kept else {}),
        },
        **seen,
    )  # fmt: skip


@implements("wushen-2021-60:8")
@transaction.atomic
def request_acceptance(*, project_id: UUID, by: Actor, at: datetime) -> ProjectView:
    """Ask the authority for the certificate that acceptance needs; the certificate for approval must be in force."""
    permissions.SUBMIT.check(by)
    row = queries.get_for_update(project_id)
    actor = permissions.check_own(by, row.department_id)
    states.PROJECT.find("request_acceptance", row.status)
    policies.check_can_build(kind=row.kind, certified=queries.certified(row.pk))
    clock = clock_of("project_acceptance", at)
    changes = {
        "acceptance_requested_at": at, "acceptance_requested_by_id": actor.id, "remarks": [], "returned_by": "", **clock,
    }  # fmt: skip
    move(row, "request_acceptance", by=by, at=at, changes=changes, rule_version=clock["due_rule"])
    return queries.view_of(row)


@implements("wushen-2021-60:8")
@transaction.atomic
def return_acceptance(*, project_id: UUID, remarks: Sequence[Mapping[str, str]], by: Actor, at: datetime) -> ProjectView:
    """The authority returns the request with remarks on the points of the check list."""
    permissions.ACCEPT.check(by)
    row = queries.get_for_update(project_id)
    _check_uninvolved(row, by)
    states.PROJECT.find("return_acceptance", row.status)
    policies.check_remarks(remarks)
    kept = kept_remarks(remarks)
    changes = {"remarks": kept, "returned_by": by.name, **STOPPED_CLOCK}
    move(row, "return_acceptance", by=by, at=at, changes=changes, detail={"remarks": kept})
    return queries.view_of(row)


@implements("wushen-2021-60:8", "wushen-2021-60:7")
@transaction.atomic
def accept_project(*, project_id: UUID, by: Actor, at: datetime) -> ProjectView:
    """Once every point of the interface check has passed: issue the certificate, and let the pre-catalogue become catalogue.

    Each planned entry becomes a draft of the owning department, whose people complete and publish it within the period.
    """
    permissions.ACCEPT.check(by)
    row = queries.get_for_update(project_id)
    _check_uninvolved(row, by)
    states.PROJECT.find("accept", row.status)
    checks = queries.checks_of(row.pk, on=queries.beijing_day(at))
    policies.check_can_accept(checks, kind=row.kind, certified=queries.certified(row.pk))
    made = _into_catalogue(row, by=by, at=at)
    deadline = rulebook.deadline("project_publication", start=at)
    changes = {
        "accepted_at": at, "actual_end": row.actual_end or queries.beijing_day(at),
        "publish_due_at": deadline.due_at if made else None, "publish_basis": deadline.basis if made else "",
        "publish_rule": deadline.rule if made else "", "remarks": [], "returned_by": "", **STOPPED_CLOCK,
    }  # fmt: skip
    detail = {"in_time": row.due_at is None or at < row.due_at, "resources": made}
    move(row, "accept", by=by, at=at, changes=changes, detail=detail, rule_version=deadline.rule)
    issue_certificate(
        row, CertificateKind.ACCEPTANCE, title="项目接口验收证明", version=row.version or 0, catalogue_digest="",
        rows=[
            ("项目名称", row.name), ("项目编号", row.number), ("建设单位", row.department_name),
            ("项目类别", KINDS.get(row.kind, row.kind)), ("立项批复", f"{row.approval_number}（{row.approved_on}）"),
            *((one.label_zh, f"通过（{_day(one.checked_at)}，{one.checked_by_name}，{one.reference}）") for one in checks),
            ("转入目录", f"{len(made)}条资源转为目录草稿，由建设单位限期发布" if made else "无"),
        ],
        paragraphs=[
            "根据《乌审旗政务信息资源共享管理办法》（乌政办发〔2021〕60号）第八条，下列项目已为公共信息平台预留接口并经测试通过，"
            "可作为项目验收的要件。",
        ],
        basis=("wushen-2021-60:8",), by=by, at=at,
    )  # fmt: skip
    return queries.view_of(row)


def _into_catalogue(row: Project, *, by: Actor, at: datetime) -> list[UUID]:
    """Draft a catalogue entry for each planned one that passed; gives their ids."""
    systems = [system for system in parties.systems(row.department_id) if system.id in row.systems]
    source, tier = (systems[0].name, systems[0].tier) if systems else ("", row.tier)
    made = []
    for entry in PlannedEntry.objects.filter(project_id=row.pk, resource__isnull=True).order_by("position", "id"):
        content = Planned.from_json(entry.content).as_content(source_system=source, system_tier=tier.upper())
        draft = catalogue.draft_from_project(
            provider_id=row.department_id, content=content, project=(row.pk, row.number), drafters=row.drafters, by=by, at=at
        )
        entry.resource_id = draft.id
        entry.save(update_fields=["resource"])
        made.append(draft.id)
    return made


def _check_uninvolved(row: Project, by: Actor) -> None:
    permissions.check_other_person(by, *queries.involved_in(row))


def _day(at: datetime | None) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d") if at else ""
