"""Changes of people and departments: somebody leaves and hands over, a department gets another name or becomes part of another.

Names in old records stay as they were; what is open is shown before, and either passes in the act or is settled first.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.actions import record_act, transition
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.actors import Person as PersonActor
from gongxiang.platform.kernel.twins import first_wins
from gongxiang.platform.parties import changes, permissions, policies, queries, queries_changes
from gongxiang.platform.parties.actions.accounts import close_account
from gongxiang.platform.parties.errors import (
    FieldMissing,
    MergeOutdated,
    MergeRefused,
    NameTaken,
    NotSettled,
    SuccessorMissing,
    SuccessorWrong,
)
from gongxiang.platform.parties.models import (
    AccessToken,
    Department,
    DepartmentName,
    Matter,
    OfficerFiling,
    Person,
    RoleGrant,
    System,
)
from gongxiang.platform.parties.queries import DepartmentRef, PersonRef
from gongxiang.platform.parties.states import DEPARTMENT, OFFICER_FILING

_BASIS = ("wushen-2021-60:25",)


@implements("wushen-2021-60:25")
@transaction.atomic
def leave_and_hand_over(*, person_id: UUID, successor_id: UUID | None, reason: str, by: Actor, at: datetime) -> PersonRef:
    """Close the account of somebody who leaves, and hand what they have in hand to a colleague, in one act."""
    permissions.CLOSE_ACCOUNT.check(by)
    permissions.check_not_self(by, person_id)
    person, *named = queries.people_for_update(person_id, *((successor_id,) if successor_id else ()))
    handed = 0
    if successor_id is not None:
        (successor,) = named
        if successor.pk == person.pk or successor.status != "ACTIVE" or successor.department_id != person.department_id:
            raise SuccessorWrong(field="successor")
        handed = changes.hand_over_work(person_id, successor_id, by, at)
    elif changes.open_work_of(person_id):
        raise SuccessorMissing(field="successor", name=person.name)
    left = close_account(person_id=person_id, reason=reason, by=by, at=at)
    if successor_id is not None:
        record_act(
            kind="person:work_handed_over", subject=("person", person_id), by=by, at=at, basis=_BASIS,
            after={"successor": successor_id, "cases": handed}, concerns=_concerned(person.department_id, by),
            trail=[f"person:{successor_id}"],
        )  # fmt: skip
    return left


@implements("wushen-2021-60:2.2")
@transaction.atomic
def rename_department(
    *, department_id: UUID, name: str, short_name: str, document: str, by: Actor, at: datetime
) -> DepartmentRef:
    """Give a department another name from now on; what was written before keeps the name of its day."""
    permissions.CHANGE_DEPARTMENT.check(by)
    row = queries.department_for_update(department_id)
    given = {"name": name, "short_name": short_name, "document": document}
    policies.together([FieldMissing(field=field) for field, value in given.items() if not value.strip()])
    if row.name == name.strip() or Department.objects.filter(name=name.strip()).exclude(pk=row.pk).exists():
        raise NameTaken(field="name")
    before = row.name
    with first_wins(NameTaken(field="name")):
        transition(
            row, table=DEPARTMENT, act="rename", by=by, at=at, basis=("wushen-2021-60:2.2",),
            changes={"name": name.strip(), "short_name": short_name.strip()}, detail={"document": document.strip()},
            concerns=_concerned(department_id, by),
        )  # fmt: skip
    DepartmentName.objects.create(department=row, name=before, until=at, document=document.strip())
    return queries.department_ref(department_id)


@implements("wushen-2021-60:2.2", "cn-809:27.3")
@transaction.atomic
def merge_department(
    *, department_id: UUID, into_id: UUID, document: str, seen: str, by: Actor, at: datetime
) -> DepartmentRef:  # fmt: skip
    """Make a department part of another. What flows or runs in its name is settled first; the rest passes in this act.

    `seen` is the digest of what the page showed: what passes is confirmed, not discovered afterwards.
    """
    permissions.CHANGE_DEPARTMENT.check(by)
    # In one order, so that two merges crossing each other do not wait for each other.
    rows = {key: queries.department_for_update(key) for key in sorted({department_id, into_id}, key=str)}
    row, into = rows[department_id], rows[into_id]
    if row.pk == into.pk or into.status != "ACTIVE" or row.is_authority or row.is_audit_office or row.is_operator:
        raise MergeRefused(field="into")
    if not document.strip():
        raise FieldMissing(field="document")
    found = queries_changes.merge_preview(department_id, into_id)
    if found.standing:
        raise NotSettled(n=len(found.standing))
    if found.seen != seen:
        raise MergeOutdated()
    passed = {**changes.pass_on(department_id, into_id, by, at), **_pass_own(row, into, by=by, at=at)}
    transition(
        row, table=DEPARTMENT, act="merge", by=by, at=at, basis=("wushen-2021-60:2.2",), changes={"successor": into},
        detail={"document": document.strip(), "passed": passed}, concerns={department_id, into_id} | _concerned(into_id, by),
        trail=[f"department:{into_id}"],
    )  # fmt: skip
    return queries.department_ref(department_id)


def _pass_own(row: Department, into: Department, *, by: Actor, at: datetime) -> dict[str, int]:
    """People, systems, matters and tokens of systems; the officer on file is superseded: the other department has its own."""
    for filing in OfficerFiling.objects.select_for_update().filter(department=row, status__in=("REPORTED", "FILED")):
        transition(filing, table=OFFICER_FILING, act="supersede", by=by, at=at, concerns=[row.pk, into.pk])
    people = list(
        Person.objects.select_for_update()
        .filter(department=row)
        .exclude(status="LEFT")
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    Person.objects.filter(pk__in=people).update(department=into)
    # An accountable officer is one department's: the role ends, and is given anew where it is wanted.
    RoleGrant.objects.filter(person_id__in=people, role="accountable_officer", ended_at=None).update(ended_at=at)
    mark = f"（原{row.short_name}）"
    taken = set(System.objects.filter(department=into).values_list("name", flat=True))
    systems = list(System.objects.filter(department=row))
    for system in systems:
        system.name = f"{system.name[:100]}{mark}"[:128] if system.name in taken else system.name
        system.department = into
        system.save(update_fields=["name", "department"])
    codes = set(Matter.objects.filter(department=into).values_list("code", flat=True))
    matters = list(Matter.objects.filter(department=row))
    for matter in matters:
        matter.code = f"{matter.code[:40]}-{row.credit_code[8:17]}" if matter.code in codes else matter.code
        matter.department = into
        matter.save(update_fields=["code", "department"])
    tokens = AccessToken.objects.filter(department=row, revoked_at=None).update(department=into)
    return {"people": len(people), "systems": len(systems), "matters": len(matters), "tokens": tokens}


def _concerned(department_id: UUID, by: Actor) -> set[UUID]:
    return {department_id} | ({by.department_id} if isinstance(by, PersonActor) else set())
