"""Accounts and roles: what each administrator may, what nobody may, and that act and evidence stand or fall together."""

from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError

from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Person, Role, System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties import actions, errors, queries
from tests.factories.parties import (
    AT,
    INSTALLER,
    Banner,
    credentials_of,
    make_banner,
    make_credit_code,
    make_person,
    make_site,
)

pytestmark = pytest.mark.django_db
ROLES = [
    "site.system_admin", "site.security_admin", "site.audit_admin", "authority_officer", "authority_leader", "auditor",
    "provider.clerk", "provider.reviewer", "provider.officer", "provider.node_operator",
]  # fmt: skip


@pytest.fixture
def banner() -> Banner:
    return make_banner(agreements=False)


def person_at(banner: Banner, name: str) -> Person:
    found = banner
    for part in name.split("."):
        found = getattr(found, part)
    return found


def last(subject: str) -> evidence.News:
    return evidence.trail_of(subject, by=System(name="test"))[-1]


def break_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on every write of evidence fails in the database."""
    from gongxiang.platform.evidence import models

    def save(self: object, **kwargs: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    monkeypatch.setattr(models.EvidenceRecord, "save", save)


OFFICE = {"provider.clerk", "provider.reviewer", "provider.officer"}
ACTS = {
    "create_account": ({"site.system_admin"}, lambda b, by: actions.create_account(
        department_id=b.provider.id, username="wang.wu", name="王五", by=by, at=b.at)),
    "grant_role": ({"site.security_admin"}, lambda b, by: actions.grant_role(
        person_id=b.provider.clerk.id, role=Role.REVIEWER, by=by, at=b.at)),
    "withdraw_role": ({"site.security_admin"}, lambda b, by: actions.withdraw_role(
        person_id=b.provider.clerk.id, role=Role.CLERK, by=by, at=b.at)),
    "lock_account": ({"site.system_admin"}, lambda b, by: actions.lock_account(
        person_id=b.consumer.clerk.id, reason="调离", by=by, at=b.at)),
    "close_account": ({"site.system_admin"}, lambda b, by: actions.close_account(
        person_id=b.consumer.clerk.id, reason="退休", by=by, at=b.at)),
    "reset_password": ({"site.system_admin"}, lambda b, by: actions.reset_password(
        person_id=b.consumer.clerk.id, by=by, at=b.at)),
    "reset_factor": ({"site.security_admin"}, lambda b, by: actions.reset_factor(
        person_id=b.consumer.clerk.id, by=by, at=b.at)),
    "register_department": ({"site.system_admin", "authority_officer"}, lambda b, by: actions.register_department(
        name="乌审旗水利局", short_name="水利", credit_code=make_credit_code(), by=by, at=b.at)),
    "set_head": ({"authority_officer", *OFFICE}, lambda b, by: actions.set_head(
        department_id=b.provider.id, name="王局长", post="局长", by=by, at=b.at)),
    "report_officer": (OFFICE, lambda b, by: actions.report_officer(
        department_id=b.provider.id, officer_id=b.provider.officer.id, unit="股", unit_contact="张", by=by, at=b.at)),
    "register_system": (
        {"provider.clerk", "provider.reviewer", "provider.officer", "provider.node_operator"},
        lambda b, by: actions.register_system(
            department_id=b.provider.id, name="系统", tier="own", network="extranet", by=by, at=b.at)),
    "register_matter": (
        {"provider.clerk", "provider.reviewer", "provider.officer", "provider.node_operator"},
        lambda b, by: actions.register_matter(department_id=b.provider.id, name="事项", code="1", by=by, at=b.at)),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_who_may_and_who_may_not(banner: Banner, act: str) -> None:
    allowed, call = ACTS[act]
    for name in [*ROLES, "consumer.clerk"]:
        by = person_at(banner, name)
        sid = transaction.savepoint()
        if name in allowed:
            call(banner, by)
        else:
            with pytest.raises(NotPermitted):
                call(banner, by)
        transaction.savepoint_rollback(sid)
    with pytest.raises(NotPermitted):
        call(banner, System(name="anything"))


@pytest.mark.parametrize("act", ACTS)
def test_without_evidence_nothing_is_done(banner: Banner, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed, call = ACTS[act]
    before = everything()
    break_evidence(monkeypatch)
    with pytest.raises(Exception, match="division by zero"):
        call(banner, person_at(banner, sorted(allowed)[0]))
    assert everything() == before


def everything() -> list[object]:
    with connection.cursor() as cursor:
        rows: list[object] = []
        for table in ("department", "person", "rolegrant", "officerfiling", "system", "matter", "signingkey", "recoverycode"):
            cursor.execute(f"SELECT * FROM parties_{table} ORDER BY id")
            rows += cursor.fetchall()
    return rows


def test_the_first_accounts_are_made_once_and_only_by_the_installer() -> None:
    site = make_site()
    assert site.operator.is_operator
    roles = [site.system_admin.roles, site.security_admin.roles, site.audit_admin.roles]
    assert roles == [{Role.SYSTEM_ADMIN}, {Role.SECURITY_ADMIN}, {Role.AUDIT_ADMIN}]
    values = {
        "operator_name": "另一个", "operator_short_name": "另", "operator_credit_code": make_credit_code(),
        "operator_is_authority": False, "administrators": {}, "at": AT,
    }  # fmt: skip
    with pytest.raises(errors.FoundedAlready):
        actions.found_site(**values, by=INSTALLER)
    with pytest.raises(NotPermitted):
        actions.found_site(**values, by=site.system_admin)


def test_an_empty_site_wants_three_different_administrators() -> None:
    values = {
        "operator_name": "大数据中心", "operator_short_name": "中心", "operator_credit_code": make_credit_code(),
        "operator_is_authority": True, "at": AT, "by": INSTALLER,
    }  # fmt: skip
    with pytest.raises(errors.FieldMissing):
        actions.found_site(**values, administrators={Role.SYSTEM_ADMIN: ("one", "一")})
    with pytest.raises(errors.UsernameTaken):
        actions.found_site(
            **values,
            administrators=dict.fromkeys((Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN), ("same", "同")),
        )


ADMINISTRATORS = [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN]


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", [*ADMINISTRATORS, Role.PLATFORM_OPERATOR, Role.CLERK])
def test_an_administrator_holds_no_other_role(first: Role, second: Role) -> None:
    site = make_site()
    person = make_person(site.operator, first)
    refusal = errors.RoleHeldAlready if first == second else errors.AdministratorsSeparated
    with pytest.raises(refusal):
        actions.grant_role(person_id=person.id, role=second, by=site.security_admin, at=AT)
    other = make_person(site.operator, Role.CLERK)
    with pytest.raises(errors.AdministratorsSeparated):
        actions.grant_role(person_id=other.id, role=first, by=site.security_admin, at=AT)


@pytest.mark.parametrize(
    "role", [Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER, Role.AUDITOR, Role.PLATFORM_OPERATOR, *ADMINISTRATORS]
)
def test_special_roles_belong_to_their_department(banner: Banner, role: Role) -> None:
    with pytest.raises(errors.RoleNotOfDepartment) as refused:
        actions.grant_role(person_id=banner.provider.clerk.id, role=role, by=banner.site.security_admin, at=AT)
    assert refused.value.field == "role"
    assert banner.provider.department.name in refused.value.message


@pytest.mark.parametrize(
    "act",
    [
        lambda a, b: actions.grant_role(person_id=a, role=Role.CLERK, by=b, at=AT),
        lambda a, b: actions.withdraw_role(person_id=a, role=Role.SECURITY_ADMIN, by=b, at=AT),
        lambda a, b: actions.reset_factor(person_id=a, by=b, at=AT),
    ],
    ids=["grant", "withdraw", "factor"],
)
def test_nobody_decides_on_their_own_account(act) -> None:
    admin = make_site().security_admin
    with pytest.raises(errors.NotYourOwnAccount):
        act(admin.id, admin)


def test_roles_have_a_history(banner: Banner) -> None:
    clerk, admin = banner.provider.clerk, banner.site.security_admin
    actions.withdraw_role(person_id=clerk.id, role=Role.CLERK, by=admin, at=banner.at)
    assert last(f"person:{clerk.id}").before == {"roles": ["clerk"]}
    with pytest.raises(errors.RoleNotHeld):
        actions.withdraw_role(person_id=clerk.id, role=Role.CLERK, by=admin, at=banner.at)
    actions.grant_role(person_id=clerk.id, role=Role.CLERK, by=admin, at=banner.at)
    assert queries.actor_of(clerk.id).roles == {Role.CLERK}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        pytest.param({"username": "Li.Si"}, {"username"}, id="capitals"),
        pytest.param({"username": "1li"}, {"username"}, id="begins with a digit"),
        pytest.param({"username": "li"}, {"username"}, id="too short"),
        pytest.param({"username": "sysadmin"}, {"username"}, id="in use"),
        pytest.param({"name": " "}, {"name"}, id="no name"),
        pytest.param({"username": "李四", "name": ""}, {"username", "name"}, id="both"),
    ],
)
def test_a_wrong_account_is_refused_field_by_field(banner: Banner, values: dict[str, str], wrong: set[str]) -> None:
    good = {"department_id": banner.provider.id, "username": "li.si", "name": "李四", "by": banner.site.system_admin, "at": AT}
    with pytest.raises(Refusal) as refused:
        actions.create_account(**{**good, **values})
    found = refused.value.shortfalls if isinstance(refused.value, Shortfalls) else (refused.value,)
    assert {one.field for one in found} == wrong
    ref, password = actions.create_account(**good)
    assert ref.must_change_password
    assert password not in str(vars(evidence.visible_to(System(name="t")).order_by("-id")[0]))


def test_locking_and_closing(banner: Banner) -> None:
    clerk, admin = banner.provider.clerk, banner.site.system_admin
    with pytest.raises(errors.FieldMissing):
        actions.lock_account(person_id=clerk.id, reason=" ", by=admin, at=AT)
    actions.lock_account(person_id=clerk.id, reason="调查", by=admin, at=AT)
    with pytest.raises(NotFound):
        queries.actor_of(clerk.id)
    with pytest.raises(WrongState):
        actions.lock_account(person_id=clerk.id, reason="再次", by=admin, at=AT)
    with pytest.raises(errors.PersonNotActive):
        actions.grant_role(person_id=clerk.id, role=Role.REVIEWER, by=banner.site.security_admin, at=AT)
    actions.unlock_account(person_id=clerk.id, reason="结束", by=admin, at=AT)
    actions.close_account(person_id=clerk.id, reason="退休", by=admin, at=AT)
    assert queries.person_ref(clerk.id).roles == frozenset()
    with pytest.raises(WrongState):
        actions.unlock_account(person_id=clerk.id, reason="返聘", by=admin, at=AT)


def test_a_status_cannot_be_set_beside_the_acts(banner: Banner) -> None:
    update = "UPDATE parties_person SET status = 'LOCKED' WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE"
    with connection.cursor() as cursor, pytest.raises((IntegrityError, InternalError), match="has no evidence"):
        cursor.execute(update.replace("%s", f"'{banner.provider.clerk.id}'"))


def test_a_deputy_holds_the_roles_for_the_time_and_no_longer(banner: Banner) -> None:
    officer, reviewer = banner.provider.officer, banner.provider.reviewer
    start, end = banner.at, banner.at + timedelta(days=3)
    row = actions.name_deputy(
        person_id=officer.id, deputy_id=reviewer.id, starts_at=start, ends_at=end, by=officer, at=banner.at
    )
    both = {Role.REVIEWER, Role.ACCOUNTABLE_OFFICER}
    assert queries.actor_of(reviewer.id, start).roles == both
    assert queries.actor_of(reviewer.id, end).roles == {Role.REVIEWER}
    assert queries.actor_of(reviewer.id, start - timedelta(seconds=1)).roles == {Role.REVIEWER}
    assert queries.deputies_of(officer.id, start)[0].deputy == reviewer.name
    actions.end_deputy(deputy_row_id=row, by=officer, at=start + timedelta(days=1))
    assert queries.actor_of(reviewer.id, start + timedelta(days=1)).roles == {Role.REVIEWER}
    with pytest.raises(NotFound):
        actions.end_deputy(deputy_row_id=row, by=officer, at=start + timedelta(days=2))


@pytest.mark.parametrize(
    ("person", "deputy", "by", "days", "refusal"),
    [
        pytest.param("provider.officer", "provider.officer", "provider.officer", 1, errors.DeputyRefused, id="oneself"),
        pytest.param(
            "provider.officer", "consumer.officer", "provider.officer", 1, errors.DeputyRefused, id="another department"
        ),
        pytest.param("provider.officer", "provider.clerk", "provider.officer", 0, errors.DeputyRefused, id="no time"),
        pytest.param("provider.officer", "provider.clerk", "provider.officer", -2, errors.DeputyRefused, id="time gone by"),
        pytest.param("provider.officer", "provider.clerk", "provider.clerk", 1, errors.DeputyRefused, id="named by oneself"),
        pytest.param(
            "provider.officer", "provider.clerk", "consumer.officer", 1, errors.NotYourDepartment, id="named from outside"
        ),
        pytest.param(
            "site.system_admin", "site.audit_admin", "site.system_admin", 1, NotPermitted, id="administrators have none"
        ),
        pytest.param("provider.clerk", "provider.reviewer", "provider.officer", 1, None, id="named by the officer"),
    ],
)
def test_who_can_be_named_deputy_by_whom(banner: Banner, person: str, deputy: str, by: str, days: int, refusal) -> None:
    def name() -> object:
        return actions.name_deputy(
            person_id=person_at(banner, person).id, deputy_id=person_at(banner, deputy).id, starts_at=banner.at,
            ends_at=banner.at + timedelta(days=days), by=person_at(banner, by), at=banner.at,
        )  # fmt: skip

    if refusal is None:
        assert name()
    else:
        with pytest.raises(refusal):
            name()


def test_a_forgotten_password_retires_the_signing_key(banner: Banner) -> None:
    officer = banner.provider.officer
    known = credentials_of(officer)
    signed = actions.sign_as_officer(data=b"x", password=known.password, code=known.code(banner.at), by=officer, at=banner.at)
    actions.reset_password(person_id=officer.id, by=banner.site.system_admin, at=banner.at)
    keys = queries.signing_keys(officer.id)
    assert [(key.public_key, key.retired_at) for key in keys] == [(signed.public_key, banner.at)]
    assert queries.person_ref(officer.id).must_change_password


@pytest.mark.parametrize(
    ("viewer", "sees"),
    [
        ("site.system_admin", True), ("site.audit_admin", True), ("authority_officer", True), ("auditor", True),
        ("provider.clerk", False), ("consumer.clerk", True),
    ],
)  # fmt: skip
def test_who_sees_the_people_of_a_department(banner: Banner, viewer: str, sees: bool) -> None:
    seen = queries.people(person_at(banner, viewer), department_id=banner.consumer.id)
    assert bool(seen) is sees
    assert queries.people(None) == []


def test_the_audit_administrator_reads_what_the_other_two_did(banner: Banner) -> None:
    log = queries.administration_log(banner.site.audit_admin)
    actors = set(log.values_list("actor_id", flat=True))
    assert actors == {str(banner.site.system_admin.id), str(banner.site.security_admin.id)}
