"""Article 22 and regulation 22, 25, 27, 29: whoever handles it answers for it; use is tracked from end to end and kept.

"坚持'谁经手、谁使用、谁管理、谁负责'……建立信息资源内部使用流程，对使用全过程跟踪管理"；"使用场景、使用过程、应用成效、存储情况、销毁情况等记录……保存不少于3年"。
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.delivery import actions as delivery
from gongxiang.platform.delivery import errors as delivery_errors
from gongxiang.platform.delivery import intake
from gongxiang.platform.delivery.models import Flow
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.documents.models import Document
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import (
    actions,
    destroying,
    disposing,
    drift,
    entered_use,
    errors,
    errors_use,
    handlers,
    inspections,
    paper,
    providing,
    queries,
    queries_use,
    questions,
    states_use,
    tasks,
    third_parties,
    use_records,
    use_reports,
)
from gongxiang.platform.grants.models import (
    DisposalDuty,
    Grant,
    Inspection,
    Provision,
    ThirdPartyConsent,
    UseQuestion,
    UseRecord,
    UseReport,
)
from gongxiang.platform.grants.permissions import DRIFT_FINDER, USE_NOTER
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties import actions as parties
from gongxiang.protocol import messages, signing
from gongxiang.protocol.disposal import TableDestroyed
from gongxiang.protocol.terms import Purpose
from tests.factories import catalogue as make
from tests.factories.parties import make_banner
from tests.factories.procedure import NODE_KEYS, make_grant, make_node
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:22.2", "cn-809:29.2")]

NOTER = System(name=USE_NOTER)
PARTS = {
    "scenario": "登记窗口核验经营者身份。", "process": "三名经办人逐笔核验并登记事项编号。", "effect": "减少申请材料一份。",
    "storage": "仅存于前置交换库。", "destruction": "期间未销毁，期满统一处置。",
}  # fmt: skip


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def grant_id(banner):
    return make_grant(banner=banner, resource_id=make.make_conditional(banner=banner).id)


def who(banner, name) -> Any:
    found: Any = banner
    for part in name.split("."):
        found = getattr(found, part)
    return found


EVERYBODY = [
    f"{side}.{role}" for side in ("provider", "consumer", "stranger")
    for role in ("clerk", "reviewer", "officer", "node_operator")
] + ["authority_officer", "authority_leader", "auditor", "site.security_admin"]  # fmt: skip
AUTHORITY = {"authority_officer", "authority_leader"}


def only(banner, may, act, check):
    """Each of those who may does it, and is undone; nobody else can."""
    for name in EVERYBODY:
        if name in may:
            point = transaction.savepoint()
            act(who(banner, name))
            check()
            transaction.savepoint_rollback(point)
        else:
            with pytest.raises((NotPermitted, NotFound)):
                act(who(banner, name))


def use(grant_id, *, at, channel="lookup", person="", matter="SJ-DJ-01/1", rows=1, elements=("name",), times=1):
    for _ in range(times):
        use_records.note_use(
            grant_id=grant_id, channel=channel, purposes=["verification"], person=person, matter=matter, rows=rows,
            elements=elements, by=NOTER, at=at,
        )  # fmt: skip


@pytest.mark.article("wushen-2021-60:22.1", "wushen-2021-60:14")
def test_only_named_handlers_get_a_ticket_and_each_names_the_matter(banner, grant_id):
    clerk, at = banner.consumer.clerk, banner.at + timedelta(hours=2)
    ask = {"grant_id": grant_id, "purpose": "verification", "at": at}
    with pytest.raises(errors_use.NotAHandler):
        delivery.ask_for_sample(matter="2026-1", by=clerk, **ask)
    name = {"grant_id": grant_id, "person_id": clerk.id, "duty": "登记核验", "at": at}
    only(banner, {"consumer.officer"}, lambda by: handlers.name_handler(by=by, **name), lambda: None)
    row = handlers.name_handler(by=banner.consumer.officer, **name)
    for matter in ("", "  ", "x" * 61, "a\x00b"):
        with pytest.raises(delivery_errors.MatterMissing):
            delivery.ask_for_sample(matter=matter, by=clerk, **ask)
    handlers.check_handler(clerk, grant_id, at)
    with pytest.raises(errors_use.HandlerNamedAlready):
        handlers.name_handler(by=banner.consumer.officer, **name)
    only(
        banner,
        {"consumer.officer"},
        lambda by: handlers.end_handler(handler_id=row.pk, reason="调岗", by=by, at=at),
        lambda: None,
    )
    handlers.end_handler(handler_id=row.pk, reason="调岗", by=banner.consumer.officer, at=at)
    with pytest.raises(errors_use.NotAHandler):
        handlers.check_handler(clerk, grant_id, at)
    assert [h.end_reason for h in queries_use.handlers_of(grant_id, actor=banner.provider.clerk)] == ["调岗"]
    with pytest.raises(NotFound):
        queries_use.handlers_of(grant_id, actor=banner.stranger.clerk)


@pytest.mark.article("wushen-2021-60:22.1")
def test_a_handler_is_of_the_department_for_a_period_and_goes_with_the_post(banner, grant_id):
    at, officer = banner.at + timedelta(hours=2), banner.consumer.officer
    name = {"grant_id": grant_id, "duty": "登记核验", "by": officer, "at": at}
    for person in (banner.provider.clerk.id, grant_id):
        with pytest.raises(errors_use.HandlerUnfit):
            handlers.name_handler(person_id=person, **name)
    for days in ({"from_on": date(2026, 11, 1)}, {"until_on": date(2026, 11, 1)}, {"until_on": date(9999, 12, 30)}):
        with pytest.raises(errors_use.HandlerPeriodUnfit):
            handlers.name_handler(person_id=officer.id, **name, **days)
    handlers.name_handler(person_id=officer.id, until_on=date(2026, 11, 10), **name)
    handlers.name_handler(person_id=banner.consumer.clerk.id, **name)
    assert handlers.end_leavers(at) == 0
    over = datetime(2026, 11, 11, tzinfo=UTC)
    with pytest.raises(errors_use.NotAHandler):
        handlers.check_handler(officer, grant_id, over)
    parties.close_account(person_id=banner.consumer.clerk.id, reason="调离", by=banner.site.system_admin, at=at)
    ended = [h.end_reason for h in queries_use.handlers_of(grant_id, actor=officer) if h.ended_at == at]
    assert ended == ["left"], "in the act that closes the account"
    assert handlers.end_leavers(over) == 1
    assert {h.end_reason for h in queries_use.handlers_of(grant_id, actor=officer)} == {"period_over", "left"}


def test_the_data_plane_writes_the_lines_and_the_database_keeps_them(banner, grant_id):
    at = banner.at + timedelta(hours=3)
    clerk = banner.consumer.clerk
    fact = messages.SampleShown(
        ticket_id=grant_id, person=str(clerk.id), resource_id=Grant.objects.get(pk=grant_id).resource_id, grant_id=grant_id,
        purpose="verification", elements=("name",), rows=10, at=at, matter="SJ-DJ-01/7",
    )  # fmt: skip
    intake.take(fact, at=at)
    intake.take(fact, at=at + timedelta(minutes=1))
    (line,) = queries_use.use_lines(queries_use.find_use(actor=banner.provider.clerk, grant_id=grant_id))
    assert (line.times, line.rows, line.matter, line.person_name) == (2, 20, "SJ-DJ-01/7", clerk.name)
    assert (line.keep_until.year, line.channel) == (2029, "sample")
    assert not queries_use.find_use(actor=banner.stranger.officer).exists()
    with pytest.raises(NotPermitted):
        use_records.note_use(grant_id=grant_id, channel="sample", by=banner.authority_leader, at=at)
    for order in ("DELETE FROM grants_userecord", "UPDATE grants_userecord SET keep_until = now()",
                  "UPDATE grants_userecord SET matter = ''", "UPDATE grants_userecord SET times = 0"):  # fmt: skip
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(order)


def test_a_refusal_counts_under_a_grant_without_a_flow_too(banner, grant_id):
    Flow.objects.all().delete()
    fact = messages.DataRefused(
        code="not_a_handler", party="旗市场监督管理局", resource_id=None, grant_id=grant_id, detail="", at=banner.at
    )
    intake.take(fact, at=banner.at)
    (line,) = queries_use.use_lines(queries_use.find_use(actor=banner.consumer.officer, grant_id=grant_id))
    assert (line.channel, line.times) == ("refused", 1)
    record = EvidenceRecord.objects.get(kind="data:refused")
    assert str(banner.consumer.department.id) in map(str, record.concerns)


def test_what_is_older_than_the_period_is_removed_with_a_record_and_nothing_younger(banner, grant_id):
    use(grant_id, at=datetime(2022, 2, 28, 3, tzinfo=UTC), times=3)
    use(grant_id, at=banner.at)
    assert use_records.kept_until(date(2024, 2, 29)) == datetime(2027, 2, 28, 16, tzinfo=UTC)
    assert tasks.forget_use_records(datetime(2025, 2, 28, 15, tzinfo=UTC)) == 0
    assert tasks.forget_use_records(banner.at) == 1
    assert UseRecord.objects.count() == 1
    record = EvidenceRecord.objects.get(kind="grant:use_records_removed")
    assert (record.after["lines"], record.after["from"]) == (1, "2022-02-28")
    with pytest.raises(NotPermitted):
        use_records.forget_use_records(by=banner.authority_leader, at=banner.at)


def test_each_half_year_and_the_end_are_reported_in_five_parts(banner, grant_id):
    start = Grant.objects.get(pk=grant_id).valid_from
    tasks.keep_use_true(use_reports.months_on(start, 6) - timedelta(seconds=1))
    assert not UseReport.objects.exists()
    at = use_reports.months_on(start, 6)
    use(grant_id, at=start + timedelta(days=1), person=str(banner.consumer.clerk.id))
    # Provision was never measured in this test and lapses at the same time.
    tasks.keep_use_true(at)
    report = UseReport.objects.get()
    assert (report.number, report.status, report.due_rule) == ("SY-2027-0001", "DUE", "use_report=10@2025-08-01")
    act = {"report_id": report.pk, "parts": PARTS, "at": at}
    only(
        banner, {"consumer.reviewer", "consumer.officer"}, lambda by: use_reports.report_use(by=by, **act),
        lambda: UseReport.objects.get(status="REPORTED"),
    )  # fmt: skip
    for name in use_reports.PARTS:
        with pytest.raises(errors_use.SaidTooLittle) as refused:
            use_reports.report_use(**{**act, "parts": {**PARTS, name: " 无"}}, by=banner.consumer.officer)
        assert refused.value.field == name
    tasks.keep_use_true(report.due_at)
    report.refresh_from_db()
    assert report.status == "OVERDUE"
    done = use_reports.report_use(**{**act, "at": report.due_at}, by=banner.consumer.officer)
    assert (done.status, done.facts["people"], done.facts["channels"]["lookup"]["times"]) == ("REPORTED", 1, 1)
    with pytest.raises(WrongState):
        use_reports.report_use(**act, by=banner.consumer.officer)
    until = Grant.objects.get(pk=grant_id).valid_until
    tasks.expire_grants(until)
    tasks.keep_use_true(until)
    tasks.keep_use_true(until)
    last = UseReport.objects.order_by("-period_to").first()
    assert (UseReport.objects.count(), last.period_to) == (2, until)
    tasks.keep_use_true(until + timedelta(days=400))
    assert UseReport.objects.count() == 2


@pytest.mark.article("wushen-2021-60:22.3", "cn-809:25.1")
def test_nobody_is_asked_about_use_that_the_product_cannot_see(banner, grant_id):
    """Rows of a table and calls that the gateway answers are measured: a file that was never seen may be used all the same."""
    far = banner.at + timedelta(days=80)
    signs = {mode: {one.kind for one in drift.signs_of(_with_mode(grant_id, mode), far)} for mode in ("table", "api", "file")}
    assert signs == {"table": {"unused"}, "api": {"unused"}, "file": set()}


def _with_mode(grant_id, mode):
    grant = Grant.objects.get(pk=grant_id)
    grant.mode = mode
    return grant


@pytest.mark.article("wushen-2021-60:22.3", "cn-809:25.1")
def test_real_use_is_compared_with_what_was_stated(banner, grant_id):
    grant, at = Grant.objects.get(pk=grant_id), banner.at + timedelta(days=20)
    assert [sign.kind for sign in drift.signs_of(grant, at)] == []
    for days in range(1, 7):
        use(grant_id, at=banner.at + timedelta(days=days), rows=100, elements=("id_number",))
    assert {sign.kind for sign in drift.signs_of(grant, at)} >= {"elements_unused"}
    use(grant_id, at=banner.at + timedelta(days=8), rows=5000)
    use(grant_id, at=banner.at + timedelta(days=8), channel="refused", times=5)
    use(grant_id, at=banner.at + timedelta(days=8, hours=14))
    use(grant_id, at=banner.at + timedelta(days=8), person=str(banner.stranger.clerk.id))
    found = {sign.kind: sign for sign in drift.signs_of(grant, at)}
    assert {"volume_high", "refused_often", "off_hours", "not_a_handler"} <= set(found)
    assert (found["volume_high"].detail["rows"], found["off_hours"].asks) == (5002, False)
    idle = {sign.kind for sign in drift.signs_of(grant, banner.at + timedelta(days=80))}
    assert "unused" in idle
    asked = questions.find_drift(at)
    assert asked == len([sign for sign in found.values() if sign.asks])
    assert questions.find_drift(at) == 0
    assert UseQuestion.objects.filter(asked_by=DRIFT_FINDER).count() == asked


@pytest.mark.article("wushen-2021-60:22.3")
def test_a_question_is_answered_and_settled_and_who_may(banner, grant_id):
    at = banner.at + timedelta(days=1)
    ask = {"grant_id": grant_id, "sign": "storage", "question": "数据存放在何处？", "at": at}
    may_ask = {"provider.officer", *AUTHORITY}
    only(banner, may_ask, lambda by: questions.ask_about_use(by=by, **ask), lambda: UseQuestion.objects.get(status="ASKED"))
    row = questions.ask_about_use(by=banner.provider.officer, **ask)
    assert (row.number, row.due_rule) == ("WX-2026-0001", "use_question=5@2021-10-12")
    with pytest.raises(errors_use.QuestionOpenAlready):
        questions.ask_about_use(by=banner.authority_officer, **ask)
    for changes, refusal in (
        ({"sign": "nonsense"}, errors_use.SignUnknown),
        ({"sign": "other", "question": "?"}, errors_use.SaidTooLittle),
    ):
        with pytest.raises(refusal):
            questions.ask_about_use(**{**ask, **changes}, by=banner.provider.officer)
    key = {"question_id": row.pk, "at": at}
    only(
        banner, {"consumer.reviewer", "consumer.officer"},
        lambda by: questions.answer_question(answer="仅存于前置交换库。", by=by, **key), lambda: None,
    )  # fmt: skip
    questions.answer_question(answer="仅存于前置交换库。", by=banner.consumer.officer, **key)
    only(banner, may_ask, lambda by: questions.ask_again(question="请附截图说明。", by=by, **key), lambda: None)
    only(banner, may_ask, lambda by: questions.settle_question(opinion="情况属实。", by=by, **key), lambda: None)
    questions.settle_question(opinion="情况属实。", by=banner.authority_officer, **key)
    with pytest.raises(WrongState):
        questions.answer_question(answer="再次说明。", by=banner.consumer.officer, **key)


@pytest.mark.article("cn-809:29.1", "cn-809:29.2")
def test_provider_and_authority_inspect(banner, grant_id):
    at = banner.at + timedelta(days=1)
    plan = {"grant_id": grant_id, "scope": "核对使用记录与事项台账。", "inspected_on": date(2026, 11, 20), "at": at}
    inspect = {"provider.officer", *AUTHORITY}
    only(banner, inspect, lambda by: inspections.announce_inspection(by=by, **plan), lambda: Inspection.objects.get())
    for day in (date(1, 1, 1), date(2026, 11, 1), date(2030, 1, 1)):
        with pytest.raises(errors_use.InspectionDayUnfit):
            inspections.announce_inspection(**{**plan, "inspected_on": day}, by=banner.provider.officer)
    row = inspections.announce_inspection(by=banner.authority_officer, **plan)
    key = {"inspection_id": row.pk, "at": at}
    found = {"result": "defects", "findings": "两笔查询未登记事项编号。"}
    only(banner, AUTHORITY, lambda by: inspections.conclude_inspection(by=by, **found, **key), lambda: None)
    with pytest.raises(errors_use.ResultUnknown):
        inspections.conclude_inspection(result="fine", findings="未发现问题。", by=banner.authority_officer, **key)
    inspections.conclude_inspection(by=banner.authority_officer, **found, **key)
    reply = "已补登，并完善内部流程。"
    only(banner, {"consumer.officer"}, lambda by: inspections.reply_to_inspection(reply=reply, by=by, **key), lambda: None)
    inspections.reply_to_inspection(reply=reply, by=banner.consumer.officer, **key)
    close = {"opinion": "整改到位，予以办结。", "accepted": True}
    only(banner, AUTHORITY, lambda by: inspections.close_inspection(by=by, **close, **key), lambda: None)
    again = inspections.close_inspection(opinion="材料不全。", accepted=False, by=banner.authority_leader, **key)
    assert again.status == "DEFECTS"
    inspections.reply_to_inspection(reply=reply, by=banner.consumer.officer, **key)
    assert inspections.close_inspection(by=banner.authority_officer, **close, **key).status == "CLOSED"
    sound = inspections.announce_inspection(by=banner.provider.officer, **plan)
    done = inspections.conclude_inspection(
        inspection_id=sound.pk, result="sound", findings="未发现问题。", by=banner.provider.officer, at=at
    )
    assert done.status == "CLOSED"


@pytest.mark.article("cn-809:25.1", "wushen-2021-60:22.4")
def test_nothing_is_passed_on_without_the_providers_consent(banner, grant_id):
    at = banner.at + timedelta(days=1)
    ask = {
        "grant_id": grant_id, "third_party": "旗不动产登记中心", "elements": ["name"],
        "purpose": "联办不动产登记。",
        "legal_basis": "《不动产登记暂行条例》第二十五条", "safeguards": "专线传输，限三人使用。",
        "until_on": date(2027, 3, 31), "at": at,
    }  # fmt: skip
    assert queries_use.passing_on(grant_id, at) == ()
    only(banner, {"consumer.officer"}, lambda by: third_parties.ask_third_party(by=by, **ask), lambda: None)
    for changes, refusal in (
        ({"elements": ["phone"]}, errors_use.ElementsNotGranted), ({"elements": []}, errors_use.ElementsNotGranted),
        ({"until_on": date(2026, 11, 1)}, errors_use.ThirdPartyPeriodUnfit), ({"purpose": ""}, errors_use.SaidTooLittle),
        ({"until_on": date(9999, 12, 30)}, errors_use.ThirdPartyPeriodUnfit),
    ):  # fmt: skip
        with pytest.raises(refusal):
            third_parties.ask_third_party(**{**ask, **changes}, by=banner.consumer.officer)
    row = third_parties.ask_third_party(by=banner.consumer.officer, **ask)
    key = {"consent_id": row.pk, "at": at}
    assert queries_use.passing_on(grant_id, at) == ()
    for consents in (True, False):
        decide = {"consents": consents, "opinion": "依据充分，限于联办。"}
        only(
            banner, {"provider.officer"}, lambda by, d=decide: third_parties.decide_third_party(by=by, **d, **key), lambda: None
        )
    with pytest.raises(errors.ReasonNeeded):
        third_parties.decide_third_party(consents=True, opinion="", by=banner.provider.officer, **key)
    third_parties.decide_third_party(consents=True, opinion="依据充分，限于联办。", by=banner.provider.officer, **key)
    (held,) = queries_use.passing_on(grant_id, at)
    assert (held.third_party, held.elements) == ("旗不动产登记中心", ("name",))
    assert queries_use.passing_on(grant_id, row.until_at) == ()
    grant = queries.get_grant(grant_id, actor=banner.auditor)
    lines = [one.line for one in paper.terms_of(grant, queries.current_terms(grant_id), {}, (held,))]
    assert any(held.number in line and "旗不动产登记中心" in line for line in lines)
    assert any("除上列经提供部门同意的外" in line for line in lines)
    revokers = {"provider.officer", *AUTHORITY}
    only(banner, revokers, lambda by: third_parties.revoke_third_party(reason="用途已变。", by=by, **key), lambda: None)
    only(
        banner,
        {"consumer.officer"},
        lambda by: third_parties.withdraw_third_party(reason="不再需要。", by=by, **key),
        lambda: None,
    )
    until = Grant.objects.get(pk=grant_id).valid_until
    tasks.expire_grants(until)
    assert ThirdPartyConsent.objects.get().status == "CLOSED"
    with pytest.raises(errors_use.GrantNotLive):
        third_parties.ask_third_party(**{**ask, "at": until}, by=banner.consumer.officer)


@pytest.mark.article("cn-809:22.1", "cn-809:22.2")
def test_provision_is_measured_from_the_flow_or_declared_and_confirmed(banner, grant_id):
    row = Provision.objects.get(grant_id=grant_id)
    assert (row.status, row.due_rule.partition("=")[0]) == ("DUE", "provision")
    with pytest.raises(errors_use.ProvisionIsMeasured):
        providing.declare_provision(grant_id=grant_id, statement="已开通。", by=banner.provider.clerk, at=banner.at)
    tasks.keep_use_true(row.due_at)
    row.refresh_from_db()
    assert row.status == "OVERDUE"
    providing.note_first_data(grant_id=grant_id, measured_by="receipt", by=NOTER, at=row.due_at + timedelta(hours=1))
    providing.note_first_data(grant_id=grant_id, measured_by="receipt", by=NOTER, at=row.due_at + timedelta(hours=2))
    row.refresh_from_db()
    assert (row.status, row.provided_at) == ("PROVIDED", row.due_at + timedelta(hours=1))
    assert queries_use.get_provision(row.pk, actor=banner.consumer.clerk).late
    # A file does not pass here in this release: the provider says how, the consumer confirms or denies.
    Grant.objects.filter(pk=grant_id).update(mode="file")
    other = make_grant(banner=banner, resource_id=make.make_conditional(banner=banner, name="另一资源").id)
    Grant.objects.filter(pk=other).update(mode="file")
    at, desk = banner.at + timedelta(days=1), {"clerk", "reviewer", "officer", "node_operator"}
    declare = {"grant_id": other, "statement": "已通过专用介质交付。", "at": at}
    only(banner, {f"provider.{r}" for r in desk}, lambda by: providing.declare_provision(by=by, **declare), lambda: None)
    providing.declare_provision(by=banner.provider.clerk, **declare)
    only(
        banner, {f"consumer.{r}" for r in desk},
        lambda by: providing.answer_provision(grant_id=other, received=True, by=by, at=at), lambda: None,
    )  # fmt: skip
    with pytest.raises(errors_use.SaidTooLittle):
        providing.answer_provision(grant_id=other, received=False, by=banner.consumer.clerk, at=at)
    denied = providing.answer_provision(
        grant_id=other, received=False, statement="未收到介质。", by=banner.consumer.clerk, at=at
    )
    assert denied.status == "DUE"
    with pytest.raises(WrongState):
        providing.answer_provision(grant_id=other, received=True, by=banner.consumer.clerk, at=at)


@pytest.mark.article("cn-809:27.1", "cn-809:29.2")
def test_the_node_s_own_destruction_is_ordered_signed_and_told_from_what_is_declared(banner, grant_id):
    end = {"grant_id": grant_id, "reason": "purpose_met", "statement": "业务已办结。", "at": banner.at + timedelta(days=1)}
    actions.end_grant(**end, by=banner.consumer.officer)
    at = banner.at + timedelta(days=2)
    order = {"grant_id": grant_id, "at": at}
    with pytest.raises(errors_use.NothingAtNode):
        destroying.order_destruction(by=banner.consumer.clerk, **order)
    node = make_node(banner=banner, office=banner.consumer)
    key = NODE_KEYS[node.pk]
    Grant.objects.filter(pk=grant_id).update(consumer_node_id=node.pk)
    allowed = {f"consumer.{role}" for role in ("clerk", "officer", "node_operator")}
    only(banner, allowed, lambda by: destroying.order_destruction(by=by, **order), lambda: None)

    def answer_(changes, signer=key):
        fact = TableDestroyed(
            request_id=DisposalDuty.objects.get().order_id, grant_id=grant_id, node_id=node.pk, at=at + timedelta(minutes=1),
            **{"table": "r_shuju", "rows": 7, "problem": "", "detail": "", **changes},
        )  # fmt: skip
        fact = replace(fact, signature=signer.sign(fact.signed_bytes()))
        intake.take(fact, at=at + timedelta(hours=1))
        return queries.disposals(actor=banner.provider.clerk, grant_id=grant_id)[0]

    destroying.order_destruction(by=banner.consumer.clerk, **order)
    with pytest.raises(errors_use.DestructionOrdered):
        destroying.order_destruction(by=banner.consumer.officer, **order)
    certify = {
        "grant_id": grant_id, "method": "deleted", "statement": "备份一并删除。", "rows_disposed": 7, "witness": "李华，股长",
        "by": banner.consumer.officer,
    }  # fmt: skip
    with pytest.raises(errors_use.DestructionOrdered):
        disposing.certify_disposal(**certify, at=at)
    assert answer_({}, signing.generate()).node_done_at is None, "signed by somebody else"
    page = client_of(banner.consumer.clerk).get(reverse("grants:detail", args=[grant_id])).content.decode()
    assert "等待" in page
    hindered = answer_({"problem": "in_use", "detail": "view received.mine depends on table received.r_shuju"})
    assert (hindered.node_problem, hindered.status) == ("in_use", "OPEN")
    page = client_of(banner.consumer.clerk).get(reverse("grants:detail", args=[grant_id])).content.decode()
    assert "received.mine" in page
    destroying.order_destruction(by=banner.consumer.clerk, **order)
    done = answer_({})
    assert (done.node_table, done.node_rows, done.status) == ("r_shuju", 7, "OPEN"), "the officer still certifies it"
    assert answer_({"rows": 8}).node_rows == 7, "told twice, kept once"
    with pytest.raises(errors_use.DestroyedAlready):
        destroying.order_destruction(by=banner.consumer.clerk, **order)
    kinds = [one.kind for one in EvidenceRecord.objects.filter(subject_type="disposal_duty").order_by("id")]
    assert kinds == [
        "disposal_duty:opened", "disposal_duty:destruction_ordered", "disposal_duty:destruction_failed",
        "disposal_duty:destruction_ordered", "disposal_duty:destroyed_by_node",
    ]  # fmt: skip
    duty = disposing.certify_disposal(**certify, at=at + timedelta(hours=2))
    assert "删除时实有 7 条记录" in disposing._by_node(duty)
    page = client_of(banner.provider.officer).get(reverse("grants:detail", args=[grant_id])).content.decode()
    assert "r_shuju" in page


@pytest.mark.article("cn-809:27.1", "cn-809:29.2")
def test_disposal_is_certified_with_a_witness_on_a_document_and_acknowledged(banner, grant_id):
    end = {"grant_id": grant_id, "reason": "purpose_met", "statement": "业务已办结。", "at": banner.at + timedelta(days=1)}
    actions.end_grant(**end, by=banner.consumer.officer)
    duty = DisposalDuty.objects.get()
    assert duty.due_rule == "disposal=20@2025-08-01"
    tasks.keep_use_true(duty.due_at)
    duty.refresh_from_db()
    assert duty.status == "OVERDUE"
    certify = {
        "grant_id": grant_id, "method": "deleted", "statement": "已从接收库删除并清空备份。", "rows_disposed": 12,
        "witness": "李华，信息股股长", "at": duty.due_at,
    }  # fmt: skip
    only(banner, {"consumer.officer"}, lambda by: disposing.certify_disposal(by=by, **certify), lambda: None)
    for changes, refusal in (
        ({"witness": " "}, errors_use.WitnessMissing), ({"rows_disposed": 10**15}, errors.DisposalIncomplete),
        ({"rows_disposed": -1}, errors.DisposalIncomplete), ({"method": "sold"}, errors.DisposalIncomplete),
    ):  # fmt: skip
        with pytest.raises(refusal):
            disposing.certify_disposal(**{**certify, **changes}, by=banner.consumer.officer)
    done = disposing.certify_disposal(by=banner.consumer.officer, **certify)
    assert "未经前置机执行" in disposing._by_node(done)
    document = documents.get_document(done.document_id, actor=banner.provider.clerk)
    assert (done.status, document.number, document.status) == ("DISCHARGED", "销毁证〔2026〕1号", "VALID")
    (said,) = Document.objects.get(pk=done.document_id).body["paragraphs"]
    assert "第二十七条第一款、第二十九条第二款" in said
    assert "下列授权" in said, "the facts stand below the words"
    assert "李华" not in str(EvidenceRecord.objects.get(kind="disposal_duty:discharged").after)
    ack = {"grant_id": grant_id, "opinion": "已收悉。", "at": duty.due_at}
    only(banner, {"provider.officer"}, lambda by: disposing.acknowledge_disposal(by=by, **ack), lambda: None)
    assert disposing.acknowledge_disposal(by=banner.provider.officer, **ack).status == "ACKNOWLEDGED"
    assert queries.disposals(actor=banner.consumer.clerk)[0].document_number == "销毁证〔2026〕1号"


def test_every_arrow_has_its_article_and_its_turn():
    tables = [v for v in vars(states_use).values() if hasattr(v, "transitions")]
    assert {t.subject for t in tables} == {"use_report", "use_question", "inspection", "third_party_consent", "provision"}
    for table in tables:
        for arrow in table.transitions:
            assert arrow.basis, (table.subject, arrow.act)
            assert arrow.turn in ("", "provider", "consumer", "authority")


def test_two_equal_questions_and_records_at_once_stay_one(banner, grant_id):
    row = questions.ask_about_use(
        grant_id=grant_id, sign="other", question="请说明用途。", by=banner.provider.officer, at=banner.at
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        UseQuestion.objects.bulk_create([UseQuestion(
            number="WX-2", status="ASKED", grant_id=grant_id, sign="other", asked_at=banner.at, asked_by="x", due_at=row.due_at,
            due_basis="x", due_rule="x",
        )])  # fmt: skip
    assert Purpose.VERIFICATION.value in UseRecord(purposes=["verification"]).purposes


@pytest.mark.article("wushen-2021-60:22.2", "cn-809:29.2")
def test_what_no_program_sees_is_entered_by_hand_and_kept_as_long(banner, grant_id):
    clerk, at = banner.consumer.clerk, banner.at + timedelta(hours=2)
    today = beijing_date(at)
    name = {"person_id": clerk.id, "duty": "登记核验", "by": banner.consumer.officer, "at": at}
    handler = handlers.name_handler(grant_id=grant_id, **name)
    used = {
        "grant_id": grant_id, "handler_id": handler.pk, "used_on": today, "way": "paper", "purpose": "verification",
        "matter": "SJ-DJ-01/7", "rows": 3, "storage": "案卷", "at": at,
    }  # fmt: skip
    desk = {"consumer.clerk", "consumer.reviewer", "consumer.officer"}
    only(banner, desk, lambda by: entered_use.enter_use(by=by, **used), lambda: None)
    wrong = {
        "handler_id": uuid4(), "used_on": today + timedelta(days=1), "way": "?", "matter": " ",
        "rows": -1, "storage": "",
    }  # fmt: skip
    with pytest.raises(Shortfalls) as refused:
        entered_use.enter_use(by=clerk, **{**used, **wrong})
    assert [one.field for one in refused.value.shortfalls] == ["handler_id", "used_on", "way", "matter", "rows", "storage"]
    long_ago = today - timedelta(days=400)
    for field, value in (("used_on", long_ago), ("purpose", "joint_handling"), ("matter", "x" * 61)):
        with pytest.raises(Shortfalls) as refused:
            entered_use.enter_use(by=clerk, **{**used, field: value})
        assert field in [one.field for one in refused.value.shortfalls]
    for _again in range(2):
        entered_use.enter_use(by=clerk, **used)
    line = UseRecord.objects.get(grant_id=grant_id, channel="entered")
    assert (line.person, line.times, line.rows, line.keep_until) == (
        str(clerk.id), 2, 6, use_records.kept_until(today),
    )  # fmt: skip
    assert EvidenceRecord.objects.filter(kind="grant:use_entered", subject_id=grant_id).count() == 2
