"""Reading for changes of people and departments: what would pass, what stands in the way, former names."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.parties import changes, queries
from gongxiang.platform.parties.models import Department, DepartmentName, Matter, Person, System
from gongxiang.platform.rulebook import clocks
from gongxiang.protocol import clock
from gongxiang.protocol.evidence import sm3


@dataclass(frozen=True, kw_only=True)
class MergePreview:
    """What a merger would need first, and what it would let pass."""

    standing: tuple[changes.Standing, ...]
    passing: dict[str, int]
    #: Digest over what was shown.
    seen: str


def merge_preview(department_id: UUID, into_id: UUID) -> MergePreview:
    """What stands in the way of merging the one department into the other, and what would pass."""
    standing = tuple(changes.standing_of(department_id))
    passing = {
        **changes.passing_of(department_id),
        "people": Person.objects.filter(department_id=department_id).exclude(status="LEFT").count(),
        "systems": System.objects.filter(department_id=department_id).count(),
        "matters": Matter.objects.filter(department_id=department_id).count(),
    }
    shown = f"{department_id}>{into_id}:{sorted(passing.items())}:{sorted(one.subject for one in standing)}"
    return MergePreview(standing=standing, passing=passing, seen=sm3(shown.encode()).hex()[:32])


def running_periods(department_id: UUID) -> list[changes.Standing]:
    """Periods counted in working days that run for or against the department, by the one table of clocks."""
    found = {one.subject: one.title for one in clocks.of_department(department_id, clock.now()) if one.in_working_days}
    return [changes.Standing(kind="period", title=title, subject=subject) for subject, title in found.items()]


def former_names(department_id: UUID) -> list[tuple[str, datetime, str]]:
    """(name, until, document) of the names the department bore before, latest first."""
    rows = DepartmentName.objects.filter(department_id=department_id).order_by("-until")
    return list(rows.values_list("name", "until", "document"))


def successor_of(department_id: UUID) -> queries.DepartmentRef | None:
    """The department into which one was merged."""
    row = Department.objects.filter(pk=department_id, successor__isnull=False).first()
    return queries.department_ref(row.successor_id) if row and row.successor_id else None


def sole_roles(person_id: UUID) -> list[Role]:
    """The roles of the person that nobody else in the department holds."""
    person = queries.person_ref(person_id)
    return sorted(r for r in person.roles if not [p for p in queries.people_with(r, person.department_id) if p.id != person_id])
