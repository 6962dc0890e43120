"""Two people at one draft: who, when, what differs, and nothing lost; and many entries at once."""

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.urls import reverse

from gongxiang.platform.catalogue import actions, errors_upkeep, queries, queries_editing
from gongxiang.platform.catalogue.models import DraftCopy, DraftOpen
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.errors import NotPermitted, Refusal, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol import clock
from tests.factories import catalogue as make
from tests.factories.contents import complete_content, conditional_content, withheld_content
from tests.factories.parties import make_banner
from tests.integration.catalogue.test_pages import form_of
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def draft(banner):
    return make.make_draft_entry(banner.provider, at=clock.now())


def text_of(answer):
    return answer.content.decode()


@pytest.mark.article("wushen-2021-60:7")
class TestTwoAtOneDraft:
    """The clerk opens the form, the reviewer saves first."""

    @pytest.fixture
    def overtaken(self, banner, draft):
        """What the clerk's browser sends after the reviewer has saved another summary."""
        browser = client_of(banner.provider.clerk)
        sent = form_of(browser.get(reverse("catalogue:edit", args=[draft.id])))
        theirs = replace(draft.content, summary="审核人改写的摘要。")
        actions.save_draft(resource_id=draft.id, content=theirs, seen=1, by=banner.provider.reviewer, at=clock.now())
        return browser, {**sent, "summary": ["经办人填写的摘要。"], "area": ["乌审旗"]}

    def test_both_texts_are_shown_with_who_and_when_and_nothing_is_overwritten(self, banner, draft, overtaken):
        browser, sent = overtaken
        page = browser.post(reverse("catalogue:edit", args=[draft.id]), sent)
        shown = text_of(page)
        assert page.status_code == 422
        assert banner.provider.reviewer.name in shown
        assert "<del>审核人改写的摘要。</del>" in shown
        assert "<ins>经办人填写的摘要。</ins>" in shown
        assert queries.get_draft(draft.id).content.summary == "审核人改写的摘要。"
        # Pressing save again changes nothing: the page stays on the revision it showed.
        again = browser.post(reverse("catalogue:edit", args=[draft.id]), {**sent, "revision": form_of(page)["revision"]})
        assert again.status_code == 422
        assert queries.get_draft(draft.id).content.summary == "审核人改写的摘要。"
        assert DraftCopy.objects.count() == 1

    def test_mine_taken_over_keeps_theirs(self, banner, draft, overtaken):
        browser, sent = overtaken
        browser.post(reverse("catalogue:edit", args=[draft.id]), sent)
        kept = DraftCopy.objects.get()
        browser.post(reverse("catalogue:take_over", args=[kept.pk]))
        now = queries.get_draft(draft.id)
        assert (now.content.summary, now.content.area) == ("经办人填写的摘要。", "乌审旗")
        copies = queries_editing.copies_of(draft.id, actor=banner.provider.clerk)
        assert {(c.person_name, c.content.summary, c.settled) for c in copies} == {
            (banner.provider.clerk.name, "经办人填写的摘要。", "TAKEN"),
            (banner.provider.reviewer.name, "审核人改写的摘要。", ""),
        }
        assert set(now.drafters) == {banner.provider.clerk.id, banner.provider.reviewer.id}
        record = EvidenceRecord.objects.get(kind="resource:copy_taken_over")
        assert "摘要" not in str(record.after) + str(record.detail)
        # And back again.
        replaced = next(c for c in copies if c.kind == "REPLACED")
        actions.take_copy_over(copy_id=replaced.id, by=banner.provider.reviewer, at=clock.now())
        assert queries.get_draft(draft.id).content.summary == "审核人改写的摘要。"
        with pytest.raises(errors_upkeep.CopySettled):
            actions.take_copy_over(copy_id=replaced.id, by=banner.provider.reviewer, at=clock.now())

    def test_theirs_kept_leaves_mine_to_be_read(self, banner, draft, overtaken):
        browser, sent = overtaken
        browser.post(reverse("catalogue:edit", args=[draft.id]), sent)
        kept = DraftCopy.objects.get()
        page = browser.post(reverse("catalogue:set_aside", args=[kept.pk]), follow=True)
        assert "保留的文本" in text_of(page)
        assert queries.get_draft(draft.id).content.summary == "审核人改写的摘要。"
        assert "经办人填写的摘要。" in text_of(browser.get(reverse("catalogue:copy", args=[kept.pk])))

    def test_saving_while_typing_keeps_the_text_too(self, banner, draft, overtaken):
        browser, sent = overtaken
        for summary in ("第一稿。", "第二稿。"):
            line = browser.post(reverse("catalogue:autosave", args=[draft.id]), {**sent, "summary": [summary]})
            assert "对照两份文本" in text_of(line)
        kept = DraftCopy.objects.get()
        assert kept.content["summary"] == "第二稿。"
        assert reverse("catalogue:copy", args=[kept.pk]) in text_of(line)

    def test_an_entry_handed_on_meanwhile_keeps_what_was_typed(self, banner, draft, overtaken):
        browser, sent = overtaken
        actions.send_for_review(resource_id=draft.id, by=banner.provider.clerk, at=clock.now())
        page = browser.post(reverse("catalogue:edit", args=[draft.id]), sent, follow=True)
        assert "您填写期间条目已转办" in text_of(page)
        kept = DraftCopy.objects.get()
        assert kept.content["summary"] == "经办人填写的摘要。"
        assert "条目已转办" in text_of(browser.get(reverse("catalogue:copy", args=[kept.pk])))
        with pytest.raises(WrongState):
            actions.take_copy_over(copy_id=kept.pk, by=banner.provider.clerk, at=clock.now())
        assert queries_editing.get_copy(kept.pk, actor=banner.provider.clerk).settled == ""

    def test_who_has_the_form_open_is_shown_and_forgotten(self, banner, draft):
        client_of(banner.provider.reviewer).get(reverse("catalogue:edit", args=[draft.id]))
        browser = client_of(banner.provider.clerk)
        assert banner.provider.reviewer.name in text_of(browser.get(reverse("catalogue:editing", args=[draft.id])))
        assert "正在填写" in text_of(browser.get(reverse("catalogue:entry", args=[draft.id])))
        DraftOpen.objects.update(noticed_at=clock.now() - queries_editing.FORGOTTEN)
        assert banner.provider.reviewer.name not in text_of(browser.get(reverse("catalogue:editing", args=[draft.id])))

    def test_kept_texts_are_the_departments_own(self, banner, draft, overtaken):
        browser, sent = overtaken
        browser.post(reverse("catalogue:edit", args=[draft.id]), sent)
        kept = DraftCopy.objects.get()
        stranger = client_of(banner.consumer.clerk)
        for name in ("catalogue:copy", "catalogue:take_over", "catalogue:set_aside"):
            method = stranger.get if name == "catalogue:copy" else stranger.post
            assert method(reverse(name, args=[kept.pk])).status_code == 404
        assert stranger.get(reverse("catalogue:editing", args=[draft.id])).status_code in (403, 404)
        assert queries_editing.copies_of(draft.id, actor=banner.authority_officer) == ()
        with pytest.raises(NotPermitted):
            actions.take_copy_over(copy_id=kept.pk, by=banner.consumer.clerk, at=clock.now())


@pytest.mark.article("wushen-2021-60:7", "cn-809:13.1", "cn-809:16.1")
class TestManyAtOnce:
    """Each succeeds or fails on its own, and the table says which and why."""

    @pytest.fixture
    def entries(self, banner):
        """One that is whole, one with personal information, one of another state."""

        def at(status):
            made = [
                make.make_entry_at(status, banner=banner, content=complete_content("甲"), at=banner.at),
                make.make_entry_at(status, banner=banner, content=conditional_content("乙"), at=banner.at),
                make.make_entry_at("DRAFT", banner=banner, content=complete_content("丙"), at=banner.at),
            ]
            return [one.id for one in made]

        return at

    def many(self, banner, ids, act, by, **said):
        """The codes of what refused each; nothing was left of what a refused one had begun."""
        found = []
        for key in ids:
            try:
                actions.act_on_one(resource_id=key, act=act, said=said, by=by, at=banner.at + timedelta(hours=1))
            except Shortfalls as refusal:
                found.append([one.code for one in refusal.shortfalls])
            except Refusal as refusal:
                found.append([refusal.code])
            else:
                found.append([])
        return found

    def test_the_clerk_sends_what_is_whole_to_the_reviewer(self, banner):
        whole, half = (make.make_entry_at("DRAFT", banner=banner, content=one, at=banner.at).id for one in (
            complete_content("甲"), replace(complete_content("乙"), elements=()),
        ))  # fmt: skip
        first, second = self.many(banner, [whole, half], "send", banner.provider.clerk)
        assert first == []
        assert second
        assert [queries.get_draft(key).status for key in (whole, half)] == ["IN_REVIEW", "DRAFT"]
        assert self.many(banner, [half], "send", banner.provider.officer) == [["not_permitted"]]

    def test_the_reviewer_passes_what_can_be_passed(self, banner, entries):
        ids = entries("IN_REVIEW")
        assert self.many(banner, ids, "pass", banner.provider.reviewer) == [[], [], ["wrong_state"]]
        assert [queries.get_draft(key).status for key in ids] == ["REVIEWED", "REVIEWED", "DRAFT"]

    def test_consent_is_recorded_for_each_and_personal_data_are_assessed_alone(self, banner, entries):
        ids = entries("REVIEWED")
        said = {"secrecy_statement": "逐项核对，不涉密。", "standing": True}
        assert self.many(banner, ids, "consent", banner.provider.officer, **said) == [
            [], ["personal_not_in_batch"], ["wrong_state"]
        ]  # fmt: skip
        consent = queries.get_draft(ids[0]).consent
        assert consent is not None
        assert (consent.secrecy_statement, consent.standing) == ("逐项核对，不涉密。", True)
        assert queries.get_draft(ids[1]).status == "REVIEWED"

    def test_without_the_statement_nothing_is_consented_to(self, banner, entries):
        ids = entries("REVIEWED")[:1]
        (refused,) = self.many(banner, ids, "consent", banner.provider.officer)
        assert "secrecy_statement_missing" in refused

    def test_the_authority_publishes_and_returns_with_one_remark(self, banner, entries):
        ids = entries("SUBMITTED")
        authority = banner.authority_officer
        assert self.many(banner, ids[:1], "publish", authority) == [[]]
        assert self.many(banner, ids[1:], "return", authority, remark="") == [["remark_missing"], ["resource_not_found"]]
        assert self.many(banner, ids[1:2], "return", authority, remark="请补充使用条件依据。") == [[]]
        assert queries.get_draft(ids[1]).remarks == (("", "请补充使用条件依据。"),)

    def test_a_withholding_is_not_published_unratified_in_a_batch_either(self, banner):
        from gongxiang.law.instruments import Rank
        from gongxiang.platform.rulebook import actions as rulebook

        statute = rulebook.register_statute(
            title="民法典", number="1号", rank=Rank.LAW, article="第一条", in_force_from=date(2021, 1, 1),
            by=banner.authority_officer, at=banner.at,
        )  # fmt: skip
        entry = make.make_entry_at("SUBMITTED", banner=banner, content=withheld_content(statute=str(statute.id)))
        assert self.many(banner, [entry.id], "publish", banner.authority_officer) == [["not_ratified"]]

    def test_who_may_not(self, banner, entries):
        ids = entries("IN_REVIEW")[:1]
        assert self.many(banner, ids, "pass", banner.provider.clerk) == [["not_permitted"]]
        assert self.many(banner, ids, "pass", banner.consumer.reviewer) == [["resource_not_found"]]
        assert self.many(banner, ids, "pass", banner.auditor) == [["not_permitted"]]
        assert self.many(banner, ids, "ratify", banner.authority_leader) == [["not_permitted"]]

    def test_on_the_page(self, banner, entries):
        ids = entries("IN_REVIEW")
        browser = client_of(banner.provider.reviewer)
        queue = text_of(browser.get(reverse("catalogue:reviews"), {"ticked": "all"}))
        assert queue.count("checked") == 2
        assert "审核通过" in queue
        sent = {"entry": [str(key) for key in ids] + ["nonsense"], "act": "pass", "remark": ""}
        result = text_of(browser.post(reverse("batches:entries"), sent, follow=True))
        assert "已办完" in result
        assert (result.count('badge-success">办成<'), result.count('badge-danger">未办成<')) == (2, 1)
        assert browser.post(reverse("batches:entries"), {"act": "publish", "entry": [str(ids[0])]}).status_code == 403
        many = {"act": "pass", "entry": [str(uuid4()) for _ in range(201)]}
        assert browser.post(reverse("batches:entries"), many).status_code == 409
        nothing = client_of(banner.provider.officer).post(reverse("batches:entries"), {"act": "consent"}, follow=True)
        assert nothing.redirect_chain == [(reverse("catalogue:reviews"), 302)]
        assert [message.level_tag for message in nothing.context["messages"]] == ["error"]


def test_megabytes_of_text_in_a_form_are_refused_in_words(banner, draft):
    clerk = client_of(banner.provider.clerk)
    for text, field in (("大" * 1_000_000, "summary"), ("=" * 10_000_000, "name")):
        answer = clerk.post(reverse("catalogue:edit", args=[draft.id]), urlencode({field: text}), content_type=FORM)
        assert (answer.status_code, "文字过多" in text_of(answer)) == (413, True)
    assert queries.get_draft(draft.id).revision == draft.revision


def test_one_id_names_one_distribution(banner):
    draft = make.make_draft_entry(banner.provider, at=banner.at)
    (one,) = draft.content.distributions[:1]
    twice = replace(draft.content, distributions=(one, replace(one, title="另一份")))
    saved = actions.save_draft(
        resource_id=draft.id, content=twice, seen=draft.revision, by=banner.provider.clerk, at=banner.at
    ).content.distributions
    assert saved[0].id == one.id
    assert len({item.id for item in saved}) == 2
