from datetime import date

import pytest

from gongxiang.law.calendar import DayKind, shipped_calendar
from gongxiang.law.notices import NoticeDay, UnreadableNotice, normalise_brackets, read_notice, read_table, write_table

#: In the manner of a notice; the days of 2026.
NOTICE = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电﹝2025﹞7号
各有关单位：具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各单位要妥善安排值班。
"""


def test_a_notice_reads_as_the_calendar_that_was_shipped():
    read = read_notice(NOTICE)
    off = {d.on for d in read.days if d.kind is DayKind.OFF}
    makeup = {d.on for d in read.days if d.kind is DayKind.MAKEUP}
    shipped = shipped_calendar()
    assert off == {d for d in shipped.days_off if d.year == 2026}
    assert makeup == {d for d in shipped.makeup_days if d.year == 2026}
    assert (read.number, read.year) == ("国办发明电〔2025〕7号", 2026)
    assert read.title == "关于2026年部分节假日安排的通知"
    assert [d.on for d in read.days] == sorted(d.on for d in read.days)


def test_a_span_may_begin_in_the_year_before():
    read = read_notice("元旦：2023年12月30日至2024年1月1日放假调休，共3天。", year=2024)
    assert [d.on for d in read.days] == [date(2023, 12, 30), date(2023, 12, 31), date(2024, 1, 1)]
    assert (read.number, read.title, read.days[0].name) == ("", "", "元旦")


def test_a_single_day_and_a_span_over_two_months():
    read = read_notice("元旦：1月1日放假1天，不调休。\n春节：1月28日至2月4日放假调休；1月26日上班。", year=2025)
    assert len(read.days) == 1 + 8 + 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "元旦放假",
        "元旦：放假一天。",
        "元旦：2月30日放假。",
        "元旦：3月5日至1日放假。",
        "春节：1月1日至2月20日放假。",
        "明年1月1日放假，2日上班",
        "没有日期的一行",
    ],
)
def test_what_cannot_be_read_is_named(text):
    with pytest.raises(UnreadableNotice):
        read_notice(text, year=2027)


def test_a_notice_without_a_year_needs_one():
    with pytest.raises(UnreadableNotice, match="元旦"):
        read_notice("元旦：1月1日放假。")
    with pytest.raises(UnreadableNotice):
        read_notice(" ")


def test_a_table_is_read_and_written():
    table = "日期,类型,名称\n2027-01-01,放假,元旦\n2027/01/03,makeup\n\n2027-02-08,OFF,春节\n"
    read = read_table(table)
    assert read.days == (
        NoticeDay(on=date(2027, 1, 1), kind=DayKind.OFF, name="元旦"),
        NoticeDay(on=date(2027, 1, 3), kind=DayKind.MAKEUP),
        NoticeDay(on=date(2027, 2, 8), kind=DayKind.OFF, name="春节"),
    )
    assert read_table(write_table(read.days)).days == read.days


@pytest.mark.parametrize("text", ["", "date,kind", "2027-13-01,off", "2027-01-01,rest", "2027-01-01"])
def test_a_bad_table_names_the_line(text):
    with pytest.raises(UnreadableNotice):
        read_table(text)


def test_brackets_of_document_numbers():
    assert normalise_brackets("乌政办发﹝2021﹞60号 国发[2016]51号") == "乌政办发〔2021〕60号 国发〔2016〕51号"
