"""The demo banner's offices: departments, people, officers on file, registers, agreements; by public acts at dated times."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from gongxiang.demo.accounts import Accounts, credentials, settle_in
from gongxiang.demo.progress import Notes, TimeTravel
from gongxiang.platform.agreements import actions as agreements
from gongxiang.platform.agreements import queries as agreement_queries
from gongxiang.platform.agreements import sealing
from gongxiang.platform.agreements.actions import Draft
from gongxiang.platform.agreements.queries import AgreementRef
from gongxiang.platform.kernel.actors import Person, Role, System
from gongxiang.platform.parties import actions
from gongxiang.platform.parties.credit_code import complete_credit_code
from gongxiang.platform.parties.queries import DepartmentRef
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING

INSTALLER = System(name="installer")
#: Stands for the scan of a sealed paper.
_SCAN = b"%PDF-1.4\n% \xe7\x9b\x96\xe7\xab\xa0\n%%EOF\n"


@dataclass(frozen=True, kw_only=True)
class Office:
    """A department with its four people."""

    key: str
    department: DepartmentRef
    clerk: Person
    reviewer: Person
    officer: Person
    node_operator: Person


@dataclass(frozen=True, kw_only=True)
class Banner:
    """Everybody who acts in the demo."""

    authority_officer: Person
    authority_leader: Person
    auditor: Person
    platform_operator: Person
    offices: dict[str, Office]


#: key -> (name, short name, (clerk, reviewer, officer, node operator)); codes are samples, not the bodies' real ones.
OFFICES = {
    "minzheng": ("乌审旗民政局", "旗民政局", ("李娜", "其木格", "王建军", "赵磊")),
    "shijian": ("乌审旗市场监督管理局", "旗市场监督管理局", ("王建国", "刘芳", "巴特尔", "陈晨")),
    "yibao": ("乌审旗医疗保障局", "旗医疗保障局", ("高娃", "张伟", "孙丽", "周强")),
    "renshe": ("乌审旗人力资源和社会保障局", "旗人力资源和社会保障局", ("吴倩", "郑浩", "苏日娜", "马超")),
    "nengyuan": ("乌审旗能源局", "旗能源局", ("黄敏", "杨帆", "额尔敦", "林涛")),
    "jiaotong": ("乌审旗交通运输局", "旗交通运输局", ("宋佳", "朝鲁", "徐明", "梁斌")),
}
#: Offices that have signed; the energy bureau has not, so that the gate of art. 18 can be seen.
SIGNING = ("minzheng", "shijian", "yibao", "renshe")
#: Has sealed its paper instead of signing with the key, and so has the authority.
SEALING = "yibao"
#: Its agreement runs out first: the people are reminded of its renewal.
ENDING = "renshe"
#: Has signed, and waits for the authority's signature.
HALF_SIGNED = "jiaotong"


def make_banner(notes: Notes, travel: TimeTravel, say: Callable[[str], None]) -> Banner:
    """Site, departments, accounts, officers on file, agreements in force."""
    travel.go(62)
    operator, administrators = actions.found_site(
        operator_name="乌审旗大数据中心",
        operator_short_name="旗大数据中心",
        operator_credit_code=_code(1),
        operator_is_authority=False,
        administrators={
            Role.SYSTEM_ADMIN: ("sysadmin", "系统管理员韩雪"),
            Role.SECURITY_ADMIN: ("secadmin", "安全管理员乌云"),
            Role.AUDIT_ADMIN: ("audadmin", "审计管理员石磊"),
        },
        by=INSTALLER,
        at=clock.now(),
    )
    people = {
        role: settle_in(notes, ref.id, username=ref.username, first_password=password)
        for role, (ref, password) in administrators.items()
    }
    accounts = Accounts(notes, system_admin=people[Role.SYSTEM_ADMIN], security_admin=people[Role.SECURITY_ADMIN])
    admin = people[Role.SYSTEM_ADMIN]
    platform_operator = accounts.open(operator, "yunwei", "那顺", [Role.PLATFORM_OPERATOR], "平台运维")
    authority = actions.register_department(
        name="乌审旗政务服务局", short_name="旗政务服务局", credit_code=_code(2), is_authority=True, by=admin, at=clock.now()
    )
    audit_office = actions.register_department(
        name="乌审旗审计局", short_name="旗审计局", credit_code=_code(3), is_audit_office=True, by=admin, at=clock.now()
    )
    authority_officer = accounts.open(authority, "zhengwu", "白音", [Role.AUTHORITY_OFFICER], "政务数据股")
    authority_leader = accounts.open(authority, "zhengwu-ld", "德力格尔", [Role.AUTHORITY_LEADER], "局长")
    auditor = accounts.open(audit_office, "shenji", "何静", [Role.AUDITOR], "电子数据审计股")
    offices = {}
    for number, (key, (name, short, names)) in enumerate(OFFICES.items(), start=4):
        say(f"  {name}")
        offices[key] = _make_office(accounts, key, name, short, names, number)
    travel.go(60)
    for office in offices.values():
        filing = actions.report_officer(
            department_id=office.department.id, officer_id=office.officer.id, unit="信息股", unit_contact=office.reviewer.name,
            unit_telephone="0477-0000000", by=office.clerk, at=clock.now(),
        )  # fmt: skip
        actions.file_officer(filing_id=filing.id, by=authority_officer, at=clock.now())
    banner = Banner(
        authority_officer=authority_officer, authority_leader=authority_leader, auditor=auditor,
        platform_operator=platform_operator, offices=offices,
    )  # fmt: skip
    _register_systems(banner)
    travel.go(58)
    agreements.issue_template(
        title="乌审旗公共信息平台使用（政务信息资源共享）协议书",
        body=agreement_queries.suggested_template(),
        by=authority_officer,
        at=clock.now(),
    )
    for key in SIGNING:
        if key == SEALING:
            _seal_agreement(travel, banner, offices[key])
        else:
            _sign_agreement(notes, travel, banner, offices[key])
    return banner


def leave_agreement_waiting(notes: Notes, travel: TimeTravel, banner: Banner) -> None:
    """An agreement that its department has signed and the authority has not."""
    travel.go(1)
    _sign_for_department(notes, travel, banner.offices[HALF_SIGNED])


def _make_office(accounts: Accounts, key: str, name: str, short: str, names: tuple[str, ...], number: int) -> Office:
    department = actions.register_department(
        name=name, short_name=short, credit_code=_code(number), by=accounts.system_admin, at=clock.now()
    )
    clerk, reviewer, officer, operator = names
    return Office(
        key=key,
        department=department,
        clerk=accounts.open(department, f"{key}-jb", clerk, [Role.CLERK], "经办人"),
        reviewer=accounts.open(department, f"{key}-sh", reviewer, [Role.REVIEWER], "信息股"),
        officer=accounts.open(department, f"{key}-ld", officer, [Role.ACCOUNTABLE_OFFICER], "副局长"),
        node_operator=accounts.open(department, f"{key}-qz", operator, [Role.NODE_OPERATOR], "前置机管理员"),
    )


def _register_systems(banner: Banner) -> None:
    for key, system, matter, code in (
        ("minzheng", "社会救助管理系统", "特困人员认定", "MZ-TK-01"),
        ("shijian", "企业登记监管系统", "个体工商户设立登记", "SJ-DJ-01"),
        ("yibao", "医疗救助管理系统", "医疗救助对象认定", "YB-JZ-01"),
    ):
        office = banner.offices[key]
        made = actions.register_system(
            department_id=office.department.id, name=system, tier="own", network="extranet", hosting="旗政务云",
            by=office.clerk, at=clock.now(),
        )  # fmt: skip
        actions.register_matter(
            department_id=office.department.id, name=matter, code=code, systems=[made.id], by=office.clerk, at=clock.now()
        )


def _sign_agreement(notes: Notes, travel: TimeTravel, banner: Banner, office: Office) -> None:
    signed = _sign_for_department(notes, travel, office)
    travel.pass_minutes(30)
    agreements.sign_for_authority(
        agreement_id=signed, by=banner.authority_leader, at=clock.now(), **credentials(notes, banner.authority_leader)
    )


def _seal_agreement(travel: TimeTravel, banner: Banner, office: Office) -> None:
    made = _draft_agreement(office)
    scan: dict[str, Any] = {"agreement_id": made.id, "name": "协议书（盖章扫描件）.pdf", "figures": made.text_digest[:8]}
    travel.pass_minutes(30)
    sealing.seal_for_department(content=_SCAN, by=office.officer, at=clock.now(), **scan)
    travel.pass_minutes(30)
    sealing.seal_for_authority(content=_SCAN + b"%2\n", compared=True, by=banner.authority_leader, at=clock.now(), **scan)


def _sign_for_department(notes: Notes, travel: TimeTravel, office: Office) -> UUID:
    made = _draft_agreement(office)
    travel.pass_minutes(30)
    agreements.sign_for_department(
        agreement_id=made.id, by=office.officer, at=clock.now(), **credentials(notes, office.officer)
    )
    return made.id


def _draft_agreement(office: Office) -> AgreementRef:
    day = clock.now().astimezone(BEIJING).date()
    # Three years; one of them runs out within the month in which the demo is looked at.
    days = 82 if office.key == ENDING else 3 * 365
    draft = Draft(
        role="both", scope="本部门目录内的全部资源及履职所需的其他部门资源",
        purposes=["decision", "reference", "verification", "joint_handling"], modes=["table", "api", "file"], contact="信息股",
        telephone="0477-0000000", valid_from=day, valid_until=day + timedelta(days=days),
    )  # fmt: skip
    return agreements.draft_agreement(department_id=office.department.id, draft=draft, by=office.clerk, at=clock.now())


def _code(number: int) -> str:
    return complete_credit_code(f"11150626YY{number:06d}")
