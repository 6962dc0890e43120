"""Reading the re-checks of withheld entries, and which withholdings have lost their basis."""

import calendar as gregorian
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date, end_of_day, last_day
from gongxiang.law.instruments import Unit
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.errors_upkeep import CheckNotFound
from gongxiang.platform.catalogue.models import Resource, ResourceVersion, WithheldCheck
from gongxiang.platform.catalogue.permissions_upkeep import CONFIRM_WITHHELD, VIEW_WITHHELD, sees_every_department
from gongxiang.platform.catalogue.states import CHECK_RUNNING, DUE, REPORTED, WITHDRAWN
from gongxiang.platform.catalogue.vocabulary import SharingType
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook

RULE = "withheld_recheck"


#: So long before it is due a re-check is pointed out; a choice of the product.
def pointed_out() -> timedelta:
    """How long before its day a check is pointed out."""
    return timedelta(days=rulebook.parameter("withheld_reminder_days"))


@dataclass(frozen=True, kw_only=True)
class CheckView:
    """One round, with the entry it is about."""

    id: UUID
    status: str
    resource_id: UUID
    resource_name: str
    resource_code: str
    resource_status: str
    provider_id: UUID
    provider_name: str
    version: int
    opened_at: datetime
    due_at: datetime
    due_basis: str
    due_rule: str
    statement: str
    reported_at: datetime | None
    reported_by: str
    opinion: str
    decided_at: datetime | None
    decided_by: str
    lapsed_at: datetime | None
    lapsed_why: str
    closed_at: datetime | None
    closed_why: str
    statute_id: UUID | None
    #: How the statute is cited; empty if the register has it no more.
    citation: str
    statute_until: date | None
    basis_text: str

    @property
    def running(self) -> bool:
        """Whether the round is not over."""
        return self.status in CHECK_RUNNING

    @property
    def last_day(self) -> date:
        """The last day of the round."""
        return last_day(self.due_at)


def due_of(start: datetime) -> tuple[datetime, str, str]:
    """(due_at, basis, rule version) of a round that is counted from `start`."""
    first = beijing_date(start)
    period = rulebook.rules().period(RULE, first)
    if period.unit is not Unit.MONTHS:
        raise ValueError(f"{RULE} counts {period.unit}, not months")
    months = first.year * 12 + first.month - 1 + period.value
    year, month = divmod(months, 12)
    day = min(first.day, gregorian.monthrange(year, month + 1)[1])
    return end_of_day(date(year, month + 1, day)), period.article, period.version


def checks_visible_to(actor: Actor | None) -> QuerySet[WithheldCheck]:
    """Those of the actor's department; all of them for authority and audit."""
    rows = WithheldCheck.objects.select_related("resource")
    if sees_every_department(actor):
        return rows
    if not isinstance(actor, Person):
        return rows.none()
    own = Resource.objects.filter(provider_id=actor.department_id)
    return rows.filter(resource__in=own)


def find_checks(*, actor: Actor, at: datetime, text: str = "", which: str = "") -> QuerySet[WithheldCheck]:
    """For a list, one running round an entry: `which` is `overdue`, `soon`, `lapsed`, `reported`, `past` or empty."""
    rows = checks_visible_to(actor)
    rows = rows.exclude(status__in=CHECK_RUNNING) if which == "past" else rows.filter(status__in=CHECK_RUNNING)
    if which == "overdue":
        rows = rows.filter(due_at__lte=at)
    elif which == "soon":
        rows = rows.filter(due_at__gt=at, due_at__lte=at + pointed_out())
    elif which == "lapsed":
        rows = rows.filter(lapsed_at__isnull=False)
    elif which == "reported":
        rows = rows.filter(status=REPORTED)
    if text:
        found = Resource.objects.filter(Q(name__icontains=text) | Q(code__icontains=text))
        rows = rows.filter(resource__in=found)
    return rows.order_by("due_at", "id")


def check_views(rows: Iterable[WithheldCheck]) -> list[CheckView]:
    """The values of a page's rows."""
    found = list(rows)
    names = parties.department_names(row.resource.provider_id for row in found)
    wanted = Q(pk__in=[])
    for row in found:
        wanted |= Q(resource_id=row.resource_id, number=row.version)
    contents = {(v.resource_id, v.number): Content.from_json(v.content) for v in ResourceVersion.objects.filter(wanted)}
    return [_view(row, names.get(row.resource.provider_id, ""), contents[row.resource_id, row.version]) for row in found]


def get_check(check_id: UUID, *, actor: Actor) -> CheckView:
    """One round; raises CheckNotFound."""
    row = checks_visible_to(actor).filter(pk=check_id).first()
    if row is None:
        raise CheckNotFound()
    return check_views([row])[0]


def rounds_of(resource_id: UUID, *, actor: Actor) -> list[CheckView]:
    """All rounds of an entry, the newest first."""
    return check_views(checks_visible_to(actor).filter(resource_id=resource_id).order_by("-opened_at", "-id"))


def waiting_checks(actor: Actor, at: datetime) -> list[CheckView]:
    """What the actor has to do: its own entries due soon, overdue or without basis; as the authority, what was reported."""
    if not isinstance(actor, Person) or not VIEW_WITHHELD.allows(actor):
        return []
    own = Q(resource__in=Resource.objects.filter(provider_id=actor.department_id), status=DUE)
    mine = own & (Q(due_at__lte=at + pointed_out()) | Q(lapsed_at__isnull=False) | Q(decided_at__isnull=False))
    if CONFIRM_WITHHELD.allows(actor):
        mine |= Q(status=REPORTED)
    return check_views(WithheldCheck.objects.select_related("resource").filter(mine).order_by("due_at"))


def check_figures(actor: Actor, at: datetime) -> dict[str, int]:
    """How many withheld entries the actor sees, how many are overdue, and how many have lost their basis."""
    rows = checks_visible_to(actor).filter(status__in=CHECK_RUNNING)
    return {
        "withheld": rows.count(),
        "overdue": rows.filter(due_at__lte=at).count(),
        "lapsed": rows.filter(lapsed_at__isnull=False).count(),
    }


def check_for_update(check_id: UUID) -> WithheldCheck:
    """The locked row, for this room's actions."""
    row = WithheldCheck.objects.select_for_update(of=("self",)).select_related("resource").filter(pk=check_id).first()
    if row is None:
        raise CheckNotFound()
    return row


@implements("wushen-2021-60:10", "cn-809:14(3)", "cn-809:15.2")
def open_check_deadlines(at: datetime) -> tuple[rulebook.OpenDeadline, ...]:
    """The yearly rounds that are pointed out already; counted in months, so no holiday notice moves them."""
    rows = WithheldCheck.objects.select_related("resource").filter(status=DUE, due_at__gt=at, due_at__lte=at + pointed_out())
    return tuple(
        rulebook.OpenDeadline(
            subject=f"withheld_check:{row.pk}", title=row.resource.name, rule=row.due_rule, start=row.opened_at,
            due_at=row.due_at, basis=row.due_basis, in_working_days=False, first_reminder_at=row.due_at - pointed_out(),
            **parties.whose_turn("department", department_id=row.resource.provider_id),
        )
        for row in rows.order_by("due_at")
    )  # fmt: skip


def why_lapsed(content: Content, exception: dict[str, str] | None, on: date) -> str:
    """Why the basis no longer carries the withholding: `gone`, `ended` or `rank`; empty if it does."""
    try:
        found = rulebook.statute(UUID(content.withholding.statute))
    except (ValueError, NotFound):
        return "gone"
    if not found.in_force(on):
        return "ended"
    if found.rank in rulebook.sufficient_ranks(on):
        return ""
    return "" if exception and exception.get("statute") == content.withholding.statute else "rank"


def resting_on(statute_id: UUID, *, actor: Actor) -> QuerySet[WithheldCheck]:
    """The running rounds of entries whose version in force rests on the statute."""
    named = ResourceVersion.objects.filter(content__withholding__statute=str(statute_id), number=F("resource__version")).values(
        "resource_id"
    )
    return checks_visible_to(actor).filter(status__in=CHECK_RUNNING, resource_id__in=named).order_by("due_at", "id")


def withheld_in_force() -> list[ResourceVersion]:
    """The versions in force that are withheld."""
    rows = ResourceVersion.objects.filter(number=F("resource__version"), content__sharing_type=SharingType.WITHHELD.value)
    return list(rows.exclude(resource__status=WITHDRAWN).select_related("resource").order_by("published_at"))


def running_rounds() -> list[WithheldCheck]:
    """Rounds that are not over."""
    return list(WithheldCheck.objects.filter(status__in=CHECK_RUNNING).select_related("resource"))


def _view(row: WithheldCheck, provider_name: str, content: Content) -> CheckView:
    own = {
        "resource_name", "resource_code", "resource_status", "provider_id", "provider_name", "statute_id", "citation",
        "statute_until", "basis_text",
    }  # fmt: skip
    values = {name: getattr(row, name) for name in CheckView.__dataclass_fields__ if name not in own}
    statute_id, citation, until = None, "", None
    try:
        found = rulebook.statute(UUID(content.withholding.statute))
        statute_id, citation, until = found.id, found.citation, found.in_force_until
    except (ValueError, NotFound):
        pass
    return CheckView(
        **values,
        resource_name=content.name,
        resource_code=row.resource.code or "",
        resource_status=row.resource.status,
        provider_id=row.resource.provider_id,
        provider_name=provider_name,
        statute_id=statute_id,
        citation=citation,
        statute_until=until,
        basis_text=content.withholding.text,
    )
