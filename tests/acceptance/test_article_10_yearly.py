"""Measures art. 10, Regulation art. 14, 15: what is withheld is gone through each year, and at once when its basis falls."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gongxiang.law.instruments import Rank
from gongxiang.platform.catalogue import actions, errors_upkeep, queries, queries_withheld, tasks
from gongxiang.platform.catalogue.models import WithheldCheck
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.rulebook import actions as rulebook
from gongxiang.protocol.clock import BEIJING
from tests.factories import catalogue as make
from tests.factories.contents import complete_content, withheld_content
from tests.factories.parties import make_banner

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:10", "cn-809:14(3)", "cn-809:15.2")]


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def statute(banner):
    return rulebook.register_statute(
        title="中华人民共和国民法典", number="主席令第四十五号", rank=Rank.LAW, article="第一千一百一十条", text="", url="",
        issuer="", in_force_from=date(2021, 1, 1), in_force_until=None, by=banner.authority_officer, at=banner.at,
    )  # fmt: skip


@pytest.fixture
def entry(banner, statute):
    return make.make_published(banner=banner, content=withheld_content(statute=str(statute.id)))


def beijing(year, month, day, hour=0):
    return datetime(year, month, day, hour, tzinfo=BEIJING).astimezone(UTC)


def the_round(banner, entry, at=None):
    tasks.keep_withheld(at or banner.at)
    row = WithheldCheck.objects.get(resource_id=entry.id, status__in=("DUE", "REPORTED"))
    return queries_withheld.get_check(row.pk, actor=banner.authority_officer)


def report(banner, check, at, **changes):
    values = {"check_id": check.id, "statement": "民法典第一千一百一十条未变，收养秘密仍应保守。", "at": at}
    return actions.report_still_withheld(**{**values, "by": banner.provider.officer, **changes})


def test_a_round_is_opened_at_publication_and_due_in_twelve_months(banner, entry):
    check = the_round(banner, entry)
    tasks.keep_withheld(banner.at)
    assert WithheldCheck.objects.count() == 1
    assert (check.status, check.version) == ("DUE", 1)
    # Published on 2 November 2026.
    assert check.last_day == date(2027, 11, 2)
    assert check.due_at == beijing(2027, 11, 3)
    assert (check.due_basis, check.due_rule) == ("wushen-2021-60:10", "withheld_recheck=12@2021-10-12")
    assert check.citation.startswith("《中华人民共和国民法典》")


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (beijing(2024, 2, 29, 9), date(2025, 2, 28)),
        (beijing(2026, 12, 31, 23), date(2027, 12, 31)),
        (beijing(2026, 1, 31, 9), date(2027, 1, 31)),
    ],
)
def test_the_same_day_of_the_next_year_or_the_last_of_its_month(start, last):
    due_at, _basis, _rule = queries_withheld.due_of(start)
    assert queries_withheld.last_day(due_at) == last


def test_what_is_shared_has_no_round(banner):
    make.make_published(banner=banner, content=complete_content())
    tasks.keep_withheld(banner.at)
    assert not WithheldCheck.objects.exists()


def test_still_withheld_reported_by_the_department_confirmed_by_the_authority_for_another_year(banner, entry):
    check = the_round(banner, entry)
    at = check.due_at - timedelta(days=20)
    for who in (banner.provider.clerk, banner.provider.reviewer, banner.consumer.officer, banner.authority_officer):
        with pytest.raises(NotPermitted):
            report(banner, check, at, by=who)
    with pytest.raises(errors_upkeep.StatementMissing):
        report(banner, check, at, statement="无变")
    assert report(banner, check, at).status == "REPORTED"
    with pytest.raises(WrongState):
        report(banner, check, at)
    for who in (banner.provider.officer, banner.consumer.officer, banner.auditor):
        with pytest.raises(NotPermitted):
            actions.confirm_still_withheld(check_id=check.id, opinion="", by=who, at=at)
    confirmed = at + timedelta(days=1)
    new = actions.confirm_still_withheld(check_id=check.id, opinion="同意。", by=banner.authority_officer, at=confirmed)
    assert queries_withheld.get_check(check.id, actor=banner.provider.clerk).status == "CONFIRMED"
    assert new.due_at == queries_withheld.due_of(confirmed)[0]
    record = EvidenceRecord.objects.get(kind="withheld_check:confirmed")
    assert record.detail["in_time"] is True
    assert {"wushen-2021-60:10", "cn-809:14(3)"} <= set(record.basis)
    tasks.keep_withheld(confirmed + timedelta(days=1))
    assert WithheldCheck.objects.filter(status="DUE").count() == 1


def test_the_authority_returns_it_with_a_reason_and_the_department_revises_to_share(banner, entry):
    check = the_round(banner, entry)
    at = banner.at + timedelta(days=1)
    report(banner, check, at)
    with pytest.raises(errors_upkeep.ReasonNeeded):
        actions.return_withheld_check(check_id=check.id, opinion=" ", by=banner.authority_leader, at=at)
    actions.return_withheld_check(check_id=check.id, opinion="该条未禁止部门间共享。", by=banner.authority_leader, at=at)
    assert [c.id for c in queries_withheld.waiting_checks(banner.provider.officer, at)] == [check.id]
    office = banner.provider
    actions.revise_resource(resource_id=entry.id, by=office.clerk, at=at)
    draft = queries.get_draft(entry.id)
    with pytest.raises(errors_upkeep.EntryUnderRevision):
        report(banner, check, at)
    shared = replace(complete_content(entry.name), classification=draft.content.classification)
    actions.save_draft(resource_id=entry.id, content=shared, seen=draft.revision, by=office.clerk, at=at)
    make.bring_to("PUBLISHED", banner=banner, resource_id=entry.id, at=at + timedelta(hours=1))
    tasks.keep_withheld(at + timedelta(hours=2))
    row = WithheldCheck.objects.get()
    assert (row.status, row.closed_why) == ("CLOSED", "SHARED")


def test_overdue_is_on_the_list_and_told_once(banner, entry):
    check = the_round(banner, entry)
    told = EvidenceRecord.objects.filter(kind__in=("withheld_check:due_soon", "withheld_check:overdue")).order_by("id")
    tasks.keep_withheld(check.due_at - timedelta(days=31))
    assert not told.exists()
    tasks.keep_withheld(check.due_at - timedelta(days=29))
    tasks.keep_withheld(check.due_at + timedelta(days=3))
    tasks.keep_withheld(check.due_at + timedelta(days=4))
    assert list(told.values_list("kind", flat=True)) == ["withheld_check:due_soon", "withheld_check:overdue"]
    assert told[1].occurred_at == check.due_at
    late = check.due_at + timedelta(days=4)
    overdue = queries_withheld.find_checks(actor=banner.authority_officer, at=late, which="overdue")
    assert [row.pk for row in overdue] == [check.id]
    assert not queries_withheld.find_checks(actor=banner.consumer.clerk, at=late)
    report(banner, check, late)
    actions.confirm_still_withheld(check_id=check.id, opinion="", by=banner.authority_officer, at=late)
    assert EvidenceRecord.objects.get(kind="withheld_check:confirmed").detail["in_time"] is False


class TestBasisFalls:
    """Repealed, superseded or of a rank that no longer suffices: every entry on it is listed at once."""

    def test_a_repealed_statute(self, banner, entry, statute):
        check = the_round(banner, entry)
        at = banner.at + timedelta(days=3)
        assert queries_withheld.resting_on(statute.id, actor=banner.authority_officer)[0].pk == check.id
        rulebook.end_statute(
            statute_id=statute.id, in_force_until=date(2026, 11, 3), reason="修订后废止", by=banner.authority_officer, at=at
        )
        tasks.keep_withheld(beijing(2026, 11, 3, 12))
        assert not queries_withheld.find_checks(actor=banner.authority_officer, at=at, which="lapsed")
        tasks.keep_withheld(at)
        (lapsed,) = queries_withheld.find_checks(actor=banner.authority_officer, at=at, which="lapsed")
        assert (lapsed.pk, lapsed.lapsed_why) == (check.id, "ended")
        assert [c.id for c in queries_withheld.waiting_checks(banner.provider.clerk, at)] == [check.id]
        record = EvidenceRecord.objects.get(kind="withheld_check:basis_lapsed")
        assert set(record.concerns) == {banner.provider.id, banner.authority.id}
        with pytest.raises(errors_upkeep.BasisLapsed):
            report(banner, check, at)

    def test_what_was_reported_is_not_confirmed_on_a_basis_that_fell_meanwhile(self, banner, entry, statute):
        check = the_round(banner, entry)
        report(banner, check, banner.at)
        rulebook.end_statute(
            statute_id=statute.id, in_force_until=date(2026, 11, 3), reason="废止", by=banner.authority_officer, at=banner.at
        )
        with pytest.raises(errors_upkeep.BasisLapsed):
            actions.confirm_still_withheld(
                check_id=check.id, opinion="", by=banner.authority_officer, at=banner.at + timedelta(days=3)
            )

    def test_a_date_entered_in_error_and_put_right(self, banner, entry, statute):
        the_round(banner, entry)
        end = {"statute_id": statute.id, "reason": "更正", "by": banner.authority_officer}
        rulebook.end_statute(in_force_until=date(2026, 11, 1), at=banner.at, **end)
        tasks.keep_withheld(banner.at)
        rulebook.end_statute(in_force_until=date(2028, 1, 1), at=banner.at, **end)
        tasks.keep_withheld(banner.at)
        assert WithheldCheck.objects.get().lapsed_at is None
        assert EvidenceRecord.objects.filter(kind="withheld_check:basis_restored").count() == 1

    def test_an_entry_that_stood_on_an_exception_goes_on_standing(self, banner):
        local = rulebook.register_statute(
            title="某地方性法规", number="第1号", rank=Rank.LOCAL_REGULATION, article="第一条", text="", url="", issuer="",
            in_force_from=date(2020, 1, 1), in_force_until=None, by=banner.authority_officer, at=banner.at,
        )  # fmt: skip
        drafted = make.make_draft_entry(banner.provider, withheld_content(statute=str(local.id)), at=banner.at)
        actions.allow_lower_basis(
            resource_id=drafted.id, statute=str(local.id), reason="旗司法局意见", by=banner.authority_leader, at=banner.at
        )
        make.bring_to("PUBLISHED", banner=banner, resource_id=drafted.id, at=banner.at)
        assert the_round(banner, drafted).lapsed_at is None


def test_withdrawn_closes_the_round(banner, entry):
    the_round(banner, entry)
    at = banner.at + timedelta(days=1)
    actions.withdraw_resource(resource_id=entry.id, reason="职能划转", by=banner.provider.officer, at=at)
    tasks.keep_withheld(at)
    row = WithheldCheck.objects.get()
    assert (row.status, row.closed_why) == ("CLOSED", "WITHDRAWN")


def test_withheld_anew_by_a_revision_starts_the_year_again(banner, entry):
    first = the_round(banner, entry)
    at = banner.at + timedelta(days=100)
    actions.revise_resource(resource_id=entry.id, by=banner.provider.clerk, at=at)
    draft = queries.get_draft(entry.id)
    changed = replace(draft.content, summary="收养登记的当事人和登记情况（修订）。")
    actions.save_draft(resource_id=entry.id, content=changed, seen=draft.revision, by=banner.provider.clerk, at=at)
    published = at + timedelta(hours=1)
    make.bring_to("PUBLISHED", banner=banner, resource_id=entry.id, at=published)
    second = the_round(banner, entry, at=published)
    assert WithheldCheck.objects.get(pk=first.id).closed_why == "REVISED"
    assert (second.version, second.due_at) == (2, queries_withheld.due_of(published)[0])


def test_only_department_authority_and_audit_see_a_round(banner, entry):
    check = the_round(banner, entry)
    for reader in (banner.provider.clerk, banner.authority_leader, banner.auditor):
        assert queries_withheld.get_check(check.id, actor=reader)
    for reader in (banner.consumer.officer, banner.stranger.clerk):
        with pytest.raises(errors_upkeep.CheckNotFound):
            queries_withheld.get_check(check.id, actor=reader)
