"""What is refused: the wrong person, the wrong moment, hostile input; and two at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from gongxiang.platform.documents.models import Document
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties import actions as parties
from gongxiang.platform.parties import queries as people
from gongxiang.platform.projects import actions, errors, policies, queries, states
from gongxiang.platform.projects.models import Certificate, Project
from tests.factories import projects as make
from tests.factories.catalogue import make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, make_banner, make_person


@pytest.fixture
def banner(db: None) -> Banner:
    return make_banner()


def fields_of(refused: pytest.ExceptionInfo[Shortfalls]) -> dict[str, str]:
    return {one.field: type(one).__name__ for one in refused.value.shortfalls}


class TestRegister:
    @pytest.mark.parametrize(
        ("changes", "field", "refusal"),
        [
            ({"name": " "}, "name", "FieldMissing"),
            ({"name": "长" * 201}, "name", "TooLong"),
            ({"approving_body": ""}, "approving_body", "FieldMissing"),
            ({"contact": ""}, "contact", "FieldMissing"),
            ({"kind": "SECRET"}, "kind", "FieldUnknown"),
            ({"tier": "lunar"}, "tier", "FieldUnknown"),
            ({"planned_start": None}, "planned_start", "FieldMissing"),
            ({"planned_end": date(2026, 1, 1)}, "planned_end", "DatesReversed"),
            ({"purpose": "x" * 10_000_000}, "purpose", "TooLong"),
        ],
    )
    def test_a_wrong_entry_says_where(self, banner, changes, field, refusal):
        with pytest.raises(Shortfalls) as refused:
            actions.register_project(fields=make.project_fields(**changes), by=banner.provider.clerk, at=banner.at)
        assert fields_of(refused) == {field: refusal}
        assert not Project.objects.exists()

    def test_a_system_of_another_department_is_not_taken(self, banner):
        office = banner.consumer
        system = parties.register_system(
            department_id=office.id, name="系统", tier="own", network="extranet", hosting="", by=office.clerk, at=banner.at
        )
        with pytest.raises(Shortfalls) as refused:
            actions.register_project(fields=make.project_fields(systems=(system.id,)), by=banner.provider.clerk, at=banner.at)
        assert fields_of(refused) == {"systems": "SystemOfOthers"}

    def test_numbers_are_gapless_and_names_taken_once(self, banner):
        first = actions.register_project(fields=make.project_fields(), by=banner.provider.clerk, at=banner.at)
        with pytest.raises(Shortfalls):
            actions.register_project(fields=make.project_fields(), by=banner.provider.clerk, at=banner.at)
        other = actions.register_project(fields=make.project_fields(), by=banner.consumer.clerk, at=banner.at)
        assert [first.number, other.number] == ["XM-2026-0001", "XM-2026-0002"]

    def test_nobody_writes_over_anothers_work(self, banner):
        project = make.make_project_at(states.REGISTERED, banner=banner)
        changed = make.project_fields("改名一")
        actions.save_project(project_id=project.id, fields=changed, seen=1, by=banner.provider.clerk, at=banner.at)
        with pytest.raises(errors.ChangedMeanwhile):
            actions.save_project(
                project_id=project.id, fields=make.project_fields("改名二"), seen=1, by=banner.provider.reviewer, at=banner.at
            )
        assert queries.get_project(project.id, actor=banner.auditor).name == "改名一"

    def test_contact_data_stay_out_of_the_evidence(self, banner):
        from gongxiang.platform.evidence.models import EvidenceRecord

        project = make.make_project_at(states.REGISTERED, banner=banner)
        fields = replace(make.project_fields(), contact="王某某", telephone="13900000000")
        actions.save_project(project_id=project.id, fields=fields, seen=1, by=banner.provider.clerk, at=banner.at)
        for record in EvidenceRecord.objects.filter(subject_type="project"):
            assert "13900000000" not in f"{record.before}{record.after}{record.detail}"
            assert "王某某" not in f"{record.before}{record.after}{record.detail}"


class TestCatalogue:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": ""}, "name"), ({"summary": "长" * 2501}, "summary"), ({"sharing_type": "SECRET"}, "sharing_type"),
            ({"source_kind": "'; DROP TABLE"}, "source_kind"), ({"update_cycle": "NEVER"}, "update_cycle"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_kept_is_refused_at_its_field(self, banner, changes, field):
        project = make.make_project_at(states.REGISTERED, banner=banner)
        with pytest.raises(Shortfalls) as refused, transaction.atomic():
            make.add(project.id, make.planned_entry(**changes), office=banner.provider, at=banner.at)
        assert field in fields_of(refused)

    def test_too_many_elements_twins_and_unknown_types(self, banner):
        project = make.make_project_at(states.REGISTERED, banner=banner)
        many = make.planned_entry("多", *[f"项{n}" for n in range(501)])
        twins = make.planned_entry("重", "姓名", "姓　名")
        for planned in (many, twins):
            with pytest.raises(Shortfalls) as refused, transaction.atomic():
                make.add(project.id, planned, office=banner.provider, at=banner.at)
            assert "elements" in fields_of(refused)

    def test_everything_missing_comes_at_once(self, banner):
        project = make.make_project_at(states.REGISTERED, banner=banner)
        empty = make.planned_entry("空", summary="", collects="", elements=(), sharing_type="CONDITIONAL")
        make.add(project.id, empty, office=banner.provider, at=banner.at)
        with pytest.raises(Shortfalls) as refused:
            actions.present_catalogue(project_id=project.id, by=banner.provider.clerk, at=banner.at)
        (point,) = refused.value.shortfalls
        assert point.values["name"] == "空"
        assert policies.missing_in(empty) == ("summary", "elements", "collects", "sharing_reason")

    def test_two_people_compiling_do_not_overwrite_each_other(self, banner):
        project = make.make_project_at(states.PRECOMPILING, banner=banner)
        seen = queries.get_project(project.id, actor=banner.provider.clerk).catalogue_revision
        one, other = make.planned_entry("甲", "甲一"), make.planned_entry("乙", "乙一")
        actions.save_entry(project_id=project.id, planned=one, seen=seen, by=banner.provider.clerk, at=banner.at)
        with pytest.raises(errors.ChangedMeanwhile):
            actions.save_entry(project_id=project.id, planned=other, seen=seen, by=banner.provider.reviewer, at=banner.at)

    def test_an_entry_of_another_project_cannot_be_changed(self, banner):
        mine = make.make_project_at(states.PRECOMPILING, banner=banner)
        theirs = make.make_project_at(states.PRECOMPILING, banner=banner, office=banner.consumer)
        (entry,) = queries.entries_of(theirs.id)
        with pytest.raises(errors.ProjectNotFound):
            make.add(mine.id, make.planned_entry("改"), office=banner.provider, at=banner.at, entry_id=entry.id)

    def test_whoever_compiled_it_does_not_consent(self, banner):
        both = make_person(banner.provider.department, Role.CLERK, Role.ACCOUNTABLE_OFFICER)
        project = make.make_project_at(states.REGISTERED, banner=banner)
        actions.save_entry(project_id=project.id, planned=make.planned_entry(), seen=0, by=both, at=banner.at)
        actions.present_catalogue(project_id=project.id, by=banner.provider.clerk, at=banner.at)
        with pytest.raises(errors.SamePerson):
            actions.consent_to_catalogue(project_id=project.id, by=both, at=banner.at)

    def test_the_authoritys_officer_does_not_pass_the_own_work(self, banner):
        at, site = banner.at, banner.site
        parties.grant_role(person_id=banner.authority_officer.id, role=Role.CLERK, by=site.security_admin, at=at)
        both = people.actor_of(banner.authority_officer.id, at)
        officer = make_person(banner.authority, Role.ACCOUNTABLE_OFFICER)
        project = actions.register_project(fields=make.project_fields(), by=both, at=at)
        actions.save_entry(project_id=project.id, planned=make.planned_entry(), seen=0, by=both, at=at)
        actions.present_catalogue(project_id=project.id, by=both, at=at)
        actions.consent_to_catalogue(project_id=project.id, by=officer, at=at)
        actions.submit_catalogue(project_id=project.id, by=both, at=at)
        with pytest.raises(errors.SamePerson):
            actions.pass_catalogue(project_id=project.id, by=both, at=at)

    def test_a_new_collection_needs_a_reason_and_a_hit_that_is_there(self, banner):
        make_published(banner=banner, content=conditional_content(), at=banner.at - timedelta(hours=1))
        office = banner.consumer
        project = actions.register_project(fields=make.project_fields(), by=office.clerk, at=banner.at)
        entry = make.add(project.id, make.planned_entry("登记", "姓名", "手机号"), office=office, at=banner.at)
        (hit,) = queries.hits_of(project.id)
        key = {
            "project_id": project.id, "entry_id": entry, "target_kind": hit.found.target_kind, "by": office.clerk,
            "at": banner.at,
        }  # fmt: skip
        with pytest.raises(errors.AnswerReasonMissing):
            actions.answer_hit(target_id=hit.found.target_id, answer="JUSTIFIED", reason=" ", **key)
        with pytest.raises(errors.FieldUnknown):
            actions.answer_hit(target_id=hit.found.target_id, answer="WHATEVER", **key)
        with pytest.raises(Refusal):
            actions.answer_hit(target_id=project.id, answer="REUSE", **key)

    def test_other_projects_are_seen_once_they_have_passed(self, banner):
        office, at = banner.provider, banner.at
        theirs = make.make_project_at(
            states.IN_REVIEW, banner=banner, entries=(make.planned_entry("走访", "走访编号", "结论"),)
        )
        mine = make.make_project_at(
            states.PRECOMPILING,
            banner=banner,
            office=banner.consumer,
            entries=(make.planned_entry("访问", "走访编号", "结论"),),
        )
        assert queries.hits_of(mine.id) == ()
        actions.pass_catalogue(project_id=theirs.id, by=banner.authority_officer, at=at)
        (hit,) = queries.hits_of(mine.id)
        assert (hit.found.target_kind, hit.found.project_id, hit.found.owner) == ("PLANNED", theirs.id, office.department.name)

    def test_what_has_passed_is_changed_only_by_a_revision(self, banner):
        project = make.make_project_at(states.PASSED, banner=banner)
        with pytest.raises(WrongState), transaction.atomic():
            make.add(project.id, make.planned_entry("新"), office=banner.provider, at=banner.at)
        actions.revise_catalogue(project_id=project.id, by=banner.provider.clerk, at=banner.at)
        with pytest.raises(errors.NothingChanged):
            actions.present_catalogue(project_id=project.id, by=banner.provider.clerk, at=banner.at)
        make.add(project.id, make.planned_entry("新", "新一"), office=banner.provider, at=banner.at)
        actions.discard_revision(project_id=project.id, by=banner.provider.clerk, at=banner.at)
        assert [one.planned.name for one in queries.entries_of(project.id)] == ["救助家庭走访记录"]
        assert queries.get_project(project.id, actor=banner.auditor).status == states.PASSED


class TestAcceptanceAndMoney:
    def test_a_result_names_its_record_and_a_known_point(self, banner):
        project = make.make_project_at(states.BUILDING, banner=banner)
        key = {"project_id": project.id, "passed": True, "by": make.operator_of(banner), "at": banner.at}
        with pytest.raises(Shortfalls):
            actions.record_check(item="node", reference=" ", **key)
        with pytest.raises(errors.UnknownCheckItem):
            actions.record_check(item="../etc/passwd", reference="记录", **key)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"planned_cents": -1}, "planned"),
            ({"actual_cents": 10**14}, "actual"),
            ({"year": 1999}, "year"),
            ({"source": "X"}, "source"),
        ],
    )
    def test_money_that_cannot_be(self, banner, changes, field):
        project = make.make_project_at(states.REGISTERED, banner=banner)
        figures = {"year": 2026, "source": "BUDGET", "planned_cents": 100, "actual_cents": None, **changes}
        with pytest.raises(Shortfalls) as refused:
            actions.note_cost(project_id=project.id, by=banner.provider.clerk, at=banner.at, **figures)
        assert list(fields_of(refused)) == [field]

    @pytest.mark.article("wushen-2021-60:28", "cn-809:38")
    def test_a_figure_supersedes_the_one_before_and_both_stay(self, banner):
        project = make.make_project_at(states.REGISTERED, banner=banner)
        for planned, actual in ((100_00, None), (120_00, 90_50), (120_00, 90_50)):
            actions.note_cost(
                project_id=project.id, year=2026, source="FIXED_ASSET", planned_cents=planned, actual_cents=actual,
                by=banner.provider.clerk, at=banner.at,
            )  # fmt: skip
        assert [(c.planned_cents, c.actual_cents) for c in queries.costs_of(project.id)] == [(120_00, 90_50)]
        assert len(queries.costs_of(project.id, history=True)) == 2
        (total,) = queries.totals_by_year(actor=banner.authority_officer)
        assert (total["planned"], total["actual"]) == (120_00, 90_50)
        assert queries.find_costs(actor=banner.consumer.clerk) == ()

    def test_cancelling_lets_the_certificate_fall(self, banner):
        project = make.make_project_at(states.PASSED, banner=banner)
        with pytest.raises(errors.ReasonMissing):
            actions.cancel_project(project_id=project.id, reason=" ", by=banner.provider.officer, at=banner.at)
        actions.cancel_project(project_id=project.id, reason="并入旗平台。", by=banner.provider.officer, at=banner.at)
        assert not queries.certified(project.id)
        with pytest.raises(WrongState):
            actions.cancel_project(project_id=project.id, reason="再次", by=banner.provider.officer, at=banner.at)

    def test_operation_and_maintenance_begins_without_a_catalogue(self, banner):
        fields = make.project_fields("运维", kind="OPERATION")
        project = make.make_project_at(states.REGISTERED, banner=banner, fields=fields)
        started = actions.start_building(
            project_id=project.id, approval_number="1号", approved_on=queries.beijing_day(banner.at), by=banner.provider.clerk,
            at=banner.at,
        )  # fmt: skip
        assert started.status == states.BUILDING


@pytest.mark.article("wushen-2021-60:22.5", "wushen-2021-60:5", "cn-809:19")
class TestForms:
    def test_items_that_the_platform_has_are_answered_each(self, banner):
        make_published(banner=banner, content=conditional_content(), at=banner.at - timedelta(hours=1))
        clerk = banner.consumer.clerk
        check = actions.check_form(
            title="补贴申请表", items=["申请人姓名", "身份证号", " 身份证号 ", "银行开户名"], by=clerk, at=banner.at
        )
        assert check.items == ("申请人姓名", "身份证号", "银行开户名")
        assert check.free == ("银行开户名",)
        with pytest.raises(Shortfalls) as refused:
            actions.answer_form_hits(check_id=check.id, answers={"申请人姓名": ("REUSE", "")}, by=clerk, at=banner.at)
        assert fields_of(refused) == {"answer-1": "FieldUnknown"}
        answers = {"申请人姓名": ("REUSE", ""), "身份证号": ("JUSTIFIED", "办理时须当面核验。")}
        done = actions.answer_form_hits(check_id=check.id, answers=answers, by=clerk, at=banner.at)
        assert done.answered_at is not None
        with pytest.raises(errors.NotYourProject):
            actions.answer_form_hits(check_id=check.id, answers=answers, by=banner.provider.clerk, at=banner.at)

    @pytest.mark.parametrize(
        ("title", "items"), [("", ["姓名"]), ("表", []), ("表", ["x" * 201]), ("表", [str(n) for n in range(201)])]
    )
    def test_no_form_at_all(self, banner, title, items):
        with pytest.raises(Shortfalls):
            actions.check_form(title=title, items=items, by=banner.consumer.clerk, at=banner.at)


def test_state_and_evidence_stand_or_fall_together(banner, monkeypatch):
    project = make.make_project_at(states.IN_REVIEW, banner=banner)

    def broken(**_: object) -> None:
        raise RuntimeError("the evidence cannot be written")

    monkeypatch.setattr(evidence, "record_act", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.pass_catalogue(project_id=project.id, by=banner.authority_officer, at=banner.at)
    assert queries.get_project(project.id, actor=banner.auditor).status == states.IN_REVIEW
    assert not Certificate.objects.exists()


@pytest.mark.slow
def test_two_reviewers_at_once_issue_one_certificate(site_database) -> None:
    banner = make_banner()
    project = make.make_project_at(states.IN_REVIEW, banner=banner)
    second = make_person(banner.authority, Role.AUTHORITY_OFFICER)
    together = Barrier(2)

    def review(person: object) -> str:
        together.wait(timeout=60)
        try:
            actions.pass_catalogue(project_id=project.id, by=person, at=banner.at)  # type: ignore[arg-type]
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "passed"

    with ThreadPoolExecutor(max_workers=2) as pool:
        results = sorted(pool.map(review, (banner.authority_officer, second)))
    assert results in (["WrongState", "passed"], ["ChangedMeanwhile", "passed"])
    assert Certificate.objects.count() == 1
    assert Document.objects.filter(kind="project_approval").count() == 1


def test_a_holiday_notice_moves_the_running_period(banner):
    from gongxiang.platform.projects import tasks

    project = make.make_project_at(states.IN_REVIEW, banner=banner)
    (running,) = queries.open_deadlines(banner.at)
    assert (running.subject, running.due_at) == (f"project:{project.id}", project.due_at)
    tasks.recount(banner.at)
    assert queries.open_deadlines(banner.at) == (running,)
