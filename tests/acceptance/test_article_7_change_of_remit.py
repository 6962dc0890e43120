"""Measures art. 7, Regulation art. 17: after a change of law or remit the entries concerned are updated within the period."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from gongxiang.platform.catalogue import actions, errors_upkeep, queries, queries_remit, tasks
from gongxiang.platform.catalogue.actions.remit import Document
from gongxiang.platform.catalogue.models import RemitChange, RemitEntry
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.actors import Role, System
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol.clock import BEIJING
from tests.factories import catalogue as make
from tests.factories.contents import complete_content
from tests.factories.parties import make_banner

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:7", "cn-809:17")]


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def resource(banner):
    return make.make_published(banner=banner)


def beijing(year, month, day, hour=0, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING).astimezone(UTC)


def document(changed_on=date(2026, 11, 2), **changes):
    values = {
        "kind": "DUTY", "title": "旗民政局职能配置规定", "number": "乌党办发〔2026〕12号", "dated": date(2026, 10, 30),
        "changed_on": changed_on, "description": "区划管理职责调整。",
    }  # fmt: skip
    return Document(**{**values, **changes})


def register(banner, *, changed_on=date(2026, 11, 2), at=None, by=None, **entries):
    return actions.register_remit_change(
        department_id=banner.provider.id, document=document(changed_on), by=by or banner.provider.clerk, at=at or banner.at,
        **entries,
    )  # fmt: skip


def revise(banner, resource_id, *, at, **changes):
    """A new version, up to the authority's desk."""
    office = banner.provider
    actions.revise_resource(resource_id=resource_id, by=office.clerk, at=at)
    draft = queries.get_draft(resource_id)
    actions.save_draft(
        resource_id=resource_id, content=replace(draft.content, **(changes or {"summary": f"更新于{at:%Y%m%d}。"})),
        seen=draft.revision, by=office.clerk, at=at,
    )  # fmt: skip
    make.bring_to("SUBMITTED", banner=banner, resource_id=resource_id, at=at + timedelta(minutes=6))


class TestPeriod:
    """Working days from the day of the change, which is not counted; golden dates of the State Council's calendars."""

    @pytest.mark.parametrize(
        ("changed_on", "last_day", "outer", "basis"),
        [
            # Ten working days of the Regulation; the fifteen of the Measures beside them.
            (date(2026, 9, 30), date(2026, 10, 20), date(2026, 10, 27), "cn-809:17.2"),
            (date(2026, 2, 13), date(2026, 3, 5), date(2026, 3, 12), "cn-809:17.2"),
            (date(2025, 9, 30), date(2025, 10, 21), date(2025, 10, 28), "cn-809:17.2"),
            (date(2026, 9, 24), date(2026, 10, 15), date(2026, 10, 22), "cn-809:17.2"),
            # Before 1 August 2025 the Measures' fifteen were the period.
            (date(2025, 7, 1), date(2025, 7, 22), date(2025, 7, 22), "wushen-2021-60:7"),
        ],
    )
    def test_golden_dates(self, banner, resource, changed_on, last_day, outer, basis):
        change = register(banner, changed_on=changed_on, update=[resource.id])
        assert change.last_day == last_day
        assert queries_remit.last_day(change.outer_due_at) == outer
        assert (change.due_basis, change.outer_basis) == (basis, "wushen-2021-60:7")
        assert change.due_at == datetime.combine(last_day + timedelta(days=1), datetime.min.time(), BEIJING)

    def test_five_more_with_the_authoritys_consent(self, banner, resource):
        change = register(banner, changed_on=date(2026, 10, 30), update=[resource.id])
        assert change.last_day == date(2026, 11, 13)
        actions.ask_remit_extension(
            change_id=change.id, days=5, reason="系统改造未完成。", by=banner.provider.officer, at=banner.at
        )
        with pytest.raises(NotPermitted):
            actions.decide_remit_extension(
                change_id=change.id, consent=True, opinion="", by=banner.provider.officer, at=banner.at
            )
        longer = actions.decide_remit_extension(
            change_id=change.id, consent=True, opinion="同意。", by=banner.authority_officer, at=banner.at
        )
        assert (longer.status, longer.last_day, longer.working_days) == ("OPEN", date(2026, 11, 20), 15)
        record = EvidenceRecord.objects.get(kind="remit_change:extension_consented")
        assert record.rule_version == "catalogue_update_extension=5@2025-08-01"
        assert "cn-809:17.2" in record.basis
        with pytest.raises(errors_upkeep.ExtensionAskedAlready):
            actions.ask_remit_extension(change_id=change.id, days=1, reason="再延", by=banner.provider.officer, at=banner.at)

    @pytest.mark.parametrize("days", [0, -1, 6])
    def test_not_more_than_five(self, banner, resource, days):
        change = register(banner, update=[resource.id])
        with pytest.raises(errors_upkeep.ExtensionDaysWrong):
            actions.ask_remit_extension(change_id=change.id, days=days, reason="x", by=banner.provider.officer, at=banner.at)

    def test_without_consent_the_period_stays_and_a_reason_is_due(self, banner, resource):
        change = register(banner, update=[resource.id])
        ask = {"change_id": change.id, "days": 3, "by": banner.provider.officer, "at": banner.at}
        with pytest.raises(errors_upkeep.ReasonNeeded):
            actions.ask_remit_extension(reason=" ", **ask)
        with pytest.raises(NotPermitted):
            actions.ask_remit_extension(reason="x", **{**ask, "by": banner.provider.clerk})
        with pytest.raises(NotPermitted):
            actions.ask_remit_extension(reason="x", **{**ask, "by": banner.consumer.officer})
        actions.ask_remit_extension(reason="人手不足", **ask)
        decide = {"change_id": change.id, "consent": False, "by": banner.authority_officer, "at": banner.at}
        with pytest.raises(errors_upkeep.ReasonNeeded):
            actions.decide_remit_extension(opinion="", **decide)
        declined = actions.decide_remit_extension(opinion="理由不充分。", **decide)
        assert (declined.status, declined.due_at) == ("OPEN", change.due_at)

    def test_no_extension_before_the_regulation_nor_after_the_period(self, banner, resource):
        old = register(banner, changed_on=date(2025, 7, 28), at=beijing(2025, 7, 30, 9), update=[resource.id])
        ask = {"days": 3, "reason": "x", "by": banner.provider.officer}
        with pytest.raises(errors_upkeep.ExtensionNotProvided):
            actions.ask_remit_extension(change_id=old.id, at=beijing(2025, 7, 31, 9), **ask)
        late = register(banner, changed_on=date(2026, 10, 9), update=[resource.id])
        with pytest.raises(errors_upkeep.ExtensionTooLate):
            actions.ask_remit_extension(change_id=late.id, at=banner.at, **ask)


class TestRegistration:
    """By the department, or by the authority for it; with a document and what it touches."""

    def test_the_authority_may_register_for_a_department_and_others_may_not(self, banner, resource):
        change = register(banner, by=banner.authority_officer, update=[resource.id])
        assert change.by_authority
        for stranger in (banner.consumer.clerk, banner.consumer.officer, banner.auditor, banner.authority_leader):
            with pytest.raises(NotPermitted):
                register(banner, by=stranger, update=[resource.id])

    def test_everything_missing_is_said_at_once(self, banner):
        empty = document(None, kind="", title=" ", number="", dated=None)
        with pytest.raises(Shortfalls) as refused:
            actions.register_remit_change(
                department_id=banner.provider.id, document=empty, new=[" "], by=banner.provider.clerk, at=banner.at
            )
        assert [s.field for s in refused.value.shortfalls] == ["title", "number", "dated", "kind", "changed_on", "update"]
        assert not RemitChange.objects.exists()

    def test_only_own_published_entries_can_be_touched(self, banner, resource):
        draft = make.make_draft_entry(banner.provider, complete_content("未发布"), at=banner.at)
        foreign = make.make_published(banner=banner, office=banner.consumer, content=complete_content("外部门"))
        for wrong in (draft.id, foreign.id):
            with pytest.raises(errors_upkeep.EntryNotInForce):
                register(banner, update=[resource.id, wrong])

    def test_department_authority_and_audit_see_it_and_nobody_else(self, banner, resource):
        change = register(banner, update=[resource.id])
        for reader in (banner.provider.clerk, banner.authority_leader, banner.auditor):
            assert queries_remit.get_remit_change(change.id, actor=reader).number == "ZN-2026-0001"
        for reader in (banner.consumer.officer, banner.stranger.clerk):
            with pytest.raises(errors_upkeep.RemitChangeNotFound):
                queries_remit.get_remit_change(change.id, actor=reader)


class TestCompletion:
    """Closed when each entry is published anew, withdrawn, confirmed unchanged with a reason, or compiled."""

    def test_the_whole_list(self, banner, resource):
        kept = make.make_published(banner=banner, content=complete_content("不变条目"))
        gone = make.make_published(banner=banner, content=complete_content("移交条目"))
        change = register(banner, update=[resource.id, kept.id], withdraw=[gone.id], new=["新增职责信息"])
        at = banner.at + timedelta(days=1)
        by_name = {task.name: task for task in change.tasks}
        with pytest.raises(errors_upkeep.ReasonNeeded):
            actions.confirm_unchanged(
                change_id=change.id, entry_id=by_name["不变条目"].id, reason="", by=banner.provider.officer, at=at
            )
        with pytest.raises(NotPermitted):
            actions.confirm_unchanged(
                change_id=change.id, entry_id=by_name["不变条目"].id, reason="x", by=banner.provider.clerk, at=at
            )
        actions.confirm_unchanged(
            change_id=change.id, entry_id=by_name["不变条目"].id, reason="职责调整不涉及该信息。", by=banner.provider.officer,
            at=at,
        )  # fmt: skip
        revise(banner, resource.id, at=at)
        half = queries_remit.get_remit_change(change.id, actor=banner.provider.clerk)
        task = next(one for one in half.tasks if one.resource_id == resource.id)
        assert task.submitted_at is not None
        assert (half.done, half.total) == (1, 4)
        actions.publish_resource(resource_id=resource.id, by=banner.authority_officer, at=at + timedelta(hours=1))
        actions.withdraw_resource(resource_id=gone.id, reason="职责划转。", by=banner.provider.officer, at=at)
        made = make.make_draft_entry(banner.provider, complete_content("新增职责信息"), at=at)
        actions.name_new_entry(
            change_id=change.id, entry_id=by_name["新增职责信息"].id, resource_id=made.id, by=banner.provider.clerk, at=at
        )
        assert queries_remit.get_remit_change(change.id, actor=banner.provider.clerk).running
        last = at + timedelta(days=1)
        make.bring_to("PUBLISHED", banner=banner, resource_id=made.id, at=last)
        closed = queries_remit.get_remit_change(change.id, actor=banner.provider.clerk)
        assert (closed.status, closed.in_time, closed.closed_at) == ("COMPLETED", True, last)
        said = {t.name: (t.outcome, t.before_version, t.after_version) for t in closed.tasks}
        assert said == {
            resource.name: ("REPUBLISHED", 1, 2),
            "不变条目": ("UNCHANGED", 1, 1),
            "移交条目": ("WITHDRAWN", 1, 1),
            "新增职责信息": ("PUBLISHED", None, 1),
        }
        record = EvidenceRecord.objects.get(kind="remit_change:completed")
        assert record.rule_version == "catalogue_update=10@2025-08-01"
        assert [entry["after"] for entry in record.detail["entries"]] == [1, 1, 2, 1]
        assert f"resource:{resource.id}" in record.trail
        with pytest.raises(WrongState):
            actions.cancel_remit_change(change_id=change.id, reason="x", by=banner.authority_officer, at=last)

    def test_unchanged_and_under_revision_exclude_each_other(self, banner, resource):
        change = register(banner, update=[resource.id])
        actions.revise_resource(resource_id=resource.id, by=banner.provider.clerk, at=banner.at)
        with pytest.raises(errors_upkeep.UnderRevision):
            actions.confirm_unchanged(
                change_id=change.id, entry_id=change.tasks[0].id, reason="x", by=banner.provider.officer, at=banner.at
            )

    def test_a_new_version_of_what_should_go_does_not_settle_it(self, banner, resource):
        change = register(banner, withdraw=[resource.id])
        revise(banner, resource.id, at=banner.at)
        actions.publish_resource(resource_id=resource.id, by=banner.authority_officer, at=banner.at + timedelta(hours=1))
        assert queries_remit.get_remit_change(change.id, actor=banner.provider.clerk).done == 0

    def test_what_became_of_an_entry_is_kept(self, banner, resource):
        change = register(banner, update=[resource.id])
        actions.confirm_unchanged(
            change_id=change.id, entry_id=change.tasks[0].id, reason="不涉及", by=banner.provider.officer, at=banner.at
        )
        other = register(banner, update=[resource.id], new=["另需"])
        first = next(task for task in other.tasks if task.task == "UPDATE")
        done = {"change_id": other.id, "entry_id": first.id, "by": banner.provider.officer, "at": banner.at}
        actions.confirm_unchanged(reason="不涉及", **done)
        with pytest.raises(errors_upkeep.TaskDone):
            actions.confirm_unchanged(reason="不涉及", **done)
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE catalogue_remitentry SET outcome = 'WITHDRAWN'")

    def test_what_was_sent_before_the_change_took_effect_does_not_answer_it(self, banner, resource):
        before, after = beijing(2026, 11, 9, 9), beijing(2026, 11, 12, 9)
        revise(banner, resource.id, at=before)
        change = register(banner, changed_on=date(2026, 11, 11), at=beijing(2026, 11, 11, 9), update=[resource.id])
        assert change.tasks[0].submitted_at is None
        actions.publish_resource(resource_id=resource.id, by=banner.authority_officer, at=after)
        assert queries_remit.get_remit_change(change.id, actor=banner.auditor).running
        revise(banner, resource.id, at=after + timedelta(hours=1), summary="按新职能修改。")
        actions.publish_resource(resource_id=resource.id, by=banner.authority_officer, at=after + timedelta(hours=2))
        assert queries_remit.get_remit_change(change.id, actor=banner.auditor).tasks[0].outcome == "REPUBLISHED"

    def test_the_same_change_is_registered_once_while_it_runs_and_keeps_its_document(self, banner, resource):
        change = register(banner, update=[resource.id], attachment=("通知.pdf", b"%PDF-1.7\n%%EOF\n"))
        assert [one.name for one in documents.uploads_of(f"remit_change:{change.id}")] == ["通知.pdf"]
        with pytest.raises(errors_upkeep.RemitRegisteredAlready, match=change.number):
            register(banner, update=[resource.id], by=banner.authority_officer)

    @pytest.mark.parametrize("day", [date(281, 12, 22), date(1999, 1, 1), date(2015, 5, 4), date(9999, 12, 31)])
    def test_a_day_from_which_nothing_can_be_counted_is_named(self, banner, resource, day):
        with pytest.raises(errors_upkeep.ChangeDateOdd):
            register(banner, changed_on=day, update=[resource.id])

    def test_nobody_decides_on_what_he_asked_for(self, banner, resource):
        change = register(banner, update=[resource.id])
        both = replace(banner.provider.officer, roles=banner.provider.officer.roles | {Role.AUTHORITY_OFFICER})
        actions.ask_remit_extension(change_id=change.id, days=5, reason="人手不足", by=both, at=banner.at)
        decide = {"change_id": change.id, "consent": True, "opinion": "", "at": banner.at}
        colleague = replace(banner.authority_officer, department_id=banner.provider.id)
        for who in (both, colleague):
            with pytest.raises(errors_upkeep.OwnExtension):
                actions.decide_remit_extension(by=who, **decide)
        leader = replace(colleague, roles=frozenset({Role.AUTHORITY_LEADER}))
        assert actions.decide_remit_extension(by=leader, **decide).extension_consented

    def test_the_evidence_stands_or_falls_with_the_act(self, banner, resource, monkeypatch):
        change = register(banner, update=[resource.id])

        def broken(*_args, **_kwargs):
            raise RuntimeError("no evidence")

        monkeypatch.setattr("gongxiang.platform.evidence.actions.record_act", broken)
        with pytest.raises(RuntimeError):
            actions.confirm_unchanged(
                change_id=change.id, entry_id=change.tasks[0].id, reason="x", by=banner.provider.officer, at=banner.at
            )
        assert RemitEntry.objects.get(change_id=change.id).outcome == ""


@pytest.mark.article("wushen-2021-60:30(1)", "cn-809:39(1)")
class TestOverdue:
    """A period that ends with entries left is overdue as of its end, and stands on the authority's list."""

    def test_overdue_as_of_the_end_of_the_period_and_completed_late(self, banner, resource):
        change = register(banner, update=[resource.id])
        tasks.sweep_upkeep(change.due_at - timedelta(seconds=1))
        assert queries_remit.overdue_remits(banner.authority_officer) == []
        swept = change.due_at + timedelta(hours=7)
        tasks.sweep_upkeep(swept)
        tasks.sweep_upkeep(swept)
        (overdue,) = queries_remit.overdue_remits(banner.authority_officer)
        assert overdue.id == change.id
        assert queries_remit.overdue_remits(banner.consumer.clerk) == []
        record = EvidenceRecord.objects.get(kind="remit_change:overdue")
        assert record.occurred_at == change.due_at
        # The Regulation's ten working days are over; the Measures' fifteen are not, so that article 30 does not apply yet.
        assert "cn-809:39(1)" in record.basis
        assert "wushen-2021-60:30(1)" not in record.basis
        for at in (change.outer_due_at - timedelta(seconds=1), change.outer_due_at, change.outer_due_at + timedelta(days=1)):
            tasks.sweep_upkeep(at)
        outer = EvidenceRecord.objects.get(kind="remit_change:outer_limit_passed")
        assert outer.occurred_at == change.outer_due_at
        assert "wushen-2021-60:30(1)" in outer.basis
        actions.confirm_unchanged(
            change_id=change.id, entry_id=change.tasks[0].id, reason="不涉及", by=banner.provider.officer, at=swept
        )
        late = queries_remit.get_remit_change(change.id, actor=banner.authority_officer)
        assert (late.status, late.in_time) == ("COMPLETED", False)
        assert queries_remit.remit_figures(banner.authority_officer) == {"running": 0, "overdue": 0, "late": 1}

    def test_before_the_regulation_only_the_measures_are_broken(self, banner, resource):
        change = register(banner, changed_on=date(2025, 7, 1), at=beijing(2025, 7, 2, 9), update=[resource.id])
        tasks.sweep_upkeep(change.due_at)
        tasks.sweep_upkeep(change.due_at + timedelta(days=1))
        record = EvidenceRecord.objects.get(kind="remit_change:overdue")
        assert "wushen-2021-60:30(1)" in record.basis
        assert not [one for one in record.basis if one.startswith("cn-809:")]
        assert not EvidenceRecord.objects.filter(kind="remit_change:outer_limit_passed").exists()

    def test_with_the_authority_in_time_is_in_time(self, banner, resource):
        """The review has its own two working days (条例 17): they are not the department's."""
        change = register(banner, update=[resource.id])
        revise(banner, resource.id, at=change.due_at - timedelta(hours=8))
        tasks.sweep_upkeep(change.due_at + timedelta(hours=1))
        waiting = queries_remit.get_remit_change(change.id, actor=banner.provider.clerk)
        assert waiting.status == "OPEN"
        assert waiting.with_authority
        assert queries.get_draft(resource.id).due_basis == "cn-809:17.3"
        actions.publish_resource(resource_id=resource.id, by=banner.authority_officer, at=change.due_at + timedelta(hours=9))
        closed = queries_remit.get_remit_change(change.id, actor=banner.provider.clerk)
        assert (closed.status, closed.in_time) == ("COMPLETED", True)

    def test_returned_after_the_period_is_overdue_from_the_return(self, banner, resource):
        change = register(banner, update=[resource.id])
        revise(banner, resource.id, at=change.due_at - timedelta(hours=8))
        back = change.due_at + timedelta(hours=9)
        remarks = [{"field": "summary", "text": "未写明调整内容。"}]
        actions.return_resource(resource_id=resource.id, remarks=remarks, by=banner.authority_officer, at=back)
        tasks.sweep_upkeep(back + timedelta(minutes=1))
        assert EvidenceRecord.objects.get(kind="remit_change:overdue").occurred_at == back

    def test_an_unanswered_request_for_more_time_stops_nothing(self, banner, resource):
        change = register(banner, update=[resource.id])
        actions.ask_remit_extension(change_id=change.id, days=5, reason="x", by=banner.provider.officer, at=banner.at)
        tasks.sweep_upkeep(change.due_at)
        with pytest.raises(WrongState):
            actions.decide_remit_extension(
                change_id=change.id, consent=True, opinion="", by=banner.authority_officer, at=change.due_at
            )

    def test_reminders_at_half_time_and_on_the_last_day_once_each(self, banner, resource):
        change = register(banner, update=[resource.id])
        reminded = EvidenceRecord.objects.filter(kind__startswith="remit_change:reminded_")
        for at, said in (
            (beijing(2026, 11, 9, 23, 59), []),
            (beijing(2026, 11, 10), ["remit_change:reminded_half_time"]),
            (beijing(2026, 11, 10, 9), ["remit_change:reminded_half_time"]),
            (beijing(2026, 11, 15, 23), ["remit_change:reminded_half_time"]),
            (beijing(2026, 11, 16), ["remit_change:reminded_half_time", "remit_change:reminded_last_day"]),
            (beijing(2026, 11, 16, 12), ["remit_change:reminded_half_time", "remit_change:reminded_last_day"]),
        ):
            tasks.sweep_upkeep(at)
            assert list(reminded.order_by("id").values_list("kind", flat=True)) == said
        assert change.last_day == date(2026, 11, 16)
        assert set(reminded[0].concerns) == {banner.provider.id, banner.authority.id}

    def test_only_the_sweeper_lapses(self, banner, resource):
        change = register(banner, update=[resource.id])
        for who in (banner.authority_officer, System(name="somebody")):
            with pytest.raises(NotPermitted):
                actions.lapse_remit_change(change_id=change.id, by=who, at=change.due_at)

    def test_struck_out_by_the_authority_with_a_reason(self, banner, resource):
        change = register(banner, update=[resource.id])
        with pytest.raises(NotPermitted):
            actions.cancel_remit_change(change_id=change.id, reason="误登", by=banner.provider.officer, at=banner.at)
        gone = actions.cancel_remit_change(change_id=change.id, reason="误登", by=banner.authority_officer, at=banner.at)
        assert gone.status == "CANCELLED"
        tasks.sweep_upkeep(change.due_at)
        assert not EvidenceRecord.objects.filter(kind="remit_change:overdue").exists()
