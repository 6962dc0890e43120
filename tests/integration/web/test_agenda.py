"""The agenda as people use it: to-dos, running periods, deputies, the calendar program, the office system."""

from datetime import timedelta

import icalendar
import pytest
from django.test import Client

from gongxiang.platform.access import states
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.notices import tasks
from gongxiang.platform.notices.models import CalendarFeed, Dispatch
from gongxiang.platform.parties import actions, queries
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING
from tests.factories import catalogue as make
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import make_request
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner(at=clock.now() - timedelta(hours=1))


@pytest.fixture
def request_(banner):
    resource = make.make_published(banner=banner, content=conditional_content())
    return make_request(states.SUBMITTED, banner=banner, resource_id=resource.id, at=banner.at)


def text_of(answer, status=200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_to_dos_and_periods_are_listed_narrowed_sorted_and_exported(banner, request_):
    browser = signed_in(banner.provider.clerk)
    page = text_of(browser.get("/agenda/"))
    assert "特困人员基本信息" in page
    assert "24:00" in page
    assert "特困人员基本信息" in text_of(
        browser.get("/agenda/", {"area": "access", "urgency": "later", "q": "特困", "sort": "area"})
    )
    assert "没有符合条件的待办" in text_of(browser.get("/agenda/", {"urgency": "overdue"}))
    assert "特困人员基本信息" in text_of(browser.get("/agenda/", {"export": "csv", "sort": "new"}))
    ours = text_of(browser.get("/agenda/periods/", {"whose": "ours", "rule": "reply_conditional", "sort": "later"}))
    assert request_.number in ours
    assert banner.provider.department.name in ours
    assert request_.number not in text_of(browser.get("/agenda/periods/", {"whose": "others"}))
    theirs = signed_in(banner.consumer.clerk)
    assert request_.number in text_of(theirs.get("/agenda/periods/", {"whose": "others"}))
    assert request_.number in text_of(theirs.get("/agenda/periods/", {"export": "csv"}))
    assert request_.number not in text_of(signed_in(banner.stranger.officer).get("/agenda/periods/"))
    assert request_.number in text_of(signed_in(banner.authority_leader).get("/agenda/periods/"))
    assert "没有待办事项" in text_of(signed_in(banner.auditor).get("/agenda/"))


def test_a_calendar_program_reads_the_deadlines_until_the_address_ends(banner, request_):
    person = banner.provider.clerk
    browser = signed_in(person)
    assert "您还没有日历地址" in text_of(browser.get("/agenda/calendar/"))
    slip = text_of(browser.post("/agenda/calendar/new/"))
    address = slip.split('id="address">')[1].split("<")[0]
    path = address.split("testserver")[1]
    program = Client()
    answer = program.get(path)
    assert answer["Content-Type"].startswith("text/calendar")
    read = icalendar.Calendar.from_ical(answer.content)
    events = [one for one in read.walk("VEVENT") if banner.consumer.department.name in str(one["SUMMARY"])]
    (event,) = events
    assert event.decoded("DTSTART") == (request_.due_at.astimezone(BEIJING) - timedelta(minutes=1)).date()
    assert {"UID", "DTSTAMP", "DTEND"} <= set(event)
    assert str(event["DESCRIPTION"]) == "办法第二十一条第（二）项"
    assert "办法第二十一条第（二）项" in browser.get("/agenda/?export=csv").content.decode("utf-8-sig")
    assert b"\r\n" in answer.content
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    again = icalendar.Calendar.from_ical(program.get(path).content)
    assert [str(one["UID"]) for one in again.walk("VEVENT")] == [str(one["UID"]) for one in read.walk("VEVENT")]
    secret = path.removeprefix("/agenda/feed/").removesuffix(".ics")
    assert secret not in str(CalendarFeed.objects.values_list()[0])
    assert secret not in str([row.after for row in EvidenceRecord.objects.filter(kind="calendar_feed:issued")])
    assert program.get("/agenda/feed/" + "x" * 43 + ".ics").status_code == 404
    second = text_of(browser.post("/agenda/calendar/new/")).split("testserver")[1].split("<")[0]
    assert (program.get(path).status_code, program.get(second).status_code) == (404, 200), "one address at a time"
    tasks.actions_out.end_feeds_of(person_id=person.id, by=tasks._JOB, at=clock.now())
    assert program.get(second).status_code == 404, "it ends with a password or authenticator that is reset"
    third = text_of(browser.post("/agenda/calendar/new/")).split("testserver")[1].split("<")[0]
    browser.post("/agenda/calendar/end/")
    assert program.get(third).status_code == 404


def test_the_secret_of_a_calendar_stands_in_no_log(banner, caplog):
    slip = text_of(signed_in(banner.provider.clerk).post("/agenda/calendar/new/"))
    path = slip.split('id="address">')[1].split("<")[0].split("testserver")[1]
    program = Client(enforce_csrf_checks=True)
    for logger in ("django.request", "django.security.csrf"):
        caplog.set_level("WARNING", logger)
    # Calendar programs first ask what the address can do.
    assert [program.generic(method, path).status_code for method in ("PROPFIND", "OPTIONS", "POST")] == [403, 405, 403]
    assert "/agenda/feed/…" in caplog.text
    assert path.split("/")[-1].removesuffix(".ics") not in caplog.text


def test_an_officer_names_a_deputy_for_a_colleague_and_ends_it(banner):
    office, today = banner.provider, clock.now().astimezone(BEIJING).date()
    browser = signed_in(office.officer)
    form = {"person": str(office.reviewer.id), "deputy": str(office.clerk.id), "starts_on": str(today), "ends_on": str(today)}
    assert browser.post("/agenda/deputies/", form).status_code == 302
    assert queries.actor_of(office.clerk.id, clock.now()).stands_for[0].id == office.reviewer.id
    assert "已有代理人" in text_of(browser.post("/agenda/deputies/", form), 422)
    assert "今日您代理" in text_of(signed_in(office.clerk).get("/agenda/deputies/"))
    wrong = {**form, "starts_on": "9999-12-31", "ends_on": "9999-12-31", "deputy": ""}
    assert browser.post("/agenda/deputies/", wrong).status_code == 422
    assert browser.post("/agenda/deputies/", {**form, "person": str(banner.consumer.clerk.id)}).status_code == 422
    assert office.clerk.name in text_of(browser.get("/agenda/deputies/", {"which": "now", "q": office.clerk.name}))
    assert office.clerk.name in text_of(browser.get("/agenda/deputies/", {"export": "csv"}))
    (row,) = queries.deputyships(office.officer, clock.now(), which="now")
    assert browser.post(f"/agenda/deputies/{row.id}/end/").status_code == 302
    assert queries.deputyships(office.officer, clock.now(), which="now") == []
    mine = signed_in(office.node_operator)
    assert mine.post("/agenda/deputies/", form).status_code == 422, "only the officer names for others"


def test_the_office_system_is_entered_stopped_and_a_message_sent_again(banner, settings):
    settings.WEBHOOK_NETWORKS = ["10.0.0.0/8"]
    browser = signed_in(banner.consumer.officer)
    assert "没有符合条件的消息" in text_of(browser.get("/agenda/office-system/"))
    for address in ("http://127.0.0.1/", "http://169.254.169.254/", "nothing"):
        answer = browser.post("/agenda/office-system/", {"address": address, "algorithm": "sm3"})
        assert answer.status_code == 422
    slip = text_of(browser.post("/agenda/office-system/", {"address": "http://10.0.0.9/oa", "algorithm": "sm3"}))
    secret = slip.split('id="secret">')[1].split("<")[0]
    assert secret not in text_of(browser.get("/agenda/office-system/"))
    assert browser.post("/agenda/office-system/", {"address": "http://10.0.0.9/x", "algorithm": "sha256"}).status_code == 302
    row = Dispatch.objects.create(
        department_id=banner.consumer.id, kind="access_request:granted", title="SQ-1", body={}, source="s", made_at=clock.now(),
        attempts=7, problem="timeout",
    )  # fmt: skip
    page = text_of(browser.get("/agenda/office-system/", {"state": "given_up"}))
    assert "应答超时" in page
    assert browser.post(f"/agenda/office-system/{row.pk}/resend/").status_code == 302
    assert text_of(browser.post(f"/agenda/office-system/{row.pk}/resend/"), 409)
    assert "SQ-1" in text_of(browser.get("/agenda/office-system/", {"export": "csv"}))
    assert browser.post("/agenda/office-system/stop/").status_code == 302
    assert "停止发送" in text_of(browser.get("/agenda/office-system/"))
    assert "邮件全部发出" in text_of(signed_in(banner.site.system_admin).get("/agenda/letters/"))


def test_the_timeline_names_both_where_a_deputy_acted(banner):
    office, at = banner.consumer, clock.now()
    resource = make.make_published(banner=banner, content=conditional_content())
    request = make_request(states.PRESENTED, banner=banner, resource_id=resource.id, at=banner.at)
    actions.name_deputy(
        person_id=office.officer.id, deputy_id=office.reviewer.id, starts_at=banner.at, ends_at=at + timedelta(days=1),
        by=office.officer, at=at,
    )  # fmt: skip
    browser = signed_in(office.reviewer)
    assert browser.post(f"/requests/{request.pk}/consent/").status_code == 302
    assert f"（代 {office.officer.name}）" in text_of(browser.get(f"/requests/{request.pk}/"))
