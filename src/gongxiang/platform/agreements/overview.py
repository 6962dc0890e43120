"""For the authority: every department and its agreement; for texts: what a version changed, and how it reads when filled."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from gongxiang.platform.agreements import actions, permissions, policies, queries
from gongxiang.platform.agreements.actions import Draft
from gongxiang.platform.agreements.models import Agreement
from gongxiang.platform.agreements.queries import AgreementRef
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.clock import BEIJING

#: What a row of the overview may be, besides in force.
STANDINGS: Final = ("none", "within_30", "within_60", "renewed", "in_force")


@dataclass(frozen=True, kw_only=True)
class DepartmentAgreement:
    """A department and what it has signed."""

    department: parties.DepartmentRef
    in_force: AgreementRef | None
    #: Being drafted, signed or returned.
    open: AgreementRef | None
    #: In force after the present one.
    next: AgreementRef | None
    #: The day its cover ends, the next agreement included if it follows without a gap.
    covered_until: date | None
    days_left: int | None
    standing: str


def departments(actor: Actor, at: datetime, *, search: str = "", standing: str = "") -> list[DepartmentAgreement]:
    """All active departments but the authority, those that need something first."""
    if not actor.has(*permissions.READERS_OF_ALL):  # type: ignore[union-attr]
        raise NotPermitted()
    today = at.astimezone(BEIJING).date()
    of: dict[object, list[Agreement]] = {}
    kept = Agreement.objects.select_related("template").filter(status__in=(*policies.OPEN, "IN_FORCE"))
    for row in kept.order_by("valid_from"):
        of.setdefault(row.department_id, []).append(row)
    found = []
    for department in parties.all_departments(active_only=True, search=search):
        if not department.is_authority:
            found.append(_department(department, of.get(department.id, []), today))
    order = {name: n for n, name in enumerate(STANDINGS)}
    found.sort(key=lambda one: (order[one.standing], one.covered_until or date.max, one.department.name))
    if standing == "within_60":
        return [one for one in found if one.standing in ("within_30", "within_60")]
    return [one for one in found if not standing or one.standing == standing]


def _department(department: parties.DepartmentRef, rows: Sequence[Agreement], today: date) -> DepartmentAgreement:
    standing = [row for row in rows if row.status == "IN_FORCE"]
    now = next((row for row in standing if row.valid_from <= today <= row.valid_until), None)
    until = now.valid_until if now else None
    later = None
    for row in standing:
        if until is not None and row.valid_from == until + timedelta(days=1):
            until, later = row.valid_until, later or row
        elif now is None and row.valid_from > today:
            later = later or row
    left = (until - today).days if until else None
    if left is None:
        word = "none"
    elif left < 30:
        word = "within_30"
    elif left < 60:
        word = "within_60"
    else:
        word = "renewed" if later else "in_force"
    first_open = next((row for row in rows if row.status in policies.OPEN), None)
    return DepartmentAgreement(
        department=department, in_force=queries.as_ref(now) if now else None,
        open=queries.as_ref(first_open) if first_open else None, next=queries.as_ref(later) if later else None,
        covered_until=until, days_left=left, standing=word,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a comparison: `same`, `gone` or `new`."""

    kind: str
    words: str


def compare(old: str, new: str) -> list[Line]:
    """What the new text says otherwise, line by line; long stretches that stayed are left out."""
    kinds = {"  ": "same", "- ": "gone", "+ ": "new"}
    lines = [
        Line(kind=kinds[line[:2]], words=line[2:])
        for line in difflib.ndiff(old.splitlines(), new.splitlines())
        if line[:2] in kinds and line[2:].strip()
    ]
    near = {n + step for n, line in enumerate(lines) if line.kind != "same" for step in (-1, 0, 1)}
    return [line for n, line in enumerate(lines) if n in near]


def sample_text(body: str, *, by: Actor, at: datetime) -> str:
    """The text filled with a sample department's words; raises where it names a place that nothing fills."""
    permissions.ISSUE_TEMPLATE.check(by)
    actions.check_places(body)
    today = at.astimezone(BEIJING).date()
    sample = Draft(
        role="both", scope="（示例）本部门目录内全部资源", purposes=("decision", "verification"), modes=("table", "api"),
        contact="（示例）信息股", telephone="0477-0000000", valid_from=today, valid_until=today + timedelta(days=3 * 365),
        supplement="（示例）每季度对账一次。",
    )  # fmt: skip
    departments = [one for one in parties.all_departments(active_only=True) if not one.is_authority]
    department = departments[0].id if departments else parties.authority().id
    return actions.fill_text(body, number=policies.number_of(today.year, 0), department_id=department, draft=sample)


def renewal_of(agreement: AgreementRef, at: datetime) -> dict[str, object]:
    """What the next agreement begins with: the old one's words, from the day after its last, for as long again."""
    today = at.astimezone(BEIJING).date()
    first = max(agreement.valid_until + timedelta(days=1), today)
    length = agreement.valid_until - agreement.valid_from
    names = ("role", "scope", "purposes", "modes", "contact", "telephone", "supplement")
    return {**{name: getattr(agreement, name) for name in names}, "valid_from": first, "valid_until": first + length}
