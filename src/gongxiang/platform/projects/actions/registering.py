"""Acts on the register: enter a project, keep it, note its money, record its approval, cancel it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import permissions, policies, queries, states
from gongxiang.platform.projects.actions.shared import STOPPED_CLOCK, context, move, withdraw_certificate
from gongxiang.platform.projects.errors import ChangedMeanwhile, OperationOnly
from gongxiang.platform.projects.models import Project, ProjectCost
from gongxiang.platform.projects.values import ProjectFields, ProjectView
from gongxiang.platform.projects.vocabulary import CertificateKind
from gongxiang.protocol.clock import BEIJING


@implements("wushen-2021-60:8", "wushen-2021-60:28")
@transaction.atomic
def register_project(*, fields: ProjectFields, by: Actor, at: datetime) -> ProjectView:
    """Enter a project of the actor's department into the register, before its approval is applied for."""
    permissions.KEEP.check(by)
    actor = permissions.person_of(by)
    department = parties.department_ref(actor.department_id)
    _check(fields, department.id, None)
    row = Project(
        id=new_id(),
        number=_next_number(at),
        turn="department",
        department_id=department.id,
        department_name=department.name,
        registered_at=at,
        registered_by=actor.name,
        **_columns(fields),
    )
    evidence.open_record(
        row, table=states.PROJECT, act="register", by=by, at=at, **context(row), after={"name": row.name, "kind": row.kind}
    )
    return queries.view_of(row)


@implements("wushen-2021-60:8")
@transaction.atomic
def save_project(*, project_id: UUID, fields: ProjectFields, seen: int, by: Actor, at: datetime) -> ProjectView:
    """Keep the register entry; `seen` is the revision the person was looking at, so that nobody writes over another's work."""
    permissions.KEEP.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    if row.status in states.ENDED:
        raise WrongState(state=row.status, basis=("wushen-2021-60:8",))
    if row.revision != seen:
        raise ChangedMeanwhile()
    _check(fields, row.department_id, row.pk)
    # What the certificate rests on is not changed behind it: a project that passed keeps its kind.
    wanted = _columns(fields)
    if row.version is not None and wanted["kind"] != row.kind:
        raise WrongState(state=row.status, basis=("wushen-2021-60:8",))
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changed:
        return queries.view_of(row)
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    row.revision += 1
    row.save(update_fields=[*changed, "revision"])
    evidence.record_act(
        kind="project:saved", subject=("project", row.pk), by=by, at=at, basis=("wushen-2021-60:8",),
        before=_without_people(before), after=_without_people(changed), detail={"fields": sorted(changed)}, **context(row),
    )  # fmt: skip
    return queries.view_of(row)


@implements("wushen-2021-60:8")
@transaction.atomic
def start_building(*, project_id: UUID, approval_number: str, approved_on: date | None, by: Actor, at: datetime) -> ProjectView:
    """Record the project's approval; without a certificate in force there can be none (operation and maintenance excepted)."""
    permissions.KEEP.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    policies.check_can_build(kind=row.kind, certified=queries.certified(row.pk))
    act = "start_building" if policies.needs_catalogue(row.kind) or row.status == states.PASSED else "start_operation"
    if act == "start_operation" and policies.needs_catalogue(row.kind):
        raise OperationOnly()
    states.PROJECT.find(act, row.status)
    policies.check_approval(approval_number, approved_on, today=queries.beijing_day(at))
    changes = {"approval_number": approval_number.strip(), "approved_on": approved_on}
    move(row, act, by=by, at=at, changes=changes)
    return queries.view_of(row)


@transaction.atomic
def cancel_project(*, project_id: UUID, reason: str, by: Actor, at: datetime) -> ProjectView:
    """The accountable officer gives the project up; certificates in force fall with it."""
    permissions.CANCEL.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    states.PROJECT.find("cancel", row.status)
    policies.check_reason(reason)
    withdraw_certificate(row, CertificateKind.APPROVAL, reason="项目已取消。", at=at)
    changes = {"cancelled_at": at, "cancelled_reason": reason.strip(), **STOPPED_CLOCK}
    move(row, "cancel", by=by, at=at, changes=changes, detail={"statement": reason.strip()})
    return queries.view_of(row)


@implements("wushen-2021-60:28", "cn-809:38.1")
@transaction.atomic
def note_cost(
    *, project_id: UUID, year: int, source: str, planned_cents: int, actual_cents: int | None, by: Actor, at: datetime
) -> None:
    """Note planned and actual money of a year and a source; an earlier figure is superseded and stays in the history."""
    permissions.MONEY.check(by)
    row = queries.get_for_update(project_id)
    permissions.check_own(by, row.department_id)
    if row.status == states.CANCELLED:
        raise WrongState(state=row.status, basis=("wushen-2021-60:28",))
    policies.check_cost(year=year, source=source, planned_cents=planned_cents, actual_cents=actual_cents)
    before = ProjectCost.objects.filter(project_id=row.pk, year=year, source=source, superseded_at=None).first()
    if before is not None:
        if (before.planned_cents, before.actual_cents) == (planned_cents, actual_cents):
            return
        before.superseded_at = at
        before.save(update_fields=["superseded_at"])
    ProjectCost.objects.create(
        id=new_id(), project_id=row.pk, year=year, source=source, planned_cents=planned_cents, actual_cents=actual_cents,
        noted_at=at, noted_by_name=by.name,
    )  # fmt: skip
    evidence.record_act(
        kind="project:cost_noted", subject=("project", row.pk), by=by, at=at, basis=("wushen-2021-60:28",),
        before={"planned_cents": before.planned_cents, "actual_cents": before.actual_cents} if before else {},
        after={"year": year, "source": source, "planned_cents": planned_cents, "actual_cents": actual_cents}, **context(row),
    )  # fmt: skip


def _check(fields: ProjectFields, department_id: UUID, besides: UUID | None) -> None:
    policies.check_fields(
        fields,
        own_systems={system.id for system in parties.systems(department_id)},
        name_taken=queries.name_taken(department_id, fields.name, besides=besides),
    )


def _columns(fields: ProjectFields) -> dict[str, Any]:
    values = {name: getattr(fields, name) for name in ProjectFields.__dataclass_fields__}
    texts = {name: value.strip() for name, value in values.items() if isinstance(value, str)}
    return {**values, **texts, "systems": list(fields.systems)}


def _without_people(values: dict[str, Any]) -> dict[str, Any]:
    """Names and telephone numbers of people stay out of the evidence; that they changed stands in `fields`."""
    return {name: value for name, value in values.items() if name not in ("contact", "telephone")}


def _next_number(at: datetime) -> str:
    """`XM-2026-0012`; gapless, since the counter's row stays locked."""
    series = f"XM-{at.astimezone(BEIJING).year}"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO projects_projectcounter (name, value) VALUES (%s, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = projects_projectcounter.value + 1 RETURNING value",
            [series],
        )
        (value,) = cursor.fetchone()
    return f"{series}-{value:04d}"
