"""Files with the days of a notice: one table of forms that say the same, one of files that are refused whole."""

import json
from datetime import date, timedelta

import pytest

from gongxiang.law.calendar import DayKind
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.rulebook import notice_files
from gongxiang.platform.rulebook.errors import DayTwice, NoticeTooLong, NoticeUnreadable, NoticeWithoutDays

EXPECTED = [
    (date(2027, 1, 1), DayKind.OFF, "元旦"), (date(2027, 1, 2), DayKind.OFF, "元旦"), (date(2027, 1, 9), DayKind.MAKEUP, ""),
]  # fmt: skip


def event(first: str, last: str, name: str) -> str:
    days = f"DTSTART;VALUE=DATE:{first}\r\nDTEND;VALUE=DATE:{last}\r\n"
    return f"BEGIN:VEVENT\r\nUID:{first}@x\r\n{days}SUMMARY:{name}\r\nEND:VEVENT\r\n"


def ics(*events: str) -> str:
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + "".join(events) + "END:VCALENDAR\r\n"


def as_json(*days: tuple[str, bool]) -> str:
    return json.dumps({"year": 2027, "days": [{"name": "元旦", "date": on, "isOffDay": off} for on, off in days]})


FORMS = {
    "CSV": "日期,类型,名称\n2027-01-01,放假,元旦\n2027/01/02,off,元旦\n\n2027-01-09,上班,元旦\n",
    "JSON": as_json(("2027-01-01", True), ("2027-01-02", True), ("2027-01-09", False)),
    "JSON of several years": as_json(
        ("2026-05-01", True), ("2027-01-01", True), ("2027-01-02", True), ("2027-01-09", False), ("2028-01-01", True)
    ),
    "iCalendar": ics(event("20270101", "20270103", "元旦 假期"), event("20270109", "20270110", "元旦 补班")),
    "iCalendar in Greenwich's time": ics(
        event("20261231T160000Z", "20270102T160000Z", "元旦 假期").replace(";VALUE=DATE", ""),
        event("20270109", "20270110", "元旦 补班"),
    ),
    "lines of an old Mac": "2027-01-01,放假,元旦\r2027-01-02,放假,元旦\r2027-01-09,上班,\r",
    "wording": "元旦：1月1日至2日放假。1月9日上班。",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form):
    read = notice_files.read_file("\ufeff" + FORMS[form] if form == "CSV" else FORMS[form], year=2027)
    found = [(day.on, day.kind, day.name if day.kind is DayKind.OFF else "") for day in read.days]
    assert found == EXPECTED or form == "wording"
    assert [row[:2] for row in found][:2] == [row[:2] for row in EXPECTED][:2]


LAST_OF_ALL = "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:99991231\r\nEND:VEVENT\r\n"
REFUSED: dict[str, tuple[str, type[Refusal], int]] = {
    "nothing": ("  \n", NoticeWithoutDays, 1),
    "every bad line of a table at once": ("2027-01-01,放假,元旦\n2027-13-01,放假,x\n2027-01-03,?,x", NoticeUnreadable, 2),
    "a day of both kinds": ("2027-01-01,放假,元旦\n2027-01-01,上班,元旦", DayTwice, 1),
    "broken JSON": ('{"days": [', NoticeUnreadable, 1),
    "deep JSON": ("[" * 100_000, NoticeUnreadable, 1),
    "JSON of something else": ('[1, "x", {"date": "2027-01-01"}]', NoticeUnreadable, 3),
    "JSON without days": ('{"a": 1}', NoticeWithoutDays, 1),
    "broken iCalendar": ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:x\r\n", NoticeUnreadable, 1),
    "an event that does not say what it is": (ics(event("20270101", "20270102", "国庆节")), NoticeUnreadable, 1),
    "an event on the last day of all": (ics(LAST_OF_ALL), NoticeUnreadable, 1),
    "a cell as long as a book": (f"date,kind\n2027-01-01,放假,{'a' * 200_000}", NoticeUnreadable, 1),
    "half a character": ('[{"date": "2027-01-01", "isOffDay": true, "name": "\\ud800"}]', NoticeUnreadable, 1),
    "a name with a NUL": ('[{"date": "2027-01-01", "isOffDay": true, "name": "\\u0000"}]', NoticeUnreadable, 1),
    "a title without a year": ("关于0000年部分节假日安排的通知\n元旦：1月1日放假。", NoticeUnreadable, 1),
    "one endless line": ("1月1日至" * 60_000, NoticeUnreadable, 1),
    "an event that begins at noon": (
        ics(event("20270101T120000", "20270102T120000", "元旦 放假").replace(";VALUE=DATE", "")), NoticeUnreadable, 1,
    ),
    **{
        f"an event repeated by {rule.partition(':')[0]}": (
            ics(event("20270101", "20270102", "元旦 放假").replace("SUMMARY", f"{rule}\r\nSUMMARY")), NoticeUnreadable, 1,
        )
        for rule in ("RRULE:FREQ=DAILY;COUNT=3", "RDATE;VALUE=DATE:20270102", "EXDATE;VALUE=DATE:20270101")
    },
    "a cell with a formula": ("date,kind,name\n=DATE(2027;1;1),放假,元旦", NoticeUnreadable, 1),
    "an event of years": (ics(event("20270101", "20290102", "元旦 放假")), NoticeUnreadable, 1),
    "a file of another kind": (
        "\n".join(f"{date(2020, 1, 1) + timedelta(days=n)},放假,x" for n in range(2000)), NoticeTooLong, 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_is_refused_whole_and_every_fault_named(case):
    text, refusal, number = REFUSED[case]
    with pytest.raises(Refusal) as caught:
        notice_files.read_file(text, year=2027)
    found = caught.value.shortfalls if isinstance(caught.value, Shortfalls) else (caught.value,)
    assert [type(one) for one in found] == [refusal] * number
