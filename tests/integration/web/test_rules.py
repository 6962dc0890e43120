"""The rulebook's pages, through their addresses, as people of each kind see them."""

from datetime import date, datetime

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve
from django.utils import translation

from gongxiang.law.articles import all_articles
from gongxiang.law.deadlines import BEIJING
from gongxiang.law.instruments import Rank, chinese_number, standings
from gongxiang.platform.rulebook import queries
from gongxiang.platform.rulebook.queries import OpenDeadline
from gongxiang.platform.web import second_factor
from gongxiang.platform.web.rules import todos
from gongxiang.protocol import clock
from tests.integration.rulebook.people import ADMIN, CLERK, LEADER, OFFICER
from tests.integration.rulebook.test_calendar import NOTICE_2027

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 9, tzinfo=BEIJING)
TEXT = "乌政办发〔2021〕60号\n" + "\n".join(
    f"第{chinese_number(n)}条  第{n}点。\n（一）甲{n}。\n（二）乙{n}。" for n in range(1, 34)
)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def as_(monkeypatch):
    """A browser in which the person has signed in."""

    def sign_in(person, language="zh-hans"):
        def middleware(get_response):
            def call(request):
                request.actor = person
                return get_response(request)

            return call

        monkeypatch.setattr("tests.integration.web.test_rules.acting", middleware, raising=False)
        kept = [m for m in settings.MIDDLEWARE if not m.endswith(("WhiteNoiseMiddleware", "acting"))]
        monkeypatch.setattr(settings, "MIDDLEWARE", [*kept, "tests.integration.web.test_rules.acting"])
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return client

    return sign_in


def text_of(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "address",
    [
        "/rules/",
        "/rules/calendar/",
        "/rules/calendar/?year=2027",
        "/rules/calendar/?year=2031",
        "/rules/instruments/cn-809/",
        "/rules/articles/wushen-2021-60:21(2)/",
        "/rules/periods/reply_conditional/",
        "/rules/periods/withholding_ranks/",
        "/rules/statutes/",
        "/rules/statutes/?q=x&rank=law&force=now",
        "/rules/codes/",
        "/rules/codes/format/",
        "/rules/parameters/",
    ],
)
def test_everyone_signed_in_reads(as_, address, language):
    response = as_(CLERK, language).get(address)
    assert response.status_code == 200
    assert f'lang="{language[:2]}' in text_of(response)


@pytest.mark.parametrize(
    "address",
    ["/rules/calendar/notice/", "/rules/instruments/cn-809/text/", "/rules/statutes/register/"],
)
def test_a_clerk_does_not_keep_the_rulebook(as_, address):
    assert as_(CLERK).get(address).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/rules/articles/wushen-2021-60:99/", "/rules/instruments/cn-1/", "/rules/periods/tea/", "/rules/codes/tea/",
        "/rules/calendar/?year=1", "/rules/calendar/?year=abc", f"/rules/statutes/{CLERK.id}/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(as_, address):
    assert as_(CLERK).get(address).status_code == 404


@pytest.mark.article("wushen-2021-60:21(2)", "cn-809:14(3)")
def test_every_article_has_a_page_in_both_languages(as_):
    clients = [as_(CLERK, "zh-hans"), as_(CLERK, "en")]
    for one in all_articles():
        for client in clients:
            response = client.get(f"/rules/articles/{one.id}/")
            assert response.status_code == 200, one.id
    assert one.summary.en in text_of(response)


def test_a_provisional_year_warns_in_words(as_):
    page = text_of(as_(CLERK).get("/rules/calendar/?year=2027"))
    assert "暂定" in page
    assert "放假安排尚未录入" in page
    assert "放假安排尚未录入" not in text_of(as_(CLERK).get("/rules/calendar/?year=2025"))


def test_days_are_marked_in_words(as_):
    page = text_of(as_(CLERK).get("/rules/calendar/?year=2026"))
    assert page.count("<small>班</small>") == 6
    assert page.count("<small>休</small>") == 33


# ---- holiday notice


def posted_preview(client, **changes):
    values = {"year": 2027, "scope": "state", "text": NOTICE_2027, "number": "", "title": ""}
    return client.post("/rules/calendar/notice/", {**values, **changes})


def test_a_notice_is_previewed_then_confirmed(as_, monkeypatch):
    start = datetime(2027, 2, 1, 9, tzinfo=BEIJING)
    counted = queries.deadline("reply_conditional", start=start)
    running = OpenDeadline(
        subject="access_request:1", title="特困人员基本信息", rule=counted.rule, start=start, due_at=counted.due_at
    )
    monkeypatch.setattr(queries, "_sources", {"test": lambda at: [running]})
    client = as_(OFFICER)
    preview = posted_preview(client)
    assert preview.status_code == 200
    assert "特困人员基本信息" in text_of(preview)
    assert "1 个未到期的期限将变动" in text_of(preview)
    assert "可能使其变动" in text_of(preview)
    assert queries.calendar_status(2027).provisional
    confirmed = client.post("/rules/calendar/notice/confirm/", preview.context["form"].initial)
    assert confirmed.status_code == 302
    assert not queries.calendar_status(2027).provisional
    assert queries.calendar_status(2027).notice.number == "国办发明电〔2026〕99号"
    assert "1 个期限变动" in text_of(client.get(confirmed.url))


def test_a_preview_gone_stale_is_shown_again(as_, monkeypatch):
    client = as_(OFFICER)
    values = posted_preview(client).context["form"].initial
    again = client.post("/rules/calendar/notice/confirm/", {**values, "seen": "old"})
    assert again.status_code == 422
    assert "已有变化" in text_of(again)
    assert queries.calendar_status(2027).provisional
    assert client.post("/rules/calendar/notice/confirm/", {}).status_code == 302


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": ""}, "通知中没有放假日"),
        ({"text": "2027-01-01,放假,元旦"}, "请按原件填写文号"),
        ({"text": "元旦：某日放假。"}, "这一行无法识别：元旦：某日放假。"),
        ({"text": NOTICE_2027.replace("10月1日至7日", "10月2日至7日")}, "2027-10-01 是法定放假日"),
        ({"year": "x"}, "notice-error"),
    ],
)
def test_a_wrong_notice_says_what_is_wrong(as_, changes, said):
    response = posted_preview(as_(OFFICER), **changes)
    assert response.status_code == 422
    assert said in text_of(response)


def test_the_missing_notice_and_texts_are_to_dos():
    with translation.override("zh-hans"):
        found = todos.todos(OFFICER, AT)
    assert "2027" in found[0].title
    assert len(found) == 3
    assert todos.todos(CLERK, AT) == []


# ---- instruments


def test_a_text_is_pasted_and_shown_beside_its_article(as_):
    client = as_(OFFICER)
    assert client.post("/rules/instruments/wushen-2021-60/text/", {"text": TEXT}).status_code == 302
    page = text_of(client.get("/rules/articles/wushen-2021-60:21(2)/"))
    assert '<mark lang="zh">（二）乙21。</mark>' in page
    assert "（一）甲21。" in page


@pytest.mark.parametrize(
    ("text", "said"), [("", "请选择文件或粘贴全文"), ("别的文件", "全文中既没有"), (TEXT.replace("第七条", ""), "缺少：7")]
)
def test_a_wrong_text_says_what_is_wrong(as_, text, said):
    response = as_(OFFICER).post("/rules/instruments/wushen-2021-60/text/", {"text": text})
    assert response.status_code == 422
    assert said in text_of(response)


def test_the_leader_chooses_a_rule_after_the_second_factor(as_, monkeypatch):
    client = as_(LEADER)
    values = {"instrument": "cn-809", "since": "2026-12-01", "reason": "数据量大"}
    monkeypatch.setattr(second_factor, "is_fresh", lambda request: True)
    assert client.post("/rules/periods/reply_conditional/choose/", values).status_code == 302
    page = text_of(client.get("/rules/periods/reply_conditional/"))
    assert "比默认宽松" in page
    assert "数据量大" in page
    wrong = client.post("/rules/periods/reply_conditional/choose/", {**values, "instrument": "site", "days": "11"})
    assert wrong.status_code == 422
    assert "1 至 10 个工作日" in text_of(wrong)
    assert client.post("/rules/periods/tea/choose/", values).status_code == 404


# ---- statutes, codes, parameters


def test_a_statute_is_registered_found_and_ended(as_):
    client = as_(OFFICER)
    values = {
        "title": "保守国家秘密法", "number": "主席令第二十号", "rank": Rank.LAW.value, "article": "第十三条",
        "in_force_from": "2024-05-01", "issuer": "", "in_force_until": "", "text": "", "url": "",
    }  # fmt: skip
    registered = client.post("/rules/statutes/register/", values)
    assert registered.status_code == 302
    assert "第十三条" in text_of(client.get(registered.url))
    assert "保守国家秘密法" in text_of(client.get("/rules/statutes/?q=秘密&force=now"))
    assert "没有符合条件的依据" in text_of(client.get("/rules/statutes/?force=ended"))
    assert "主席令第二十号" in text_of(client.get("/rules/statutes/?export=csv"))
    wrong = client.post(f"{registered.url}end/", {"in_force_until": "2024-01-01", "reason": "废止"})
    assert "失效日期早于施行日期" in text_of(wrong)
    assert client.post(f"{registered.url}end/", {"in_force_until": "2026-11-01", "reason": "废止"}).status_code == 302
    assert "今天无效" in text_of(client.get(registered.url))
    assert client.post("/rules/statutes/register/", {**values, "url": "x:"}).status_code == 422


def test_codes_are_added_and_retired(as_):
    client = as_(OFFICER)
    new = {"code": "7", "label_zh": "每半年", "label_en": "Half-yearly"}
    assert client.post("/rules/codes/update_cycle/add/", new).status_code == 302
    assert "本表中已有代码 7" in text_of(client.post("/rules/codes/update_cycle/add/", new))
    assert client.post("/rules/codes/update_cycle/retire/", {"code": "7"}).status_code == 302
    assert [c.until for c in queries.codes("update_cycle") if c.code == "7"] == [date(2026, 11, 23)]
    assert as_(CLERK).post("/rules/codes/update_cycle/add/", {**new, "code": "8"}).status_code == 403


def test_a_parameter_is_set(as_):
    client = as_(ADMIN)
    name = "urgent_working_days"
    assert client.post(f"/rules/parameters/{name}/", {f"{name}-value": "3"}).status_code == 302
    assert queries.parameter(name) == 3
    assert "0 至 10" in text_of(client.post(f"/rules/parameters/{name}/", {f"{name}-value": "77"}))


def test_a_local_day_is_entered_from_a_table(as_):
    client = as_(OFFICER)
    values = {"scope": "local", "year": "2026", "text": "2026-12-04,放假,纪念日", "number": "乌政办发﹝2026﹞1号"}
    preview = posted_preview(client, **values, title="通知")
    assert "2026年12月4日" in text_of(preview)
    assert client.post("/rules/calendar/notice/confirm/", preview.context["form"].initial).status_code == 302
    assert not queries.calendar().working_day(date(2026, 12, 4))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (("2027-01-01,放假,元旦\n" * 70_000).encode(), "1000000"),
        (b"PK\x03\x04\x14\x00\x06\x00" + b"\x00" * 40, "UTF-8"),
        ("日期,类型\n2027-01-01,放假".encode("utf-16"), "UTF-8"),
    ],
    ids=["longer than is read", "a workbook", "another encoding"],
)
@pytest.mark.parametrize("address", ["/rules/calendar/notice/", "/rules/instruments/cn-809/text/"])
def test_a_file_that_cannot_be_read_whole_is_refused(as_, address, data, word):
    file = SimpleUploadedFile("x.csv", data)
    answer = as_(OFFICER, "en").post(address, {"year": 2027, "scope": "state", "file": file})
    assert (answer.status_code, word in text_of(answer)) == (422, True)


def test_how_the_product_stands_names_pages_there_are():
    for name, standing in standings().items():
        for address in standing.pages:
            assert resolve(address).func, (name, address)
