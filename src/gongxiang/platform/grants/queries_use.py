"""Reading the use of grants: lines, reports, handlers, questions, inspections, third parties, provision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.grants import permissions, queries
from gongxiang.platform.grants.models import (
    DisposalDuty,
    Grant,
    Handler,
    Inspection,
    Provision,
    ThirdPartyConsent,
    UseQuestion,
    UseRecord,
    UseReport,
)
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.grants.states import ACTIVE, SUSPENDED
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook


@dataclass(frozen=True, kw_only=True)
class UseLine:
    """One line of use as a page shows it."""

    id: UUID
    grant_id: UUID
    grant_number: str
    resource_name: str
    provider_name: str
    consumer_name: str
    on: date
    channel: str
    person: str
    person_name: str
    purposes: tuple[str, ...]
    matter: str
    times: int
    rows: int
    off_hours: int
    elements: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    keep_until: datetime


@dataclass(frozen=True, kw_only=True)
class HandlerView:
    """A named handler."""

    id: UUID
    grant_id: UUID
    person_id: UUID
    person_name: str
    duty: str
    from_at: datetime
    until_at: datetime | None
    named_at: datetime
    named_by: str
    ended_at: datetime | None
    ended_by: str
    end_reason: str


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """A periodic report of use."""

    id: UUID
    number: str
    status: str
    grant: GrantView
    period_from: datetime
    period_to: datetime
    opened_at: datetime
    due_at: datetime
    due_basis: str
    due_rule: str
    scenario: str
    process: str
    effect: str
    storage: str
    destruction: str
    facts: dict[str, Any]
    reported_at: datetime | None
    reported_by: str


@dataclass(frozen=True, kw_only=True)
class QuestionView:
    """A question about use."""

    id: UUID
    number: str
    status: str
    grant: GrantView
    sign: str
    detail: dict[str, Any]
    question: str
    asked_at: datetime
    asked_by: str
    due_at: datetime
    due_basis: str
    due_rule: str
    answer: str
    answered_at: datetime | None
    answered_by: str
    opinion: str
    settled_at: datetime | None
    settled_by: str


@dataclass(frozen=True, kw_only=True)
class InspectionView:
    """An inspection of use."""

    id: UUID
    number: str
    status: str
    grant: GrantView
    inspector_id: UUID
    inspector_name: str
    scope: str
    inspected_on: date
    announced_at: datetime
    announced_by: str
    result: str
    findings: str
    concluded_at: datetime | None
    concluded_by: str
    reply: str
    replied_at: datetime | None
    replied_by: str
    opinion: str
    closed_at: datetime | None
    closed_by: str


@dataclass(frozen=True, kw_only=True)
class ThirdPartyView:
    """A consent to pass on, asked for or decided."""

    id: UUID
    number: str
    status: str
    grant: GrantView
    third_party: str
    elements: tuple[str, ...]
    purpose: str
    legal_basis: str
    safeguards: str
    until_at: datetime
    asked_at: datetime
    asked_by: str
    opinion: str
    decided_at: datetime | None
    decided_by: str
    closed_at: datetime | None
    closing_reason: str


@dataclass(frozen=True, kw_only=True)
class ProvisionView:
    """The provision of one grant."""

    id: UUID
    status: str
    grant: GrantView
    opened_at: datetime
    due_at: datetime
    due_basis: str
    due_rule: str
    due_provisional: bool
    measured_by: str
    statement: str
    declared_at: datetime | None
    declared_by: str
    provided_at: datetime | None
    closed_at: datetime | None

    @property
    def runs(self) -> bool:
        """Whether it is still waited for."""
        return self.status in ("DUE", "OVERDUE", "DECLARED")

    @property
    def late(self) -> bool:
        """Whether it came, or is, after its period."""
        return self.status == "OVERDUE" or (self.provided_at is not None and self.provided_at >= self.due_at)


_VIEWS: dict[type[Model], type[Any]] = {
    UseReport: ReportView, UseQuestion: QuestionView, Inspection: InspectionView, ThirdPartyConsent: ThirdPartyView,
    Provision: ProvisionView,
}  # fmt: skip


def case_view(row: Any) -> Any:
    """The frozen value of a report, question, inspection, third party's consent or provision."""
    view = _VIEWS[type(row)]
    values = {name: getattr(row, name) for name in view.__dataclass_fields__ if name != "grant"}
    if "elements" in values:
        values["elements"] = tuple(values["elements"])
    return view(grant=queries.view_of(row.grant), **values)


def cases_visible_to(model: type[Any], actor: Actor) -> QuerySet[Any]:
    """Those of the grants that the actor may see."""
    seen: QuerySet[Any] = model.objects.filter(grant__in=queries.visible_to(actor).order_by().values("pk"))
    return seen.select_related("grant")


def _find(model: type[Any], actor: Actor, text: str, statuses: Iterable[str], order: str) -> QuerySet[Any]:
    rows = cases_visible_to(model, actor)
    if text:
        named = Q(grant__number__icontains=text) | Q(grant__resource_name__icontains=text)
        named |= Q(grant__consumer_name__icontains=text) | Q(grant__provider_name__icontains=text)
        if any(field.name == "number" for field in model._meta.get_fields()):
            named |= Q(number__icontains=text)
        rows = rows.filter(named)
    if statuses := tuple(statuses):
        rows = rows.filter(status__in=statuses)
    return rows.order_by(order, "-id")


def find_reports(*, actor: Actor, text: str = "", statuses: Iterable[str] = ()) -> QuerySet[UseReport]:
    """For a list; `case_view` each of the page."""
    return _find(UseReport, actor, text, statuses, "-opened_at")


def find_questions(*, actor: Actor, text: str = "", statuses: Iterable[str] = ()) -> QuerySet[UseQuestion]:
    """For a list; `case_view` each of the page."""
    return _find(UseQuestion, actor, text, statuses, "-asked_at")


def find_inspections(*, actor: Actor, text: str = "", statuses: Iterable[str] = ()) -> QuerySet[Inspection]:
    """For a list; `case_view` each of the page."""
    return _find(Inspection, actor, text, statuses, "-announced_at")


def find_third_parties(*, actor: Actor, text: str = "", statuses: Iterable[str] = ()) -> QuerySet[ThirdPartyConsent]:
    """For a list; `case_view` each of the page."""
    return _find(ThirdPartyConsent, actor, text, statuses, "-asked_at")


def find_provisions(*, actor: Actor, text: str = "", statuses: Iterable[str] = ()) -> QuerySet[Provision]:
    """For a list; `case_view` each of the page."""
    return _find(Provision, actor, text, statuses, "due_at")


def provision_of(grant_id: UUID, *, actor: Actor) -> ProvisionView | None:
    """The provision of one grant, if the actor may see the grant."""
    row = cases_visible_to(Provision, actor).filter(grant_id=grant_id).first()
    return case_view(row) if row is not None else None


def get_case(model: type[Any], key: UUID, *, actor: Actor) -> Any:
    """One report, question, inspection, consent or provision; NotFound when it is not the actor's to see."""
    row = cases_visible_to(model, actor).filter(pk=key).first()
    if row is None:
        raise NotFound()
    return case_view(row)


def get_report(key: UUID, *, actor: Actor) -> ReportView:
    """One report."""
    found: ReportView = get_case(UseReport, key, actor=actor)
    return found


def get_question(key: UUID, *, actor: Actor) -> QuestionView:
    """One question."""
    found: QuestionView = get_case(UseQuestion, key, actor=actor)
    return found


def get_inspection(key: UUID, *, actor: Actor) -> InspectionView:
    """One inspection."""
    found: InspectionView = get_case(Inspection, key, actor=actor)
    return found


def get_third_party(key: UUID, *, actor: Actor) -> ThirdPartyView:
    """One consent to pass on."""
    found: ThirdPartyView = get_case(ThirdPartyConsent, key, actor=actor)
    return found


def get_provision(key: UUID, *, actor: Actor) -> ProvisionView:
    """One provision."""
    found: ProvisionView = get_case(Provision, key, actor=actor)
    return found


def cases_of(grant_id: UUID, *, actor: Actor) -> dict[str, list[Any]]:
    """What there is of one grant, newest first: reports, questions, inspections, third parties, provision."""
    models = {
        "reports": (UseReport, "-opened_at"), "questions": (UseQuestion, "-asked_at"),
        "inspections": (Inspection, "-announced_at"), "third_parties": (ThirdPartyConsent, "-asked_at"),
        "provision": (Provision, "-opened_at"),
    }  # fmt: skip
    return {
        name: [case_view(row) for row in cases_visible_to(model, actor).filter(grant_id=grant_id).order_by(order)[:50]]
        for name, (model, order) in models.items()
    }


# ---- lines of use -----------------------------------------------------------------------------------------------------


def find_use(
    *, actor: Actor, text: str = "", channel: str = "", grant_id: UUID | None = None, resource_id: UUID | None = None,
    consumer_id: UUID | None = None, since: date | None = None, until: date | None = None,
) -> QuerySet[UseRecord]:  # fmt: skip
    """Lines of the grants that the actor may see; `use_lines` a page of them."""
    rows = UseRecord.objects.filter(grant__in=queries.visible_to(actor).order_by().values("pk")).select_related("grant")
    if text:
        named = Q(grant__number__icontains=text) | Q(grant__resource_name__icontains=text) | Q(matter__icontains=text)
        rows = rows.filter(named | Q(grant__consumer_name__icontains=text))
    if channel:
        rows = rows.filter(channel=channel)
    if grant_id:
        rows = rows.filter(grant_id=grant_id)
    if resource_id:
        rows = rows.filter(grant__resource_id=resource_id)
    if consumer_id:
        rows = rows.filter(grant__consumer_id=consumer_id)
    if since:
        rows = rows.filter(on__gte=since)
    if until:
        rows = rows.filter(on__lte=until)
    return rows.order_by("-on", "-last_at", "-id")


@dataclass(frozen=True, kw_only=True)
class UseTotal:
    """What the lines of one grant add up to: uses and rows, and of the uses the calls of its services."""

    times: int
    rows: int
    calls: int


def use_totals(grant_ids: Iterable[UUID]) -> dict[UUID, UseTotal]:
    """Sums over the lines of use of these grants; what was refused is not counted."""
    lines = UseRecord.objects.filter(grant_id__in=list(grant_ids)).exclude(channel="refused").order_by()
    calls = Sum("times", filter=Q(channel__in=("lookup", "match")))
    summed = lines.values("grant_id").annotate(t=Sum("times"), r=Sum("rows"), c=calls)
    return {one["grant_id"]: UseTotal(times=one["t"], rows=one["r"], calls=one["c"] or 0) for one in summed}


def use_lines(rows: Iterable[UseRecord]) -> list[UseLine]:
    """Their values, persons by name."""
    found = list(rows)
    names = parties.person_names({row.person for row in found if row.person})
    same = ("id", "grant_id", "on", "channel", "person", "matter", "times", "rows", "off_hours", "first_at", "last_at")
    shown = ("resource_name", "provider_name", "consumer_name")
    return [
        UseLine(
            grant_number=row.grant.number, person_name=names.get(row.person, row.person), purposes=tuple(row.purposes),
            elements=tuple(row.elements), keep_until=row.keep_until, **{name: getattr(row, name) for name in same},
            **{name: getattr(row.grant, name) for name in shown},
        )
        for row in found
    ]  # fmt: skip


def summary(grant_id: UUID, *, since: datetime, until: datetime) -> dict[str, Any]:
    """What the lines of a period say, as counts."""
    lines = UseRecord.objects.filter(grant_id=grant_id, on__gte=beijing_date(since), on__lte=beijing_date(until))
    channels = lines.values("channel").annotate(times=Sum("times"), rows=Sum("rows")).order_by("channel")
    people = lines.exclude(person="").values("person").distinct().count()
    matters = lines.exclude(matter="").values("matter").distinct().count()
    days = lines.values("on").distinct().count()
    return {
        "days": days, "people": people, "matters": matters,
        "channels": {one["channel"]: {"times": one["times"], "rows": one["rows"]} for one in channels},
    }  # fmt: skip


def handlers_of(grant_id: UUID, *, actor: Actor) -> list[HandlerView]:
    """The handlers of a grant, those named now first; NotFound when the grant is not the actor's to see."""
    queries.get_grant(grant_id, actor=actor)
    rows = Handler.objects.filter(grant_id=grant_id).order_by("-ended_at", "-named_at")
    return [HandlerView(**{name: getattr(row, name) for name in HandlerView.__dataclass_fields__}) for row in rows]


# ---- whose turn, and what is over ---------------------------------------------------------------------------------------


def waiting_use(actor: Actor, *, kinds: Iterable[str] = ()) -> list[tuple[str, Any]]:
    """(kind, case) in which it is the actor's turn; all kinds unless some are named."""
    if not isinstance(actor, Person):
        return []
    mine, theirs = Q(grant__consumer_id=actor.department_id), Q(grant__provider_id=actor.department_id)
    authority, chosen = permissions.is_authority(actor), tuple(kinds)
    wanted: list[tuple[str, type[Any], Q]] = []
    if permissions.REPORT_USE.allows(actor):
        wanted.append(("use_report", UseReport, mine & Q(status__in=("DUE", "OVERDUE"))))
        wanted.append(("use_question", UseQuestion, mine & Q(status="ASKED")))
    if permissions.REPLY_TO_INSPECTION.allows(actor):
        wanted.append(("inspection", Inspection, mine & Q(status="DEFECTS")))
    if permissions.ASK_ABOUT_USE.allows(actor) and not authority:
        wanted.append(("use_question", UseQuestion, theirs & Q(status="ANSWERED")))
    if permissions.INSPECT.allows(actor):
        wanted.append(("inspection", Inspection, Q(inspector_id=actor.department_id, status__in=("ANNOUNCED", "REPLIED"))))
    if permissions.DECIDE_THIRD_PARTY.allows(actor):
        wanted.append(("third_party_consent", ThirdPartyConsent, theirs & Q(status="ASKED")))
    if permissions.DECLARE_PROVISION.allows(actor):
        wanted.append(("provision", Provision, theirs & Q(status__in=("DUE", "OVERDUE"))))
        wanted.append(("provision", Provision, mine & Q(status="DECLARED")))
    return [
        (kind, case_view(row))
        for kind, model, which in wanted
        if not chosen or kind in chosen
        for row in cases_visible_to(model, actor).filter(which).order_by("pk")[:100]
    ]


def report_candidates(at: datetime) -> list[UUID]:
    """Grants of which a period may be over: live ones, and ended ones whose last period was not reported on."""
    newest = UseReport.objects.filter(grant_id=OuterRef("pk")).order_by("-period_to").values("period_to")[:1]
    rows = Grant.objects.annotate(begins=Coalesce(Subquery(newest), "valid_from"))
    months = rulebook.rules().period("use_report_interval", beijing_date(at)).value
    long_ago = at - timedelta(days=27 * months)
    over = Q(status="ENDED", begins__lt=F("ended_at")) | Q(begins__lte=long_ago, status__in=(ACTIVE, SUSPENDED))
    return list(rows.filter(over).order_by("pk").values_list("pk", flat=True))


def lapsed_reports(at: datetime) -> list[UUID]:
    """Reports whose day has passed."""
    return list(UseReport.objects.filter(status="DUE", due_at__lte=at).values_list("pk", flat=True))


def lapsed_provisions(at: datetime) -> list[UUID]:
    """Grants that should have been provided by now."""
    return list(Provision.objects.filter(status="DUE", due_at__lte=at).values_list("grant_id", flat=True))


def lapsed_disposals(at: datetime) -> list[UUID]:
    """Grants whose data should have been disposed of by now."""
    return list(DisposalDuty.objects.filter(status="OPEN", due_at__lte=at).values_list("grant_id", flat=True))


@dataclass(frozen=True, kw_only=True)
class PassingOn:
    """What may be passed to whom, as consented: for the machine-readable terms."""

    number: str
    third_party: str
    elements: tuple[str, ...]
    purpose: str
    until: datetime


def passing_on(grant_id: UUID, at: datetime) -> tuple[PassingOn, ...]:
    """The consents of a grant that hold at the instant; empty means that nothing may be passed on."""
    rows = ThirdPartyConsent.objects.filter(grant_id=grant_id, status="CONSENTED", until_at__gt=at)
    rows = rows.filter(grant__status=ACTIVE).order_by("decided_at")
    return tuple(
        PassingOn(number=r.number, third_party=r.third_party, elements=tuple(r.elements), purpose=r.purpose, until=r.until_at)
        for r in rows
    )
