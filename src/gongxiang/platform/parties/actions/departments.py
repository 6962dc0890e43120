"""Departments, their heads and officers on file, and their registers of systems and business matters."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.kernel.actors import Actor, Person, Role
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.kernel.twins import first_wins
from gongxiang.platform.parties import permissions, policies, queries
from gongxiang.platform.parties.credit_code import check_credit_code
from gongxiang.platform.parties.errors import (
    CreditCodeTaken,
    CreditCodeWrong,
    DutyTaken,
    FieldMissing,
    NameTaken,
    OfficerLacksRole,
)
from gongxiang.platform.parties.models import Department, DepartmentKind, Matter, Network, OfficerFiling, System, SystemTier
from gongxiang.platform.parties.queries import DepartmentRef, FilingRef, MatterRef, SystemRef
from gongxiang.platform.parties.states import DEPARTMENT, OFFICER_FILING

_DUTIES = ("is_authority", "is_audit_office", "is_operator")


@implements("wushen-2021-60:2.2", "cn-809:2")
@transaction.atomic
def register_department(
    *, name: str, short_name: str, credit_code: str, kind: DepartmentKind | str = DepartmentKind.DEPARTMENT,
    is_authority: bool = False, is_audit_office: bool = False, is_operator: bool = False, by: Actor, at: datetime,
) -> DepartmentRef:  # fmt: skip
    """Enter a department into the register (art. 2)."""
    permissions.REGISTER_DEPARTMENT.check(by)
    department = department_row(
        name=name, short_name=short_name, credit_code=credit_code, kind=kind, is_authority=is_authority,
        is_audit_office=is_audit_office, is_operator=is_operator, at=at,
    )  # fmt: skip
    return open_department(department, by=by, at=at)


def department_row(
    *, name: str, short_name: str, credit_code: str, at: datetime, kind: DepartmentKind | str = DepartmentKind.DEPARTMENT,
    **duties: bool,
) -> Department:  # fmt: skip
    """The unsaved row of a new department, checked: for this room's acts."""
    found: list[Refusal] = [
        FieldMissing(field=field) for field, value in (("name", name), ("short_name", short_name)) if not value.strip()
    ]
    code = ""
    try:
        code = check_credit_code(credit_code)
    except CreditCodeWrong as refusal:
        found.append(refusal)
    if Department.objects.filter(name=name.strip()).exists():
        found.append(NameTaken(field="name"))
    twin = Department.objects.filter(credit_code=code).first()
    if twin is not None:
        found.append(CreditCodeTaken(field="credit_code", name=twin.name))
    for duty in (duty for duty in _DUTIES if duties.get(duty)):
        holder = Department.objects.filter(**{duty: True}).first()
        if holder is not None:
            found.append(DutyTaken(field=duty, name=holder.name))
    policies.together(found)
    return Department(
        name=name.strip(),
        short_name=short_name.strip(),
        credit_code=code,
        kind=DepartmentKind(kind),
        registered_at=at,
        **duties,
    )


def open_department(department: Department, *, by: Actor, at: datetime) -> DepartmentRef:
    """Save a checked row with its evidence: for this room's acts."""
    after = {name: getattr(department, name) for name in ("name", "short_name", "credit_code", "kind", *_DUTIES)}
    # Two clerks with one form: nothing stands above both rows that could be locked, so the database decides.
    with first_wins(NameTaken(field="name")):
        open_record(department, table=DEPARTMENT, act="register", by=by, at=at, after=after, concerns=[department.id])
    return queries.department_ref(department.id)


@implements("wushen-2021-60:26")
@transaction.atomic
def set_head(*, department_id: UUID, name: str, post: str, by: Actor, at: datetime) -> DepartmentRef:
    """Name the department's principal, who is the first person responsible (art. 26)."""
    permissions.SET_HEAD.check(by)
    permissions.check_own_or_authority(by, department_id)
    if not name.strip():
        raise FieldMissing(field="head_name")
    department = queries.department_for_update(department_id)
    before = {"head_name": department.head_name, "head_post": department.head_post}
    department.head_name, department.head_post = name.strip(), post.strip()
    department.save(update_fields=["head_name", "head_post"])
    record_act(
        kind="department:head_named", subject=("department", department_id), by=by, at=at, basis=("wushen-2021-60:26",),
        before=before, after={"head_name": department.head_name, "head_post": department.head_post}, concerns=[department_id],
    )  # fmt: skip
    return queries.department_ref(department_id)


@implements("wushen-2021-60:25", "cn-809:11")
@transaction.atomic
def report_officer(
    *, department_id: UUID, officer_id: UUID, unit: str, unit_contact: str, unit_telephone: str = "", by: Actor, at: datetime
) -> FilingRef:
    """Report the accountable officer and the responsible unit to the authority (art. 25); replaces a report not yet filed."""
    permissions.REPORT_OFFICER.check(by)
    permissions.check_own_department(by, department_id)
    policies.together(
        [FieldMissing(field=f) for f, value in (("unit", unit), ("unit_contact", unit_contact)) if not value.strip()]
    )
    department = queries.department_for_update(department_id)
    officer = queries.person_for_update(officer_id)
    policies.check_active(officer)
    if officer.department_id != department_id or Role.ACCOUNTABLE_OFFICER not in queries.roles_of(officer_id):
        raise OfficerLacksRole(name=officer.name, field="officer")
    for waiting in OfficerFiling.objects.select_for_update().filter(department=department, status="REPORTED"):
        transition(waiting, table=OFFICER_FILING, act="supersede", by=by, at=at, concerns=[department_id])
    filing = OfficerFiling(
        department=department, officer=officer, unit=unit.strip(), unit_contact=unit_contact.strip(),
        unit_telephone=unit_telephone.strip(), reported_at=at, reported_by=by.id if isinstance(by, Person) else department_id,
    )  # fmt: skip
    open_record(
        filing, table=OFFICER_FILING, act="report", by=by, at=at, after={"officer": officer_id, "unit": filing.unit},
        concerns=[department_id], trail=[f"department:{department_id}"],
    )  # fmt: skip
    return next(f for f in queries.filings(department_id) if f.id == filing.id)


@implements("wushen-2021-60:25", "cn-809:11")
@transaction.atomic
def file_officer(*, filing_id: UUID, by: Actor, at: datetime) -> FilingRef:
    """File a report (art. 25): from now on it names the accountable officer; the one before becomes history."""
    permissions.FILE_OFFICER.check(by)
    # The department first, as whoever reports anew does.
    queries.department_for_update(queries.department_of_filing(filing_id))
    filing = queries.filing_for_update(filing_id)
    for old in OfficerFiling.objects.select_for_update().filter(department_id=filing.department_id, status="FILED"):
        transition(old, table=OFFICER_FILING, act="supersede", by=by, at=at, concerns=[filing.department_id])
    transition(
        filing, table=OFFICER_FILING, act="file", by=by, at=at,
        changes={"filed_at": at, "filed_by": by.id if isinstance(by, Person) else filing.department_id},
        concerns=[filing.department_id], trail=[f"department:{filing.department_id}"],
    )  # fmt: skip
    return next(f for f in queries.filings(filing.department_id) if f.id == filing.id)


@implements("wushen-2021-60:17")
@transaction.atomic
def register_system(
    *, department_id: UUID, name: str, tier: SystemTier | str, network: Network | str, hosting: str = "",
    extranet_by: date | None = None, by: Actor, at: datetime,
) -> SystemRef:  # fmt: skip
    """Enter a business system into the department's register (art. 17, 25)."""
    permissions.KEEP_REGISTERS.check(by)
    permissions.check_own_department(by, department_id)
    if not name.strip():
        raise FieldMissing(field="name")
    department = queries.department_for_update(department_id)
    if System.objects.filter(department=department, name=name.strip()).exists():
        raise NameTaken("A system with this name is in the register already.", field="name")
    row = System.objects.create(
        department=department, name=name.strip(), tier=SystemTier(tier), network=Network(network), hosting=hosting.strip(),
        extranet_by=extranet_by, registered_at=at,
    )  # fmt: skip
    record_act(
        kind="system:registered", subject=("system", row.id), by=by, at=at, basis=("wushen-2021-60:17", "wushen-2021-60:25"),
        after={
            "name": row.name, "tier": row.tier, "network": row.network, "hosting": row.hosting, "extranet_by": row.extranet_by,
        }, concerns=[department_id],
    )  # fmt: skip
    return queries.system_ref(row.id)


@transaction.atomic
def end_system(*, system_id: UUID, by: Actor, at: datetime) -> SystemRef:
    """Note that a system is out of use."""
    permissions.KEEP_REGISTERS.check(by)
    row = System.objects.select_for_update().filter(pk=system_id, ended_at=None).first()
    if row is None:
        raise NotFound()
    permissions.check_own_department(by, row.department_id)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    record_act(
        kind="system:ended", subject=("system", row.id), by=by, at=at, after={"ended_at": at}, concerns=[row.department_id]
    )
    return queries.system_ref(row.id)


@implements("wushen-2021-60:5")
@transaction.atomic
def register_matter(
    *, department_id: UUID, name: str, code: str, legal_basis: str = "", systems: Sequence[UUID] = (), by: Actor, at: datetime
) -> MatterRef:
    """Enter a business matter into the department's register: what information is needed for (art. 5, 22)."""
    permissions.KEEP_REGISTERS.check(by)
    permissions.check_own_department(by, department_id)
    policies.together([FieldMissing(field=field) for field, value in (("name", name), ("code", code)) if not value.strip()])
    department = queries.department_for_update(department_id)
    if Matter.objects.filter(department=department, code=code.strip()).exists():
        raise NameTaken("A matter with this code is in the register already.", field="code")
    if System.objects.filter(pk__in=systems, department=department).count() != len(set(systems)):
        raise NotFound(field="systems")
    row = Matter.objects.create(
        department=department, name=name.strip(), code=code.strip(), legal_basis=legal_basis.strip(), systems=list(systems),
        registered_at=at,
    )  # fmt: skip
    record_act(
        kind="matter:registered", subject=("matter", row.id), by=by, at=at, basis=("wushen-2021-60:25",),
        after={"name": row.name, "code": row.code}, concerns=[department_id],
    )  # fmt: skip
    return queries.matter_ref(row.id)


@transaction.atomic
def end_matter(*, matter_id: UUID, by: Actor, at: datetime) -> MatterRef:
    """Note that a matter is no longer handled."""
    permissions.KEEP_REGISTERS.check(by)
    row = Matter.objects.select_for_update().filter(pk=matter_id, ended_at=None).first()
    if row is None:
        raise NotFound()
    permissions.check_own_department(by, row.department_id)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    record_act(
        kind="matter:ended", subject=("matter", row.id), by=by, at=at, after={"ended_at": at}, concerns=[row.department_id]
    )
    return queries.matter_ref(row.id)
