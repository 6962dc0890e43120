"""Pages of synonyms and kept searches, and what the search page says about a query."""

import pytest

from gongxiang.platform.catalogue import actions, finding
from gongxiang.protocol import clock
from tests.factories import catalogue as make
from tests.factories.contents import complete_content
from tests.factories.parties import make_banner
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner()


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_authority_keeps_synonyms_and_the_search_says_that_it_used_them(banner):
    make.make_published(banner=banner, content=complete_content("最低生活保障资金发放信息"))
    officer = signed_in(banner.authority_officer)
    answer = officer.post("/catalogue/synonyms/enter/", {"words": "低保\n最低生活保障", "note": "民政"}, follow=True)
    assert "低保" in text_of(answer)
    page = text_of(officer.get("/catalogue/", {"q": "低保"}))
    assert "<mark>最低生活保障</mark>资金发放信息" in page
    assert "同时检索了“低保”的同义词" in page
    exact = text_of(officer.get("/catalogue/", {"q": "低保", "exact": "1"}))
    assert "没有符合" in exact


def test_a_wrong_group_is_said_beside_its_field(banner):
    officer = signed_in(banner.authority_officer)
    answer = officer.post("/catalogue/synonyms/enter/", {"words": "低保"})
    assert answer.status_code == 422
    assert "一组至少要有两个不同的词" in text_of(answer)
    assert finding.synonyms() == ()


def test_a_group_is_changed_and_ended_and_stays_readable(banner):
    group = actions.enter_synonyms(words=["低保", "最低生活保障"], by=banner.authority_officer, at=clock.now())
    officer = signed_in(banner.authority_officer)
    officer.post(f"/catalogue/synonyms/{group.pk}/", {"words": "低保\n最低生活保障\n低保户", "note": ""})
    assert finding.synonyms_of(group.pk).words == ("低保", "最低生活保障", "低保户")
    officer.post(f"/catalogue/synonyms/{group.pk}/end/")
    assert finding.synonyms() == ()
    assert "低保户" in text_of(officer.get("/catalogue/synonyms/", {"ended": "1"}))
    assert "低保户" in text_of(officer.get("/catalogue/synonyms/", {"ended": "1", "export": "csv"}))


def test_others_read_them_only(banner):
    clerk = signed_in(banner.consumer.clerk)
    assert "同义词由主管部门经办人维护" not in text_of(clerk.get("/catalogue/synonyms/"))
    actions.enter_synonyms(words=["低保", "最低生活保障"], by=banner.authority_officer, at=clock.now())
    assert "同义词由主管部门经办人维护" in text_of(clerk.get("/catalogue/synonyms/"))
    assert clerk.post("/catalogue/synonyms/enter/", {"words": "甲乙\n丙丁"}).status_code == 403


def test_what_finds_nothing_is_told_what_would(banner):
    make.make_published(banner=banner)
    clerk = signed_in(banner.consumer.clerk)
    page = text_of(clerk.get("/catalogue/", {"q": "形政区划"}))
    assert "您是否要找" in page
    assert "读音相同" in page


def test_values_of_one_facet_widen(banner):
    make.make_published(banner=banner)
    clerk = signed_in(banner.consumer.clerk)
    page = text_of(clerk.get("/catalogue/?sharing_type=UNCONDITIONAL&sharing_type=CONDITIONAL"))
    assert "行政区划代码" in page
    assert "?sharing_type=CONDITIONAL" in page


def test_a_search_is_kept_under_a_name_and_opened_again(banner):
    clerk = signed_in(banner.consumer.clerk)
    assert clerk.get("/catalogue/searches/keep/?q=xzqh&page=3").status_code == 200
    answer = clerk.post("/catalogue/searches/keep/?q=xzqh&page=3", {"name": "区划", "notify": "on"}, follow=True)
    assert 'href="/catalogue/?q=xzqh"' in text_of(answer)
    (kept,) = finding.saved_searches(banner.consumer.clerk)
    assert kept.notify
    clerk.post(f"/catalogue/searches/{kept.id}/", {"notify": "0"})
    assert not finding.saved_searches(banner.consumer.clerk)[0].notify
    again = clerk.post("/catalogue/searches/keep/?q=a", {"name": "区划"})
    assert again.status_code == 422
    assert "您已用此名称保存过检索" in text_of(again)
    clerk.post(f"/catalogue/searches/{kept.id}/remove/")
    assert finding.saved_searches(banner.consumer.clerk) == ()


def test_another_persons_search_is_not_found(banner):
    kept = actions.save_search(name="区划", query="q=a", by=banner.consumer.clerk, at=clock.now())
    other = signed_in(banner.provider.clerk)
    assert other.post(f"/catalogue/searches/{kept.pk}/remove/").status_code == 404
    assert other.post(f"/catalogue/searches/{kept.pk}/", {"notify": "1"}).status_code == 404
