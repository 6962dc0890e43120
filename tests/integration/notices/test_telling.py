"""Notices: who is told of what, once, in their language; reminders, kept searches, wishes."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from gongxiang.law.deadlines import end_of_day
from gongxiang.platform.access import actions as access
from gongxiang.platform.access import states
from gongxiang.platform.agreements import queries as agreements
from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.catalogue import finding
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import tasks as grant_tasks
from gongxiang.platform.kernel.actors import Role, System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.notices import actions, errors, queries, rules, tasks, words
from gongxiang.platform.notices.models import Notice
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web.notices.views import LISTS, PAGES
from tests.factories import catalogue as make
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import answer, make_request

pytestmark = pytest.mark.django_db
JOB = System(name="notices")


@pytest.fixture
def banner():
    return make_banner()


def tell_all(banner) -> None:
    """What `on_news` does, without its wait for commits: a test is one transaction."""
    for row in evidence.search(by=banner.auditor, kinds=()).order_by("id"):
        if row.kind in rules.RULES:
            actions.tell_of(news=evidence.as_news(row), by=JOB, at=banner.at)


def told(person, kind: str) -> list[Notice]:
    return [one for one in queries.inbox(person) if one.kind == kind]


@pytest.mark.article("cn-809:16.1")
def test_publication_is_notified_to_every_department(banner):
    resource_id = make.make_published(banner=banner).id
    tell_all(banner)
    for office in (banner.provider, banner.consumer, banner.stranger):
        for person in (office.clerk, office.reviewer, office.officer):
            (notice,) = told(person, "resource:published")
            assert notice.subject_id == str(resource_id)
            assert notice.title == "行政区划代码"
            assert "cn-809:16.1" in notice.basis
    assert told(banner.authority_officer, "resource:published") == []


def test_told_again_nothing_is_doubled(banner):
    make.make_published(banner=banner)
    tell_all(banner)
    before = Notice.objects.count()
    tell_all(banner)
    assert Notice.objects.count() == before


@pytest.mark.parametrize("side", ["provider", "consumer", "stranger"])
def test_a_request_is_told_to_whom_it_concerns(banner, side):
    resource = make.make_published(banner=banner, content=conditional_content())
    make_request(states.SUBMITTED, banner=banner, resource_id=resource.id, at=banner.at)
    tell_all(banner)
    people = getattr(banner, side)
    assert bool(told(people.reviewer, "access_request:submitted")) is (side == "provider")
    assert bool(told(people.officer, "access_request:presented")) is (side == "consumer")


@pytest.mark.article("wushen-2021-60:24")
def test_an_overdue_reply_is_told_to_both_sides_and_the_authority(banner):
    resource = make.make_published(banner=banner, content=conditional_content())
    request = make_request(states.SUBMITTED, banner=banner, resource_id=resource.id, at=banner.at)
    access.lapse_reply(access_request_id=request.pk, by=System(name="deadline-sweeper"), at=request.due_at + timedelta(hours=1))
    tell_all(banner)
    for person in (banner.provider.clerk, banner.consumer.officer, banner.authority_officer, banner.authority_leader):
        assert len(told(person, "access_request:reply_overdue")) == 1
    assert told(banner.stranger.clerk, "access_request:reply_overdue") == []


def test_who_acts_is_not_told(banner):
    make.make_published(banner=banner)
    tell_all(banner)
    assert told(banner.provider.reviewer, "resource:reviewed") == []
    assert len(told(banner.provider.officer, "resource:reviewed")) == 1


def test_every_rule_has_words_and_a_topic():
    for kind in (*rules.RULES, *rules.OWN_KINDS):
        assert kind in words.WORDS, kind
        assert rules.topic_of(kind) in words.TOPICS, kind


def test_every_notice_leads_to_the_page_of_its_case():
    subjects = {kind.partition(":")[0] for kind in rules.RULES}
    assert subjects - set(PAGES) - set(LISTS) == set()
    key = "01900000-0000-7000-8000-000000000000"
    assert all(reverse(name, args=[key]) for name in PAGES.values())
    assert all(reverse(name) for name in LISTS.values())


def test_nobody_reads_or_marks_another_persons_notices(banner):
    make.make_published(banner=banner)
    tell_all(banner)
    (mine,) = told(banner.consumer.clerk, "resource:published")
    with pytest.raises(NotFound):
        actions.mark_read(notice_id=mine.pk, by=banner.stranger.clerk, at=banner.at)
    with pytest.raises(NotFound):
        queries.get_notice(mine.pk, actor=banner.stranger.clerk)
    actions.mark_read(notice_id=mine.pk, by=banner.consumer.clerk, at=banner.at)
    assert queries.inbox(banner.consumer.clerk, topic="resource", unread=True).count() == 0
    assert queries.inbox(banner.stranger.clerk, topic="resource", unread=True).count() == 1
    assert queries.unread(None) == 0


def test_people_write_no_notices(banner):
    with pytest.raises(NotPermitted):
        actions.forget_old(by=banner.authority_leader, at=banner.at)


class TestWishes:
    """What may be switched off, and what may not."""

    def test_a_topic_that_is_off_is_not_told(self, banner):
        actions.choose_topics(muted=["access_request"], by=banner.provider.clerk, at=banner.at)
        resource = make.make_published(banner=banner, content=conditional_content())
        make_request(states.SUBMITTED, banner=banner, resource_id=resource.id, at=banner.at)
        tell_all(banner)
        assert told(banner.provider.clerk, "access_request:submitted") == []
        assert len(told(banner.provider.reviewer, "access_request:submitted")) == 1

    def test_publication_is_told_all_the_same(self, banner):
        actions.choose_topics(muted=["resource"], by=banner.consumer.clerk, at=banner.at)
        make.make_published(banner=banner)
        tell_all(banner)
        assert len(told(banner.consumer.clerk, "resource:published")) == 1

    def test_what_must_be_told_whole_cannot_be_switched_off(self, banner, monkeypatch):
        monkeypatch.setattr(rules, "RULES", {"disposal_duty:opened": rules.RULES["disposal_duty:opened"]})
        with pytest.raises(errors.MustBeTold):
            actions.choose_topics(muted=["disposal_duty"], by=banner.consumer.clerk, at=banner.at)

    def test_the_digest_needs_an_address(self, banner):
        with pytest.raises(errors.AddressMissing):
            actions.choose_mail(address=" ", asked=True, by=banner.consumer.clerk, at=banner.at)


class TestKeptSearches:
    """New hits are told once a day."""

    def test_only_what_is_new_and_fits(self, banner):
        make.make_published(banner=banner, content=complete_content("救助旧资源"), at=banner.at)
        clerk, query = banner.consumer.clerk, "q=%E6%95%91%E5%8A%A9"
        kept = catalogue.save_search(name="救助", query=query, notify=True, by=clerk, at=banner.at + timedelta(hours=1))
        make.make_published(banner=banner, content=complete_content("救助新资源"), at=banner.at + timedelta(hours=2))
        make.make_published(banner=banner, content=complete_content("别的资源"), at=banner.at + timedelta(hours=3))
        assert tasks.tell_searches(banner.at + timedelta(hours=5)) == 0, "not before a day is over"
        assert tasks.tell_searches(banner.at + timedelta(days=1, hours=4)) == 1
        (notice,) = told(banner.consumer.clerk, "saved_search:new_entries")
        assert notice.values["names"] == ["救助新资源"]
        assert notice.title == "救助"
        assert tasks.tell_searches(banner.at + timedelta(days=2, hours=6)) == 0
        assert finding.saved_searches(banner.consumer.clerk)[0].id == kept.pk

    def test_nothing_new_is_no_notice(self, banner):
        catalogue.save_search(name="无", query=f"q={uuid4()}", notify=True, by=banner.consumer.clerk, at=banner.at)
        assert tasks.tell_searches(banner.at + timedelta(days=2)) == 0


@pytest.mark.article("wushen-2021-60:18")
def test_a_grant_that_rests_without_agreement_is_told_of_by_article_18_and_not_as_misuse(banner):
    resource, until = make.make_conditional(banner=banner), date(2035, 1, 1)
    answer(make_request(banner=banner, resource_id=resource.id, until=until), banner=banner, at=banner.at, until=until)
    standing = agreements.in_force(banner.consumer.id, banner.at)
    grant_tasks.watch_agreements(end_of_day(standing.valid_until))
    tell_all(banner)
    for office in (banner.provider, banner.consumer):
        (notice,) = told(office.officer, "grant:suspended")
        assert notice.basis == ["wushen-2021-60:18"]


class TestReminders:
    """At half of a period and on its last day, once each."""

    def test_the_desk_whose_turn_it_is_is_reminded_once_each(self, banner):
        resource = make.make_published(banner=banner, content=conditional_content())
        request = make_request(states.SUBMITTED, banner=banner, resource_id=resource.id, at=banner.at)
        assert tasks.remind(banner.at + timedelta(hours=1)) == 0
        half = banner.at + (request.due_at - banner.at) / 2 + timedelta(minutes=1)
        for at in (half, half + timedelta(hours=1), request.due_at - timedelta(hours=3)):
            tasks.remind(at)
        kinds = sorted(one.kind for one in queries.inbox(banner.provider.clerk) if one.topic == "period")
        assert kinds == ["period:half_time", "period:last_day"]
        assert told(banner.consumer.clerk, "period:half_time") == []
        assert tasks.remind(request.due_at + timedelta(hours=1)) == 0


def test_what_was_read_long_ago_is_forgotten(banner):
    make.make_published(banner=banner)
    tell_all(banner)
    actions.mark_all_read(by=banner.consumer.clerk, at=banner.at)
    tasks.forget_old(banner.at + timedelta(days=400))
    assert list(queries.inbox(banner.consumer.clerk)) == []
    assert queries.unread(banner.provider.clerk) > 0


def test_every_role_of_the_rules_is_held_by_people(banner):
    held = {role for whom in (w for rule in rules.RULES.values() for w in rule.whom) for role in whom.roles}
    assert held <= set(Role)
    assert parties.people_with(Role.CLERK)
