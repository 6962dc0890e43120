"""The register of departments, officers on file (art. 25), heads (art. 26), systems and matters."""

from datetime import timedelta

import pytest

from gongxiang.platform.evidence import queries as trail
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import NotFound, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties import actions, errors, queries
from gongxiang.platform.parties.models import DepartmentKind
from tests.factories.parties import AT, Banner, make_banner, make_credit_code, make_department, make_person, make_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    return make_banner(agreements=False)


def test_a_department_is_registered_once() -> None:
    made = make_department("乌审旗水利局")
    assert made.status == "ACTIVE"
    assert queries.department_ref(made.id) == made
    assert queries.all_departments(search="水利") == [made]
    values = {
        "name": "乌审旗水利局",
        "short_name": "",
        "credit_code": made.credit_code,
        "by": make_site().system_admin,
        "at": AT,
    }
    with pytest.raises(Shortfalls) as refused:
        actions.register_department(**values)
    assert [type(one) for one in refused.value.shortfalls] == [errors.FieldMissing, errors.NameTaken, errors.CreditCodeTaken]


@pytest.mark.article("wushen-2021-60:2.2")
@pytest.mark.parametrize("kind", DepartmentKind.values)
def test_departments_and_bodies_that_law_authorises_stand_in_the_register(kind: str) -> None:
    """政府部门和法律法规授权具有行政职能的事业单位和社会组织: each with its code and kind, in the register and its evidence."""
    code, by = make_credit_code(), make_site().system_admin
    values = {"name": "乌审旗某单位", "short_name": "某单位", "credit_code": code, "by": by, "at": AT}
    made = actions.register_department(**values, kind=kind)
    assert (made.kind, made.credit_code) == (kind, code)
    (record,) = trail.trail_of(f"department:{made.id}", by=by)
    assert (record.kind, record.after["kind"]) == ("department:registered", kind)


@pytest.mark.parametrize("duty", ["is_authority", "is_audit_office", "is_operator"])
def test_a_duty_belongs_to_one_department(banner: Banner, duty: str) -> None:
    with pytest.raises(errors.DutyTaken) as refused:
        make_department("乌审旗另一局", **{duty: True})
    assert refused.value.field == duty


def test_there_is_no_authority_before_it_is_registered() -> None:
    with pytest.raises(NotFound):
        queries.authority()
    made = make_department("乌审旗政务服务局", is_authority=True)
    assert queries.authority() == made


def test_credit_codes_are_checked() -> None:
    with pytest.raises(errors.CreditCodeWrong):
        actions.register_department(
            name="某局", short_name="某", credit_code=make_credit_code()[:-1] + "?", by=make_site().system_admin, at=AT
        )


def test_officers_on_file_have_a_history(banner: Banner) -> None:
    office = banner.provider
    second = make_person(office.department, Role.ACCOUNTABLE_OFFICER)
    values = {"department_id": office.id, "unit": "信息中心", "unit_contact": "赵六", "by": office.clerk}
    with pytest.raises(errors.OfficerLacksRole):
        actions.report_officer(**values, officer_id=office.reviewer.id, at=AT)
    with pytest.raises(errors.OfficerLacksRole):
        actions.report_officer(**values, officer_id=banner.consumer.officer.id, at=AT)
    with pytest.raises(Shortfalls):
        actions.report_officer(**{**values, "unit": "", "unit_contact": ""}, officer_id=second.id, at=AT)
    mistaken = actions.report_officer(**values, officer_id=second.id, at=AT)
    right = actions.report_officer(**values, officer_id=second.id, at=AT + timedelta(minutes=1))
    assert queries.officer_of(office.id).id == office.officer.id
    with pytest.raises(WrongState):
        actions.file_officer(filing_id=mistaken.id, by=banner.authority_officer, at=AT)
    actions.file_officer(filing_id=right.id, by=banner.authority_officer, at=AT + timedelta(minutes=2))
    assert queries.officer_of(office.id).id == second.id
    assert [one.status for one in queries.filings(office.id)] == ["FILED", "SUPERSEDED", "SUPERSEDED"]
    assert queries.filings(status="REPORTED") == []


def test_nobody_on_file_is_nobody() -> None:
    assert queries.officer_of(make_department().id) is None


def test_only_the_authority_files(banner: Banner) -> None:
    filing = actions.report_officer(
        department_id=banner.provider.id, officer_id=banner.provider.officer.id, unit="股", unit_contact="张",
        by=banner.provider.clerk, at=AT,
    )  # fmt: skip
    for by in (banner.provider.officer, banner.site.system_admin, banner.authority_leader):
        with pytest.raises(errors.NotPermitted):
            actions.file_officer(filing_id=filing.id, by=by, at=AT)


def test_systems_and_matters(banner: Banner) -> None:
    clerk, office = banner.provider.clerk, banner.provider
    values = {"department_id": office.id, "tier": "national", "network": "dedicated", "by": clerk, "at": AT}
    system = actions.register_system(name="婚姻登记系统", **values)
    assert queries.systems(office.id, search="婚姻") == [system]
    with pytest.raises(errors.NameTaken):
        actions.register_system(name="婚姻登记系统", **values)
    with pytest.raises(errors.FieldMissing):
        actions.register_system(name="", **values)
    matter = actions.register_matter(
        department_id=office.id, name="结婚登记", code="HY-1", systems=[system.id], by=clerk, at=AT
    )
    assert queries.matters(search="HY") == [matter]
    assert queries.matter_ref(matter.id).systems == (system.id,)
    foreign = actions.register_system(
        department_id=banner.consumer.id, name="登记", tier="own", network="extranet", by=banner.consumer.clerk, at=AT
    )
    for refusal, changes in (
        (errors.NameTaken, {}), (NotFound, {"code": "HY-2", "systems": [foreign.id]}), (Shortfalls, {"code": "", "name": ""}),
    ):  # fmt: skip
        with pytest.raises(refusal):
            actions.register_matter(
                **{"department_id": office.id, "name": "x", "code": "HY-1", "by": clerk, "at": AT, **changes}
            )
    for end, key in ((actions.end_system, {"system_id": system.id}), (actions.end_matter, {"matter_id": matter.id})):
        with pytest.raises(errors.NotYourDepartment):
            end(**key, by=banner.consumer.clerk, at=AT)
        assert end(**key, by=clerk, at=AT).ended_at == AT
        with pytest.raises(NotFound):
            end(**key, by=clerk, at=AT)


def test_the_head_is_named_by_the_department_or_the_authority(banner: Banner) -> None:
    values = {"department_id": banner.provider.id, "post": "局长", "at": AT}
    assert actions.set_head(name="王局长", by=banner.provider.clerk, **values).head_name == "王局长"
    assert actions.set_head(name="李局长", by=banner.authority_officer, **values).head_name == "李局长"
    with pytest.raises(errors.FieldMissing):
        actions.set_head(name=" ", by=banner.provider.clerk, **values)
    with pytest.raises(errors.NotYourDepartment):
        actions.set_head(name="x", by=banner.consumer.officer, **values)


def test_unknown_ids_are_not_found(banner: Banner) -> None:
    for get in (queries.department_ref, queries.person_ref, queries.system_ref, queries.matter_ref, queries.actor_of):
        with pytest.raises(NotFound):
            get("no-id")
