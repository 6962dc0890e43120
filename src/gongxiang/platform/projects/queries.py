"""Reading projects: frozen values for pages and rooms above, under the reader's visibility."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.errors import ResourceNotFound
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Actor, Person, Role, System
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import duplicates, states
from gongxiang.platform.projects.errors import ProjectNotFound
from gongxiang.platform.projects.models import (
    CatalogueVersion,
    Certificate,
    FormCheck,
    HitAnswer,
    InterfaceCheck,
    PlannedEntry,
    Project,
    ProjectCost,
)
from gongxiang.platform.projects.permissions import AUTHORITY, sees_all
from gongxiang.platform.projects.planned import Change, Planned, changes_between
from gongxiang.platform.projects.values import (
    CertificateView,
    CheckView,
    CostView,
    EntryView,
    FormCheckView,
    Hit,
    ProjectView,
    Promise,
    Publication,
    VersionView,
)
from gongxiang.platform.projects.vocabulary import Answer, CertificateKind, TargetKind
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.rulebook.values import OpenDeadline
from gongxiang.protocol.clock import BEIJING

CHECK_TABLE = "interface_check"
#: States in which a clock of the authority runs.
RUNNING = (states.IN_REVIEW, states.ACCEPTANCE_REQUESTED)


def visible_to(actor: Actor | None) -> QuerySet[Project]:
    """The own department's projects; those of every department for authority, audit and operation."""
    rows = Project.objects.all()
    if actor is None:
        return rows.none()
    if sees_all(actor):
        return rows
    assert not isinstance(actor, System)
    return rows.filter(department_id=actor.department_id)


def get_for_update(project_id: UUID) -> Project:
    """The locked row, for this room's actions."""
    row = Project.objects.select_for_update().filter(pk=project_id).first()
    if row is None:
        raise ProjectNotFound()
    return row


def get_project(project_id: UUID, *, actor: Actor) -> ProjectView:
    """One project; raises ProjectNotFound when it is not the actor's to see."""
    row = visible_to(actor).filter(pk=project_id).first()
    if row is None:
        raise ProjectNotFound()
    return view_of(row)


def find_projects(
    *,
    actor: Actor,
    text: str = "",
    status: str = "",
    kind: str = "",
    department_id: UUID | None = None,
    year: int | None = None,
    box: str = "",
) -> QuerySet[Project]:
    """The actor's projects for a list; slice it, then `view_of` each. Boxes: `to_review`, `to_accept`, or empty."""
    rows = visible_to(actor)
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(number__icontains=text) | Q(department_name__icontains=text)
            | Q(approving_body__icontains=text) | Q(approval_number__icontains=text)
        )  # fmt: skip
    if status in states.PROJECT.states:
        rows = rows.filter(status=status)
    if kind:
        rows = rows.filter(kind=kind)
    if department_id:
        rows = rows.filter(department_id=department_id)
    if year:
        rows = rows.filter(planned_start__year__lte=year).filter(Q(planned_end=None) | Q(planned_end__year__gte=year))
    if box == "to_review":
        rows = rows.filter(status=states.IN_REVIEW)
    elif box == "to_accept":
        rows = rows.filter(status=states.ACCEPTANCE_REQUESTED)
    elif box == "to_test":
        rows = rows.filter(status__in=states.TESTABLE)
    return rows


def view_of(row: Project) -> ProjectView:
    """The frozen value of a row."""
    return ProjectView(**{name: getattr(row, name) for name in ProjectView.__dataclass_fields__})


# ---- the pre-compiled catalogue -----------------------------------------------------------------------------------------


def entries_of(project_id: UUID) -> tuple[EntryView, ...]:
    """The planned entries in order, with the catalogue entries they became."""
    rows = list(PlannedEntry.objects.filter(project_id=project_id).order_by("position", "id"))
    found = []
    for row in rows:
        status = code = ""
        if row.resource_id:
            status, code = _published(row.resource_id)
        found.append(
            EntryView(
                id=row.pk, position=row.position, planned=Planned.from_json(row.content), resource_id=row.resource_id,
                resource_status=status, resource_code=code,
            )
        )  # fmt: skip
    return tuple(found)


def _published(resource_id: UUID) -> tuple[str, str]:
    try:
        resource = catalogue.get_resource(resource_id)
    except ResourceNotFound:
        return "", ""
    return resource.status, resource.code


def planned_of(project_id: UUID) -> dict[UUID, Planned]:
    """The planned entries by id."""
    rows = PlannedEntry.objects.filter(project_id=project_id).order_by("position", "id")
    return {row.pk: Planned.from_json(row.content) for row in rows}


def hits_of(project_id: UUID, *, only: UUID | None = None) -> tuple[Hit, ...]:
    """What the planned entries resemble now, each hit with the answer given; to one entry only, if it is named."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        raise ProjectNotFound()
    wanted = planned_of(project_id)
    if only is not None:
        wanted = {key: planned for key, planned in wanted.items() if key == only}
    wanted = {key: planned for key, planned in wanted.items() if planned.source_kind != "DERIVED"}
    if not wanted:
        return ()
    found = duplicates.find_resemblances(wanted, department_id=project.department_id, project_id=project_id)
    given = {(a.entry_id, a.target_kind, a.target_id): a for a in HitAnswer.objects.filter(entry_id__in=wanted)}
    hits = []
    for entry_id, resemblances in found.items():
        for one in resemblances:
            answer = given.get((entry_id, one.target_kind, one.target_id))
            said: dict[str, Any] = {}
            if answer is not None:
                said = {name: getattr(answer, name) for name in ("answer", "reason", "answered_by", "answered_at")}
            hits.append(Hit(entry_id=entry_id, entry_name=wanted[entry_id].name, found=one, **said))
    return tuple(hits)


def versions_of(project_id: UUID) -> tuple[VersionView, ...]:
    """All versions that passed, the newest first."""
    return tuple(_version(row) for row in CatalogueVersion.objects.filter(project_id=project_id).order_by("-number"))


def get_version(project_id: UUID, number: int) -> VersionView:
    """One passed version; raises ProjectNotFound."""
    row = CatalogueVersion.objects.filter(project_id=project_id, number=number).first()
    if row is None:
        raise ProjectNotFound()
    return _version(row)


def changes_since_passed(project_id: UUID) -> tuple[Change, ...]:
    """How the planned entries differ from the version passed last; nothing if none has passed."""
    row = CatalogueVersion.objects.filter(project_id=project_id).order_by("-number").first()
    if row is None:
        return ()
    now = {str(key): planned for key, planned in planned_of(project_id).items()}
    return changes_between(_version(row).content, now)


def compare_versions(project_id: UUID, before: int, after: int) -> tuple[Change, ...]:
    """How two passed versions differ."""
    return changes_between(get_version(project_id, before).content, get_version(project_id, after).content)


def _version(row: CatalogueVersion) -> VersionView:
    return VersionView(
        number=row.number,
        content={key: Planned.from_json(value) for key, value in row.content.items()},
        answers=tuple(row.answers),
        digest=row.digest,
        amendment=row.amendment,
        passed_at=row.passed_at,
        passed_by_name=row.passed_by_name,
    )


# ---- certificates and interface checks ----------------------------------------------------------------------------------


def certificates_of(project_id: UUID) -> tuple[CertificateView, ...]:
    """Every certificate of a project, the newest first."""
    rows = Certificate.objects.filter(project_id=project_id).order_by("-issued_at")
    return tuple(CertificateView(**{name: getattr(r, name) for name in CertificateView.__dataclass_fields__}) for r in rows)


def certified(project_id: UUID, kind: str = CertificateKind.APPROVAL) -> bool:
    """Whether a certificate of that kind is in force."""
    return Certificate.objects.filter(project_id=project_id, kind=kind, withdrawn_at=None).exists()


def checks_of(project_id: UUID, *, on: date) -> tuple[CheckView, ...]:
    """The interface check list in force on a day, each point with its newest result."""
    newest: dict[str, InterfaceCheck] = {}
    for row in InterfaceCheck.objects.filter(project_id=project_id).order_by("checked_at", "id"):
        newest[row.item] = row
    found = []
    for code in rulebook.codes(CHECK_TABLE, on=on):
        result = newest.get(code.code)
        said: dict[str, Any] = {"passed": None}
        if result is not None:
            names = ("passed", "by_facts", "reference", "note", "upload_id", "checked_at", "checked_by_name")
            said = {name: getattr(result, name) for name in names}
        found.append(CheckView(item=code.code, label_zh=code.label.zh, label_en=code.label.en, **said))
    return tuple(found)


def results_of(project_id: UUID) -> list[InterfaceCheck]:
    """Every result ever recorded, the newest first."""
    return list(InterfaceCheck.objects.filter(project_id=project_id).order_by("-checked_at", "-id"))


def known_items(on: date) -> frozenset[str]:
    """The points of the check list in force on a day."""
    return frozenset(code.code for code in rulebook.codes(CHECK_TABLE, on=on))


# ---- after acceptance ---------------------------------------------------------------------------------------------------


def publication_of(project: ProjectView) -> Publication:
    """How far the catalogue of an accepted project has got."""
    entries = [entry for entry in entries_of(project.id) if entry.resource_id]
    return Publication(project=project, published=sum(e.is_published for e in entries), total=len(entries))


def unpublished(actor: Actor) -> tuple[Publication, ...]:
    """Accepted projects of the actor's department whose entries are not all published, the most urgent first."""
    if not isinstance(actor, Person):
        return ()
    rows = visible_to(actor).filter(status=states.ACCEPTED, publish_due_at__isnull=False)
    if not actor.has(*AUTHORITY):
        rows = rows.filter(department_id=actor.department_id)
    found = [publication_of(view_of(row)) for row in rows.order_by("publish_due_at")[:200]]
    return tuple(one for one in found if one.published < one.total)


def project_of_resource(resource_id: UUID, *, actor: Actor) -> ProjectView | None:
    """The project from whose pre-compiled catalogue an entry came, if there is one and the actor may see it."""
    row = visible_to(actor).filter(entries__resource_id=resource_id).first()
    return view_of(row) if row else None


def resources_of(project_id: UUID) -> tuple[UUID, ...]:
    """The catalogue entries that came from a project."""
    rows = PlannedEntry.objects.filter(project_id=project_id, resource__isnull=False)
    return tuple(rows.order_by("position").values_list("resource_id", flat=True))


def promises_of(project_id: UUID) -> tuple[Promise, ...]:
    """The catalogue's entries that the project will use through sharing, as answered now or in a version that passed."""
    kind, answer = TargetKind.RESOURCE, Answer.REUSE
    found: dict[UUID, Promise] = {}
    for version in CatalogueVersion.objects.filter(project_id=project_id).order_by("number"):
        for one in version.answers:
            if one.get("target_kind") == kind and one.get("answer") == answer:
                target, entry = UUID(one["target_id"]), version.content.get(one.get("entry", ""), {})
                found[target] = Promise(
                    entry_name=entry.get("name", ""), resource_id=target, name=one.get("target_name", ""),
                    answered_at=version.passed_at,
                )  # fmt: skip
    given = HitAnswer.objects.filter(entry__project_id=project_id, target_kind=kind).select_related("entry")
    for row in given.order_by("answered_at"):
        if row.answer == answer:
            found[row.target_id] = Promise(
                entry_name=row.entry.name, resource_id=row.target_id, name=row.target_name, answered_by=row.answered_by,
                answered_at=row.answered_at,
            )  # fmt: skip
    return tuple(found.values())


# ---- clocks and to-dos --------------------------------------------------------------------------------------------------


def open_deadlines(at: datetime) -> tuple[OpenDeadline, ...]:
    """The authority's periods that run at `at`, for the preview of a holiday notice."""
    rows = Project.objects.filter(due_at__gt=at, status__in=RUNNING).order_by("due_at")
    return tuple(running for row in rows if (running := running_clock(row)) is not None)


def running_clock(row: Project) -> OpenDeadline | None:
    """The clock of a project, if one runs."""
    if row.due_at is None or row.clock_from is None or row.status not in RUNNING:
        return None
    return OpenDeadline(
        subject=f"project:{row.pk}",
        title=f"{row.number} {row.name}",
        rule=row.due_rule,
        start=row.clock_from,
        due_at=row.due_at,
        basis=row.due_basis,
        concerns=(row.department_id,),
        **parties.whose_turn("authority"),
    )


def with_running_clock() -> tuple[UUID, ...]:
    """Projects whose deadline a new calendar may move."""
    return tuple(Project.objects.filter(due_at__isnull=False, status__in=RUNNING).values_list("pk", flat=True))


def waiting_for(actor: Actor) -> tuple[ProjectView, ...]:
    """Projects whose next act is this person's, the most urgent first."""
    if not isinstance(actor, Person):
        return ()
    own = Q()
    for role, waiting in (
        (Role.CLERK, (states.PRECOMPILING, states.RETURNED, states.CONSENTED, states.ACCEPTANCE_RETURNED)),
        (Role.ACCOUNTABLE_OFFICER, (states.PRESENTED,)),
    ):
        if actor.has(role):
            own |= Q(status__in=waiting)
    mine = Q(pk=None)
    if own:
        mine |= own & Q(department_id=actor.department_id)
    if actor.has(Role.AUTHORITY_OFFICER):
        mine |= Q(status__in=RUNNING)
    if actor.has(Role.PLATFORM_OPERATOR):
        mine |= Q(status=states.ACCEPTANCE_REQUESTED)
    rows = Project.objects.filter(mine).order_by("due_at", "registered_at")
    return tuple(view_of(row) for row in rows[:200])


# ---- money (art. 28) ----------------------------------------------------------------------------------------------------


def costs_of(project_id: UUID, *, history: bool = False) -> tuple[CostView, ...]:
    """The figures of one project, those in force or every one ever noted."""
    rows = ProjectCost.objects.filter(project_id=project_id).select_related("project")
    if not history:
        rows = rows.filter(superseded_at=None)
    return tuple(_cost(row) for row in rows.order_by("year", "source", "noted_at"))


def find_costs(
    *, actor: Actor, year: int | None = None, source: str = "", department_id: UUID | None = None
) -> tuple[CostView, ...]:
    """The figures in force of the projects the actor may see; cancelled projects are left out."""
    rows = ProjectCost.objects.filter(superseded_at=None, project__in=visible_to(actor).exclude(status=states.CANCELLED))
    if year:
        rows = rows.filter(year=year)
    if source:
        rows = rows.filter(source=source)
    if department_id:
        rows = rows.filter(project__department_id=department_id)
    return tuple(_cost(row) for row in rows.select_related("project").order_by("-year", "project__number", "source"))


def totals_by_year(*, actor: Actor) -> tuple[dict[str, Any], ...]:
    """Planned and actual money by year and source, over the projects the actor may see."""
    rows = ProjectCost.objects.filter(superseded_at=None, project__in=visible_to(actor).exclude(status=states.CANCELLED))
    grouped = rows.values("year", "source").annotate(planned=Sum("planned_cents"), actual=Sum("actual_cents"))
    return tuple(dict(row) for row in grouped.order_by("-year", "source"))


def figures_by_department(*, actor: Actor) -> tuple[dict[str, Any], ...]:
    """Projects by department: how many there are, have passed, are accepted; planned and actual money."""
    rows: dict[UUID, dict[str, Any]] = {}
    for project in visible_to(actor).exclude(status=states.CANCELLED):
        row = rows.setdefault(
            project.department_id,
            {"department": project.department_name, "projects": 0, "passed": 0, "accepted": 0, "planned": 0, "actual": 0},
        )
        row["projects"] += 1
        row["passed"] += project.version is not None
        row["accepted"] += project.status == states.ACCEPTED
    for cost in find_costs(actor=actor):
        department = Project.objects.filter(pk=cost.project_id).values_list("department_id", flat=True).get()
        rows[department]["planned"] += cost.planned_cents
        rows[department]["actual"] += cost.actual_cents or 0
    return tuple(sorted(rows.values(), key=lambda row: row["department"]))


def _cost(row: ProjectCost) -> CostView:
    names = ("project_id", "year", "source", "planned_cents", "actual_cents", "noted_at", "noted_by_name", "superseded_at")
    return CostView(
        project_number=row.project.number,
        project_name=row.project.name,
        department_name=row.project.department_name,
        kind=row.project.kind,
        status=row.project.status,
        **{name: getattr(row, name) for name in names},
    )


# ---- checks of forms (22.5) ---------------------------------------------------------------------------------------------


def form_checks_visible_to(actor: Actor | None) -> QuerySet[FormCheck]:
    """The own department's checks; all for authority and audit."""
    rows = FormCheck.objects.order_by("-checked_at", "-id")
    if actor is None:
        return rows.none()
    if isinstance(actor, System) or actor.has(*AUTHORITY, Role.AUDITOR):
        return rows
    return rows.filter(department_id=actor.department_id)


def find_form_checks(*, actor: Actor, text: str = "", open_only: bool = False) -> QuerySet[FormCheck]:
    """Checks for a list; slice it, then `form_check_view` each."""
    rows = form_checks_visible_to(actor)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(department_name__icontains=text) | Q(items__contains=[text]))
    if open_only:
        rows = rows.filter(answered_at=None).exclude(hits=[])
    return rows


def form_checks_of(matter_id: UUID, *, actor: Actor) -> tuple[FormCheckView, ...]:
    """What forms of a matter were checked for, the newest first."""
    return tuple(form_check_view(row) for row in form_checks_visible_to(actor).filter(matter_id=matter_id)[:50])


def get_form_check(check_id: UUID, *, actor: Actor) -> FormCheckView:
    """One check; raises ProjectNotFound when it is not the actor's to see."""
    row = form_checks_visible_to(actor).filter(pk=check_id).first()
    if row is None:
        raise ProjectNotFound()
    return form_check_view(row)


def form_check_for_update(check_id: UUID) -> FormCheck:
    """The locked row, for this room's actions."""
    row = FormCheck.objects.select_for_update().filter(pk=check_id).first()
    if row is None:
        raise ProjectNotFound()
    return row


def form_check_view(row: FormCheck) -> FormCheckView:
    """The frozen value of a row."""
    names = ("id", "department_id", "department_name", "matter_id", "title", "checked_at", "checked_by_name", "answered_at")
    hit = {one["item"] for one in row.hits}
    return FormCheckView(
        items=tuple(row.items),
        hits=tuple(row.hits),
        free=tuple(item for item in row.items if item not in hit),
        **{name: getattr(row, name) for name in names},
    )


def name_taken(department_id: UUID, name: str, *, besides: UUID | None = None) -> bool:
    """Whether the department has another project of that name that has not ended."""
    rows = Project.objects.filter(department_id=department_id, name=name.strip()).exclude(status__in=states.ENDED)
    if besides is not None:
        rows = rows.exclude(pk=besides)
    return bool(name.strip()) and rows.exists()


def beijing_day(at: datetime) -> date:
    """The day in Beijing."""
    return at.astimezone(BEIJING).date()


def involved_in_project(project_id: UUID) -> Collection[UUID | None]:
    """Everyone of the department who worked on it or consented to it, by its id."""
    return involved_in(Project.objects.get(pk=project_id))


def involved_in(row: Project) -> Collection[UUID | None]:
    """Everyone of the department who worked on the present catalogue or consented to it."""
    of, people = [("project", row.pk)], (row.consented_by_id, row.acceptance_requested_by_id)
    acts = ["project:consented", "project:amended", "project:acceptance_requested"]
    return [*row.drafters, *evidence.hands_in(*people, of=of, acts=acts)]
