"""Art. 25: a department reports its accountable officer and responsible unit, keeps its systems, compiles, shares and uses."""

from datetime import timedelta

import pytest

from gongxiang.platform.agreements import actions as agreements
from gongxiang.platform.agreements.errors import OfficerNotOnFile
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.parties import actions, queries
from gongxiang.platform.web.parties.todos import todos
from tests.factories.parties import Banner, make_agreement, make_banner, make_office, make_person, signing

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:25")]


@pytest.fixture
def banner() -> Banner:
    return make_banner(agreements=False)


def test_the_report_is_filed_and_its_history_stays(banner: Banner) -> None:
    at = banner.at
    office = make_office("乌审旗教育体育局", at=at, filed=False)
    assert [one.basis for one in todos(office.clerk, at)] == [("wushen-2021-60:25",)]
    reported = actions.report_officer(
        department_id=office.id, officer_id=office.officer.id, unit="信息股", unit_contact="张三", by=office.clerk, at=at
    )
    assert todos(office.clerk, at) == []
    assert queries.officer_of(office.id) is None
    assert len(todos(banner.authority_officer, at)) == 1
    actions.file_officer(filing_id=reported.id, by=banner.authority_officer, at=at + timedelta(hours=1))
    assert queries.officer_of(office.id).id == office.officer.id
    # Somebody else takes over: reported and filed anew, the row before stays with its dates.
    successor = make_person(office.department, Role.ACCOUNTABLE_OFFICER, at=at)
    second = actions.report_officer(
        department_id=office.id,
        officer_id=successor.id,
        unit="信息中心",
        unit_contact="李四",
        by=office.clerk,
        at=at + timedelta(days=9),
    )
    actions.file_officer(filing_id=second.id, by=banner.authority_officer, at=at + timedelta(days=10))
    assert [(one.officer_id, one.status) for one in queries.filings(office.id)] == [
        (successor.id, "FILED"), (office.officer.id, "SUPERSEDED"),
    ]  # fmt: skip
    assert queries.filings(office.id)[1].filed_at == at + timedelta(hours=1)
    kinds = [one.kind for one in evidence.trail_of(f"department:{office.id}", by=banner.auditor) if "filing" in one.kind]
    assert kinds == ["officer_filing:reported", "officer_filing:filed", "officer_filing:reported", "officer_filing:filed"]


def test_who_is_not_on_file_signs_nothing_for_the_department(banner: Banner) -> None:
    office = make_office("乌审旗教育体育局", at=banner.at, filed=False)
    made = make_agreement(office, status="DRAFTED", at=banner.at)
    with pytest.raises(OfficerNotOnFile) as refused:
        agreements.sign_for_department(
            agreement_id=made.id, by=office.officer, at=banner.at, **signing(office.officer, banner.at)
        )
    assert refused.value.articles == ("wushen-2021-60:25",)


def test_systems_and_matters_stand_in_the_departments_register(banner: Banner) -> None:
    office, at = banner.provider, banner.at
    system = actions.register_system(
        department_id=office.id, name="社会救助系统", tier="regional", network="extranet", by=office.node_operator, at=at
    )
    matter = actions.register_matter(
        department_id=office.id, name="特困人员认定", code="MZ-1", systems=[system.id], by=office.clerk, at=at
    )
    assert queries.systems(office.id) == [system]
    assert queries.matters(office.id) == [matter]
