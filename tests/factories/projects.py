"""Projects for tests, brought to any state by the real acts of different people."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import actions, queries, states
from gongxiang.platform.projects.planned import Planned, PlannedElement
from gongxiang.platform.projects.values import ProjectFields, ProjectView
from tests.factories.kept import kept
from tests.factories.parties import Banner, Office, make_person


def operator_of(banner: Banner) -> Person:
    """A person of the operator, the same for one banner."""
    key = banner.site.operator.id
    found = parties.people_with(Role.PLATFORM_OPERATOR, key)
    return parties.actor_of(found[0].id) if found else make_person(parties.department_ref(key), Role.PLATFORM_OPERATOR)


def project_fields(name: str = "智慧救助一体化平台", **changes: object) -> ProjectFields:
    """A register entry with nothing missing."""
    fields = ProjectFields(
        name=name, kind="NEW", purpose="整合救助业务。", approving_body="乌审旗发展和改革委员会", contact="信息股 张某",
        telephone="0477-0000000", planned_start=date(2026, 11, 16), planned_end=date(2027, 6, 30),
    )  # fmt: skip
    return replace(fields, **changes)  # type: ignore[arg-type]


def planned_entry(name: str = "救助家庭走访记录", *elements: str, **changes: object) -> Planned:
    """A planned entry with nothing missing and nothing that others have."""
    names = elements or ("走访编号", "走访日期", "走访结论")
    planned = Planned(
        name=name, summary="社区工作人员走访救助家庭的记录。", source_kind="COLLECTED", subject_kind="NATURAL_PERSON",
        collects="由社区工作人员走访时填写。", elements=tuple(PlannedElement(name=one, type="C") for one in names),
    )  # fmt: skip
    return replace(planned, **changes)  # type: ignore[arg-type]


def add(project_id: UUID, planned: Planned, *, office: Office, at: datetime, entry_id: UUID | None = None) -> UUID:
    """Save a planned entry as the page would, with the revision now shown."""
    seen = queries.get_project(project_id, actor=office.clerk).catalogue_revision
    return actions.save_entry(project_id=project_id, planned=planned, seen=seen, entry_id=entry_id, by=office.clerk, at=at)


def pass_all_checks(project_id: UUID, *, banner: Banner, at: datetime) -> None:
    """Every point of the interface check list, passed."""
    for check in queries.checks_of(project_id, on=queries.beijing_day(at)):
        actions.record_check(
            project_id=project_id, item=check.item, passed=True, reference="联调测试记录 2027-01", by=operator_of(banner), at=at
        )


@kept()
def make_project_at(
    status: str,
    *,
    banner: Banner,
    office: Office | None = None,
    fields: ProjectFields | None = None,
    entries: tuple[Planned, ...] = (),
    at: datetime | None = None,
) -> ProjectView:
    """A project in that state, by real acts a minute apart that end at `at`."""
    office, at = office or banner.provider, at or banner.at
    start = at - timedelta(minutes=30)
    made = actions.register_project(fields=fields or project_fields(), by=office.clerk, at=start)

    def minute(number: int) -> datetime:
        return start + timedelta(minutes=number)

    def compile_entries() -> None:
        for planned in entries or (planned_entry(),):
            add(made.id, planned, office=office, at=minute(1))

    steps = {
        states.REGISTERED: lambda: None,
        states.PRECOMPILING: compile_entries,
        states.PRESENTED: lambda: actions.present_catalogue(project_id=made.id, by=office.clerk, at=minute(3)),
        states.CONSENTED: lambda: actions.consent_to_catalogue(project_id=made.id, by=office.officer, at=minute(4)),
        states.IN_REVIEW: lambda: actions.submit_catalogue(project_id=made.id, by=office.clerk, at=minute(5)),
        states.PASSED: lambda: actions.pass_catalogue(
            project_id=made.id, opinion="目录完整。", by=banner.authority_officer, at=minute(6)
        ),
        states.BUILDING: lambda: actions.start_building(
            project_id=made.id, approval_number="乌发改审批〔2026〕118号", approved_on=queries.beijing_day(start),
            by=office.clerk, at=minute(7),
        ),
        states.ACCEPTANCE_REQUESTED: lambda: actions.request_acceptance(project_id=made.id, by=office.clerk, at=minute(8)),
        states.ACCEPTED: lambda: (
            pass_all_checks(made.id, banner=banner, at=minute(9)),
            actions.accept_project(project_id=made.id, by=banner.authority_officer, at=minute(10)),
        ),
    }  # fmt: skip
    if status == states.CANCELLED:
        actions.cancel_project(project_id=made.id, reason="项目并入旗一体化平台。", by=office.officer, at=minute(1))
        return queries.get_project(made.id, actor=banner.authority_officer)
    last = {states.RETURNED: states.IN_REVIEW, states.ACCEPTANCE_RETURNED: states.ACCEPTANCE_REQUESTED}.get(status, status)
    for reached, step in steps.items():
        step()
        if reached == last:
            break
    remarks = [{"field": "", "text": "请补充采集依据。"}]
    if status == states.RETURNED:
        actions.return_catalogue(project_id=made.id, remarks=remarks, by=banner.authority_officer, at=minute(6))
    if status == states.ACCEPTANCE_RETURNED:
        actions.return_acceptance(project_id=made.id, remarks=remarks, by=banner.authority_officer, at=minute(9))
    return queries.get_project(made.id, actor=banner.authority_officer)
