"""Departments, people and agreements for tests, made by the real actions.

`make_banner()` gives a whole banner: authority, audit office, operator, two departments with officers on file and agreements
in force. `at` is when all of it is ready; the acts lie in the day before.
"""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from gongxiang.platform.agreements import actions as agreements_actions
from gongxiang.platform.agreements import queries as agreements_queries
from gongxiang.platform.agreements.actions import Draft
from gongxiang.platform.agreements.queries import AgreementRef
from gongxiang.platform.kernel.actors import Person, Role, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import actions, queries, totp
from gongxiang.platform.parties.credit_code import complete_credit_code
from gongxiang.platform.parties.queries import DepartmentRef
from gongxiang.protocol.clock import BEIJING
from tests.factories.kept import kept, registers

#: Monday, 2 November 2026, nine in the morning in Beijing.
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
INSTALLER = System(name="installer")
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a person knows and has."""

    username: str
    password: str
    secret: str

    def code(self, at: datetime) -> str:
        """What the authenticator shows at `at`."""
        return code_of(self.secret, at)


@dataclass(frozen=True, kw_only=True)
class Site:
    """The operator's department and the three administrators."""

    operator: DepartmentRef
    system_admin: Person
    security_admin: Person
    audit_admin: Person


@dataclass(frozen=True, kw_only=True)
class Office:
    """A department with its people."""

    department: DepartmentRef
    clerk: Person
    reviewer: Person
    officer: Person
    node_operator: Person

    @property
    def id(self) -> UUID:
        """The department's id."""
        return self.department.id


@dataclass(frozen=True, kw_only=True)
class Banner:
    """A banner ready for sharing; `provider` and `consumer` have agreements in force, `stranger` has people and none."""

    at: datetime
    site: Site
    authority: DepartmentRef
    authority_officer: Person
    authority_leader: Person
    audit_office: DepartmentRef
    auditor: Person
    provider: Office
    consumer: Office
    stranger: Office


_credentials: dict[UUID, Credentials] = {}
registers.append(_credentials)
#: The moments, told from the running clock, at which a banner was ready.
_ready: list[datetime] = []


def code_of(secret: str, at: datetime) -> str:
    """The six digits of a Base32 secret at `at`."""
    return totp.code_at(secret, at)


def credentials_of(person: Person, *, at: datetime = AT - timedelta(days=1)) -> Credentials:
    """Password and authenticator of a person; the first change and the enrolment are done if they were not."""
    if person.id not in _credentials:
        raise LookupError(f"{person.name} was not made by make_person")
    known = _credentials[person.id]
    ref = queries.person_ref(person.id)
    if ref.must_change_password or not ref.has_factor:
        password = f"Grass-land-{next(_numbers)}!"
        actions.change_password(person_id=person.id, old=known.password, new=password, by=person, at=at)
        secret = actions.enrol_totp(person_id=person.id, by=person, at=at)
        actions.confirm_totp(person_id=person.id, code=code_of(secret, at), by=person, at=at)
        known = _credentials[person.id] = Credentials(username=ref.username, password=password, secret=secret)
    return known


def make_site(*, at: datetime = AT) -> Site:
    """The operator and the three administrators; the ones that are there, if there are."""
    roles = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
    found = [queries.people_with(role) for role in roles]
    if not all(found):
        operator, made = actions.found_site(
            operator_name="乌审旗大数据中心",
            operator_short_name="旗大数据中心",
            operator_credit_code=make_credit_code(),
            operator_is_authority=False,
            administrators={
                Role.SYSTEM_ADMIN: ("sysadmin", "系统管理员"),
                Role.SECURITY_ADMIN: ("secadmin", "安全管理员"),
                Role.AUDIT_ADMIN: ("audadmin", "审计管理员"),
            },
            by=INSTALLER,
            at=at,
        )
        for person, password in made.values():
            _credentials[person.id] = Credentials(username=person.username, password=password, secret="")
        found = [queries.people_with(role) for role in roles]
    one, two, three = (queries.actor_of(people[0].id, at) for people in found)
    operator = queries.department_ref(one.department_id)
    return Site(operator=operator, system_admin=one, security_admin=two, audit_admin=three)


def make_credit_code() -> str:
    """A code of no living body, with right check characters."""
    return complete_credit_code(f"11150626YY{next(_numbers):06d}")


def make_department(
    name: str = "",
    *,
    short_name: str = "",
    kind: str = "department",
    site: Site | None = None,
    at: datetime = AT,
    **duties: bool,
) -> DepartmentRef:
    """A department; `is_authority=True`, `is_audit_office=True` where wanted."""
    name = name or f"乌审旗第{next(_numbers)}局"
    return actions.register_department(
        name=name, short_name=short_name or name.removeprefix("乌审"), credit_code=make_credit_code(), kind=kind,
        by=(site or make_site(at=at)).system_admin, at=at, **duties,
    )  # fmt: skip


def make_person(
    department: DepartmentRef, *roles: Role, name: str = "", username: str = "", site: Site | None = None, at: datetime = AT
) -> Person:
    """A person with roles, as an actor."""
    site, number = site or make_site(at=at), next(_numbers)
    ref, password = actions.create_account(
        department_id=department.id, username=username or f"user{number}", name=name or f"职员{number}",
        by=site.system_admin, at=at,
    )  # fmt: skip
    for role in roles:
        actions.grant_role(person_id=ref.id, role=role, by=site.security_admin, at=at)
    _credentials[ref.id] = Credentials(username=ref.username, password=password, secret="")
    return queries.actor_of(ref.id, at)


def make_office(name: str, *, site: Site | None = None, at: datetime = AT, filed: bool = True) -> Office:
    """A department with four people, its accountable officer on file if there is an authority."""
    site = site or make_site(at=at)
    department = make_department(name, site=site, at=at)
    office = Office(
        department=department,
        clerk=make_person(department, Role.CLERK, site=site, at=at),
        reviewer=make_person(department, Role.REVIEWER, site=site, at=at),
        officer=make_person(department, Role.ACCOUNTABLE_OFFICER, site=site, at=at),
        node_operator=make_person(department, Role.NODE_OPERATOR, site=site, at=at),
    )
    if filed:
        file_officer(office, at=at)
    return office


def file_officer(office: Office, *, at: datetime = AT) -> None:
    """Report the office's accountable officer and let the authority file it."""
    filing = actions.report_officer(
        department_id=office.id, officer_id=office.officer.id, unit="信息股", unit_contact="张某", unit_telephone="0477-000",
        by=office.clerk, at=at,
    )  # fmt: skip
    actions.file_officer(filing_id=filing.id, by=_authority_person(Role.AUTHORITY_OFFICER, at), at=at)


def make_draft(*, at: datetime = AT, **changes: object) -> Draft:
    """What a department fills in; valid for three years from `at`."""
    day = at.astimezone(BEIJING).date()
    values: dict[str, object] = {
        "role": "both", "scope": "本部门目录内全部资源", "purposes": ["decision", "verification"], "modes": ["table", "api"],
        "contact": "信息股", "telephone": "0477-0000000", "valid_from": day, "valid_until": day.replace(year=day.year + 3),
    }  # fmt: skip
    return Draft(**{**values, **changes})  # type: ignore[arg-type]


def make_template(*, at: datetime = AT) -> None:
    """The authority issues the text of the agreement, once."""
    if not agreements_queries.templates():
        issuer = _authority_person(Role.AUTHORITY_OFFICER, at)
        agreements_actions.issue_template(
            title="乌审旗公共信息平台使用（政务信息资源共享）协议书",
            body=agreements_queries.suggested_template(),
            by=issuer,
            at=at,
        )


@kept()
def make_agreement(office: Office, *, status: str = "IN_FORCE", at: datetime = AT, **changes: object) -> AgreementRef:
    """An agreement at DRAFTED, SIGNED_BY_DEPARTMENT or IN_FORCE; it reaches the last at `at`."""
    make_template(at=at)
    start = at - timedelta(hours=1)
    made = agreements_actions.draft_agreement(
        department_id=office.id, draft=make_draft(at=start, **changes), by=office.clerk, at=start
    )
    if status == "DRAFTED":
        return made
    officer, leader = office.officer, _authority_person(Role.AUTHORITY_LEADER, at)
    made = agreements_actions.sign_for_department(agreement_id=made.id, by=officer, **signing(officer, start), at=start)
    if status == "SIGNED_BY_DEPARTMENT":
        return made
    return agreements_actions.sign_for_authority(agreement_id=made.id, by=leader, **signing(leader, at), at=at)


def signing(person: Person, at: datetime) -> dict[str, str]:
    """`password` and `code` for an act of signing at `at`."""
    known = credentials_of(person, at=at - timedelta(minutes=30))
    return {"password": known.password, "code": known.code(at)}


def make_banner(*, at: datetime = AT, agreements: bool = True) -> Banner:
    """The whole banner, ready at `at`; where that is told from the running clock, the one of some minutes ago will do."""
    if at.microsecond:
        ready = next((one for one in _ready if timedelta(0) <= at - one < timedelta(minutes=15)), None)
        if ready is None:
            _ready.append(ready := at)
        at = ready
    return _banner(at=at, agreements=agreements)


@kept(first=True)
def _banner(*, at: datetime, agreements: bool) -> Banner:
    before = at - timedelta(days=1)
    site = make_site(at=before)
    authority = make_department("乌审旗政务服务局", site=site, at=before, is_authority=True)
    audit_office = make_department("乌审旗审计局", site=site, at=before, is_audit_office=True)
    officer = make_person(authority, Role.AUTHORITY_OFFICER, site=site, at=before)
    leader = make_person(authority, Role.AUTHORITY_LEADER, site=site, at=before)
    auditor = make_person(audit_office, Role.AUDITOR, site=site, at=before)
    provider = make_office("乌审旗民政局", site=site, at=before)
    consumer = make_office("乌审旗市场监督管理局", site=site, at=before)
    stranger = make_office("乌审旗能源局", site=site, at=before)
    if agreements:
        # A code works once: the leader signs the second half an hour after the first.
        make_agreement(provider, at=at - timedelta(hours=3))
        make_agreement(consumer, at=at - timedelta(hours=2))
    return Banner(
        at=at, site=site, authority=authority, authority_officer=officer, authority_leader=leader, audit_office=audit_office,
        auditor=auditor, provider=provider, consumer=consumer, stranger=stranger,
    )  # fmt: skip


def _authority_person(role: Role, at: datetime) -> Person:
    found = queries.people_with(role)
    if not found:
        raise NotFound("make_banner first, or a person with this role in the authority's department")
    return queries.actor_of(found[0].id, at)
