"""Art. 8: a new project's catalogue is pre-compiled before approval is sought; its interface stands before acceptance.

政务部门应按照《数字乌审建设项目管理办法》要求，在新建信息化项目立项申请前预编项目信息资源目录，作为项目审批的要件。
项目建设期间为公共信息平台预留接口，作为项目验收要件。
"""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.errors import Shortfalls
from gongxiang.platform.projects import actions, queries, states
from gongxiang.platform.projects.errors import CertificateMissing, CheckOpen, HitUnanswered
from tests.factories import projects as make
from tests.factories.catalogue import bring_to, make_published
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import Banner, make_banner

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:8")]


@pytest.fixture
def banner() -> Banner:
    return make_banner()


def state_of(project_id, banner: Banner) -> str:
    return queries.get_project(project_id, actor=banner.authority_officer).status


class TestBeforeApproval:
    """在新建信息化项目立项申请前预编项目信息资源目录，作为项目审批的要件."""

    @pytest.mark.parametrize("status", [states.REGISTERED, states.PRECOMPILING, states.PRESENTED, states.IN_REVIEW])
    def test_without_the_certificate_no_approval_is_recorded(self, banner, status):
        project = make.make_project_at(status, banner=banner)
        with pytest.raises(CertificateMissing) as refused:
            actions.start_building(
                project_id=project.id, approval_number="乌发改审批〔2026〕118号", approved_on=queries.beijing_day(banner.at),
                by=banner.provider.clerk, at=banner.at,
            )  # fmt: skip
        assert refused.value.articles == ("wushen-2021-60:8",)
        assert state_of(project.id, banner) == status

    def test_the_department_compiles_its_officer_consents_the_authority_passes(self, banner):
        office, at = banner.provider, banner.at
        project = actions.register_project(fields=make.project_fields(), by=office.clerk, at=at)
        assert project.number == "XM-2026-0001"
        make.add(project.id, make.planned_entry(), office=office, at=at)
        actions.present_catalogue(project_id=project.id, by=office.clerk, at=at)
        actions.consent_to_catalogue(project_id=project.id, by=office.officer, at=at)
        submitted = actions.submit_catalogue(project_id=project.id, by=office.clerk, at=at)
        # The authority's period is our choice, and says so: five working days beside article 8.
        assert (submitted.turn, submitted.due_rule) == ("authority", "project_review=5@2021-10-12")
        assert submitted.due_at == at.replace(hour=16, minute=0) + timedelta(days=7)
        passed = actions.pass_catalogue(project_id=project.id, by=banner.authority_officer, at=at)
        assert (passed.status, passed.version, passed.due_at) == (states.PASSED, 1, None)
        kinds = [one.kind for one in evidence.trail_of(f"project:{project.id}", by=banner.auditor)]
        assert [kind for kind in kinds if kind.startswith("project:")] == [
            "project:registered", "project:catalogue_begun", "project:entry_added", "project:presented", "project:consented",
            "project:submitted", "project:passed", "project:certificate_issued",
        ]  # fmt: skip

    def test_what_passes_gets_a_certificate_that_anybody_can_verify(self, banner):
        project = make.make_project_at(states.PASSED, banner=banner)
        (certificate,) = queries.certificates_of(project.id)
        assert certificate.number.endswith("号")
        public = documents.resolve(certificate.verification_code)
        assert (public.number, public.status) == (certificate.number, "VALID")
        file = documents.content(certificate.document_id, "pdf", actor=banner.provider.clerk)
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(file.content)).pages)
        for said in (project.number, certificate.number, "救助家庭走访记录", "第八条", "下列项目", "作为项目审批的要件"):
            assert said in "".join(text.split())

    def test_with_the_certificate_the_approval_is_recorded_and_building_begins(self, banner):
        project = make.make_project_at(states.BUILDING, banner=banner)
        assert (project.status, project.approval_number) == (states.BUILDING, "乌发改审批〔2026〕118号")

    @pytest.mark.article("wushen-2021-60:22.5", "cn-809:19")
    def test_what_the_platform_has_is_not_collected_again_without_an_answer(self, banner):
        office, at = banner.consumer, banner.at
        have = make_published(banner=banner, content=conditional_content(), at=at - timedelta(hours=1))
        project = actions.register_project(fields=make.project_fields(), by=office.clerk, at=at)
        planned = make.planned_entry("困难群众登记", "姓名", "身份证号", "家庭情况")
        entry = make.add(project.id, planned, office=office, at=at)
        (hit,) = queries.hits_of(project.id)
        assert (hit.found.target_id, hit.found.owner) == (have.id, "乌审旗民政局")
        assert dict(hit.found.elements) == {"姓名": "姓名", "身份证号": "公民身份号码"}
        with pytest.raises(Shortfalls) as refused:
            actions.present_catalogue(project_id=project.id, by=office.clerk, at=at)
        (point,) = refused.value.shortfalls
        assert isinstance(point, HitUnanswered)
        assert point.articles == ("wushen-2021-60:22.5", "cn-809:19.1")
        actions.answer_hit(
            project_id=project.id, entry_id=entry, target_kind=hit.found.target_kind, target_id=hit.found.target_id,
            answer="REUSE", by=office.clerk, at=at,
        )  # fmt: skip
        assert actions.present_catalogue(project_id=project.id, by=office.clerk, at=at).status == states.PRESENTED

    def test_a_material_change_lets_the_certificate_fall(self, banner):
        office, at = banner.provider, banner.at
        project = make.make_project_at(states.PASSED, banner=banner)
        (before,) = queries.certificates_of(project.id)
        actions.revise_catalogue(project_id=project.id, by=office.clerk, at=at)
        make.add(project.id, make.planned_entry("救助资金发放记录", "发放编号", "发放金额"), office=office, at=at)
        actions.present_catalogue(project_id=project.id, by=office.clerk, at=at)
        assert queries.certified(project.id), "until it is consented to, nothing has changed"
        actions.consent_to_catalogue(project_id=project.id, by=office.officer, at=at)
        assert not queries.certified(project.id)
        assert documents.resolve(before.verification_code).status == "WITHDRAWN"
        (change,) = queries.changes_since_passed(project.id)
        assert (change.name, change.before, change.material) == ("救助资金发放记录", None, True)
        actions.submit_catalogue(project_id=project.id, by=office.clerk, at=at)
        actions.pass_catalogue(project_id=project.id, by=banner.authority_officer, at=at)
        assert queries.certified(project.id)
        assert [one.number for one in queries.versions_of(project.id)] == [2, 1]

    def test_another_wording_is_a_new_version_under_the_same_certificate(self, banner):
        office, at = banner.provider, banner.at
        project = make.make_project_at(states.BUILDING, banner=banner)
        actions.revise_catalogue(project_id=project.id, by=office.clerk, at=at)
        (entry,) = queries.entries_of(project.id)
        make.add(project.id, make.planned_entry(summary="入户走访记录。"), office=office, at=at, entry_id=entry.id)
        actions.present_catalogue(project_id=project.id, by=office.clerk, at=at)
        amended = actions.consent_to_catalogue(project_id=project.id, by=office.officer, at=at)
        assert (amended.status, amended.version) == (states.BUILDING, 2)
        assert queries.certified(project.id)
        (change,) = queries.compare_versions(project.id, 1, 2)
        assert [one.field for one in change.differences] == ["summary"]


class TestBeforeAcceptance:
    """项目建设期间为公共信息平台预留接口，作为项目验收要件."""

    def test_every_point_of_the_interface_check_has_to_pass(self, banner):
        project = make.make_project_at(states.ACCEPTANCE_REQUESTED, banner=banner)
        items = [check.item for check in queries.checks_of(project.id, on=queries.beijing_day(banner.at))]
        assert len(items) == 5
        make.pass_all_checks(project.id, banner=banner, at=banner.at)
        actions.record_check(
            project_id=project.id, item=items[0], passed=False, reference="复测记录 2", by=make.operator_of(banner),
            at=banner.at + timedelta(minutes=1),
        )  # fmt: skip
        with pytest.raises(Shortfalls) as refused:
            actions.accept_project(project_id=project.id, by=banner.authority_officer, at=banner.at + timedelta(minutes=2))
        assert [type(one) for one in refused.value.shortfalls] == [CheckOpen]
        assert state_of(project.id, banner) == states.ACCEPTANCE_REQUESTED
        assert queries.entries_of(project.id)[0].resource_id is None

    def test_acceptance_gives_the_certificate_and_the_pre_catalogue_becomes_catalogue(self, banner):
        project = make.make_project_at(
            states.ACCEPTED,
            banner=banner,
            entries=(make.planned_entry(), make.planned_entry("救助资金发放", "发放编号", "金额")),
        )
        kinds = [one.kind for one in queries.certificates_of(project.id)]
        assert kinds == ["ACCEPTANCE", "APPROVAL"]
        entries = queries.entries_of(project.id)
        drafts = [catalogue.get_draft(entry.resource_id, actor=banner.provider.clerk) for entry in entries]
        assert [(draft.name, draft.status) for draft in drafts] == [("救助家庭走访记录", "DRAFT"), ("救助资金发放", "DRAFT")]
        assert [element.name for element in drafts[1].content.elements] == ["发放编号", "金额"]
        # The source project stands in the entry's own trail.
        trail = evidence.trail_of(f"resource:{drafts[0].id}", by=banner.auditor)
        assert f"project:{project.id}" in trail[0].trail
        assert queries.publication_of(project).published == 0
        assert project.publish_rule == "project_publication=20@2021-10-12"

    def test_who_planned_an_entry_does_not_review_it_and_publication_is_counted(self, banner):
        office = banner.provider
        project = make.make_project_at(states.ACCEPTED, banner=banner)
        (entry,) = queries.entries_of(project.id)
        draft = catalogue.get_draft(entry.resource_id)
        assert office.clerk.id in draft.drafters
        from gongxiang.platform.catalogue import actions as entries

        content = complete_content("救助家庭走访记录")
        entries.save_draft(resource_id=draft.id, content=content, seen=draft.revision, by=office.clerk, at=banner.at)
        bring_to("PUBLISHED", banner=banner, resource_id=draft.id, at=banner.at + timedelta(hours=1))
        done = queries.publication_of(project)
        assert (done.published, done.total) == (1, 1)
        assert queries.unpublished(office.clerk) == ()

    def test_a_fallen_certificate_stands_in_the_way_of_acceptance(self, banner):
        office, at = banner.provider, banner.at
        project = make.make_project_at(states.BUILDING, banner=banner)
        actions.revise_catalogue(project_id=project.id, by=office.clerk, at=at)
        make.add(project.id, make.planned_entry("新增采集项", "指纹"), office=office, at=at)
        actions.present_catalogue(project_id=project.id, by=office.clerk, at=at)
        actions.consent_to_catalogue(project_id=project.id, by=office.officer, at=at)
        actions.submit_catalogue(project_id=project.id, by=office.clerk, at=at)
        assert actions.pass_catalogue(project_id=project.id, by=banner.authority_officer, at=at).status == states.BUILDING
        assert queries.certified(project.id)
