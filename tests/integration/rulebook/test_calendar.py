from datetime import date, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from gongxiang.law.calendar import DayKind, YearStatus, shipped_calendar
from gongxiang.law.deadlines import BEIJING
from gongxiang.law.notices import NoticeDay, read_notice
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.platform.rulebook import actions, queries
from gongxiang.platform.rulebook.errors import PreviewOutdated
from gongxiang.platform.rulebook.models import CalendarDay
from gongxiang.platform.rulebook.queries import OpenDeadline
from tests.integration.rulebook.people import CLERK, OFFICER, SEED

pytestmark = pytest.mark.django_db

AT = datetime(2026, 12, 28, 9, tzinfo=BEIJING)
#: Invented: no notice for 2027 was known when this was written.
NOTICE_2027 = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕99号
一、元旦：1月1日至3日放假，共3天。
二、春节：2月5日至11日放假调休，共7天。2月14日上班。
三、清明节：4月3日至5日放假，共3天。
四、劳动节：5月1日至5日放假调休，共5天。5月8日上班。
五、端午节：6月9日放假，共1天。
六、中秋节：9月15日放假，共1天。
七、国庆节：10月1日至7日放假调休，共7天。9月26日、10月9日上班。
"""


@pytest.fixture
def running(monkeypatch):
    """Clocks that rooms above would name."""
    clocks: list[OpenDeadline] = []
    monkeypatch.setattr(queries, "_sources", {"test": lambda at: clocks})
    return clocks


def clock(start: datetime, rule: str = "reply_conditional", title: str = "特困人员基本信息") -> OpenDeadline:
    counted = queries.deadline(rule, start=start)
    return OpenDeadline(subject=f"access_request:{uuid4()}", title=title, rule=counted.rule, start=start, due_at=counted.due_at)


def enter(text: str = NOTICE_2027, *, at: datetime = AT, by=OFFICER, **changes):
    read = read_notice(text)
    seen = queries.preview_notice(year=2027, scope="state", days=read.days, at=at).seen
    values = {"year": 2027, "number": read.number, "title": read.title, "days": read.days, "seen": seen, **changes}
    return actions.enter_notice(by=by, at=at, **values)


def test_a_migrated_database_has_the_shipped_calendar():
    shipped, ours = shipped_calendar(), queries.calendar()
    assert ours.days_off == shipped.days_off
    assert ours.makeup_days == shipped.makeup_days
    assert (ours.confirmed_years, ours.provisional_years) == (shipped.confirmed_years, shipped.provisional_years)
    assert ours.names[date(2026, 10, 1)].en == "National Day"


def test_seeding_again_changes_nothing():
    before = EvidenceRecord.objects.count()
    assert actions.seed_rulebook(by=SEED, at=AT) == 0
    assert EvidenceRecord.objects.count() == before


def test_nobody_else_seeds():
    with pytest.raises(NotPermitted):
        actions.seed_rulebook(by=OFFICER, at=AT)


@pytest.mark.parametrize(
    ("year", "status"), [(2026, YearStatus.CONFIRMED), (2027, YearStatus.PROVISIONAL), (2031, YearStatus.ABSENT)]
)
def test_status_of_years(year, status):
    found = queries.calendar_status(year)
    assert (found.status, found.provisional) == (status, status is not YearStatus.CONFIRMED)


def test_the_missing_notice_is_named_from_november_on():
    assert queries.missing_notice_year(datetime(2026, 10, 31, 9, tzinfo=BEIJING)) is None
    assert queries.missing_notice_year(datetime(2026, 11, 1, 9, tzinfo=BEIJING)) == 2027
    assert queries.missing_notice_year(datetime(2027, 1, 4, 9, tzinfo=BEIJING)) == 2027


@pytest.mark.article("wushen-2021-60:21(2)")
def test_a_deadline_into_the_new_year_is_provisional_until_the_notice():
    before = queries.deadline("reply_conditional", start=AT)
    assert before.provisional
    assert before.last_day == date(2027, 1, 5)
    enter()
    after = queries.deadline("reply_conditional", start=AT)
    assert not after.provisional
    assert queries.calendar_status(2027).status is YearStatus.CONFIRMED
    assert queries.calendar().names[date(2027, 2, 7)].en == "Spring Festival"


def test_the_preview_names_what_moves_and_changes_nothing(running):
    start = datetime(2027, 2, 1, 9, tzinfo=BEIJING)
    running += [clock(start), clock(datetime(2026, 12, 28, 9, tzinfo=BEIJING), title="行政区划代码")]
    records = EvidenceRecord.objects.count()
    preview = queries.preview_notice(year=2027, scope="state", days=read_notice(NOTICE_2027).days, at=AT)
    assert [(m.deadline.title, m.later) for m in preview.moves] == [("特困人员基本信息", True)]
    assert queries.calendar_status(2027).provisional
    assert preview.unmoved == 1
    assert (date(2027, 2, 14), DayKind.WEEKEND, DayKind.MAKEUP) in preview.changed_days
    assert preview.working_days_after < preview.working_days_before
    assert EvidenceRecord.objects.count() == records


def test_entering_records_what_moved_and_who_entered_it(running):
    running.append(clock(datetime(2027, 2, 1, 9, tzinfo=BEIJING)))
    notice = enter()
    record = EvidenceRecord.objects.get(kind="calendar:notice_entered")
    assert record.after["number"] == "国办发明电〔2026〕99号" == notice.number
    assert record.detail["moved"][0][0] == running[0].subject
    assert running[0].subject in record.trail
    assert record.actor_name == OFFICER.name
    assert [n.confirmed for n in queries.notices_of(2027)] == [True, False]
    assert queries.notices_of(2027)[1].superseded_at == AT
    assert len(queries.days_of(notice.id)) == len(read_notice(NOTICE_2027).days)


def test_recounting_gives_the_day_the_preview_showed(running):
    running.append(clock(datetime(2027, 2, 1, 9, tzinfo=BEIJING)))
    shown = queries.preview_notice(year=2027, scope="state", days=read_notice(NOTICE_2027).days, at=AT).moves[0].due_at
    enter()
    again = queries.recount_open(running[0], at=AT)
    assert again.due_at == shown
    assert again.rule == "reply_conditional=5@2021-10-12"


def test_no_deadline_moves_into_the_past(running):
    late = datetime(2027, 2, 14, 9, tzinfo=BEIJING)
    running.append(clock(datetime(2027, 2, 9, 9, tzinfo=BEIJING)))
    assert running[0].due_at == datetime(2027, 2, 17, tzinfo=BEIJING)
    # Two weekend days become working days: by the count it would have been over on the 14th.
    text = NOTICE_2027.replace("2月5日至11日放假调休，共7天。2月14日上班", "2月5日至8日放假。2月13日、2月14日上班")
    enter(text, at=late)
    assert queries.recount_open(running[0], at=late).due_at == datetime(2027, 2, 15, tzinfo=BEIJING)


def test_an_extension_keeps_its_own_number_of_days(running):
    first = queries.deadline("reply_conditional", start=AT)
    longer = queries.extension("reply_extension", due_at=first.due_at, days=3)
    open_one = OpenDeadline(
        subject="access_request:1", title="", rule=longer.rule, start=first.due_at.replace(microsecond=0), due_at=longer.due_at,
        working_days=longer.working_days,
    )  # fmt: skip
    assert longer.working_days == 3
    assert queries.recount_open(open_one, at=AT).working_days == 3


def test_what_was_confirmed_is_what_was_seen(running):
    read = read_notice(NOTICE_2027)
    seen = queries.preview_notice(year=2027, scope="state", days=read.days, at=AT).seen
    running.append(clock(datetime(2027, 2, 1, 9, tzinfo=BEIJING)))
    with pytest.raises(PreviewOutdated):
        enter(seen=seen)


def test_a_clerk_enters_no_notice():
    with pytest.raises(NotPermitted):
        enter(by=CLERK)


def test_an_incomplete_notice_leaves_nothing():
    with pytest.raises(Shortfalls):
        enter(number="", days=())
    assert queries.calendar_status(2027).provisional


def test_without_evidence_no_notice(monkeypatch):
    monkeypatch.setattr(actions, "record_act", lambda **_: (_ for _ in ()).throw(IntegrityError()))
    with pytest.raises(IntegrityError), transaction.atomic():
        enter()
    assert queries.calendar_status(2027).provisional


def test_a_local_day_stands_beside_the_state_s():
    day = NoticeDay(on=date(2026, 7, 10), kind=DayKind.OFF, name="那达慕")
    at = datetime(2026, 6, 1, 9, tzinfo=BEIJING)
    seen = queries.preview_notice(year=2026, scope="local", days=(day,), at=at).seen
    actions.enter_notice(
        year=2026, scope="local", number="乌政办发〔2026〕1号", title="放假通知", days=(day,), seen=seen, by=OFFICER, at=at
    )
    assert not queries.calendar().working_day(date(2026, 7, 10))
    assert not queries.calendar().working_day(date(2026, 10, 1))
    status = queries.calendar_status(2026)
    assert status.local is not None
    assert status.status is YearStatus.CONFIRMED


def test_pages_count_working_days_left():
    due_at = queries.deadline("reply_conditional", start=datetime(2026, 11, 20, 9, tzinfo=BEIJING)).due_at
    assert queries.working_days_left(due_at, datetime(2026, 11, 24, 9, tzinfo=BEIJING)) == 3
    assert not queries.is_urgent(due_at, datetime(2026, 11, 24, 9, tzinfo=BEIJING))
    assert queries.is_urgent(due_at, datetime(2026, 11, 26, 9, tzinfo=BEIJING))


def test_an_open_deadline_into_an_unannounced_year_is_shown_as_provisional():
    at = datetime(2026, 12, 24, 9, tzinfo=BEIJING)
    near, far = queries.deadline("reply_unconditional", start=at), queries.deadline("reply_conditional", start=at)
    assert not queries.is_provisional(near.due_at, at)
    assert queries.is_provisional(far.due_at, at)
    assert not queries.is_provisional(near.due_at, far.due_at)


def test_days_of_a_notice_are_never_changed():
    day = CalendarDay.objects.first()
    assert day is not None
    with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
        connection.cursor().execute("UPDATE rulebook_calendarday SET kind = 'makeup' WHERE id = %s", [day.pk])
