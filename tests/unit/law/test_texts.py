import pytest

from gongxiang.law.articles import article, instrument
from gongxiang.law.instruments import chinese_number
from gongxiang.law.texts import Line, UnreadableText, lines_of, split_text


def invented(count: int, **instead: str) -> str:
    """A text of the right shape with invented words."""
    head = "\ufeff某某办法\n第一章  总  则\n"
    bodies = (instead.get(f"a{n}", f"关于第{n}点。") for n in range(1, count + 1))
    return head + "\n".join(f"　　第{chinese_number(n)}条  {body}" for n, body in enumerate(bodies, 1))


def test_a_text_is_split_at_its_articles():
    text = invented(33, a2="第一款。\r\n\n　　第二款。\n第二章　目录", a21="总的。\n（一）甲。\n（二）乙。")
    split = split_text(text, instrument("wushen-2021-60"))
    assert list(split) == [str(n) for n in range(1, 34)]
    assert split["1"] == "关于第1点。"
    assert split["2"] == "第一款。\n第二款。"
    assert split["21"] == "总的。\n（一）甲。\n（二）乙。"


@pytest.mark.parametrize(
    ("text", "missing", "extra"),
    [
        ("", tuple(str(n) for n in range(1, 34)), ()),
        (invented(32), ("33",), ()),
        (invented(34), (), ("第三十四条",)),
        (invented(33, a5=""), ("5",), ("第五条",)),
        (invented(33) + "\n第五条 又一次。", (), ("第五条",)),
    ],
)
def test_a_text_with_other_articles_is_refused(text, missing, extra):
    with pytest.raises(UnreadableText) as refused:
        split_text(text, instrument("wushen-2021-60"))
    assert (refused.value.missing, refused.value.extra) == (missing, extra)


def test_articles_out_of_order_are_refused():
    text = invented(33).replace("第一条", "第X条").replace("第二条", "第一条").replace("第X条", "第二条")
    with pytest.raises(UnreadableText):
        split_text(text, instrument("wushen-2021-60"))


def test_lines_carry_the_numbers_they_are_cited_by():
    assert lines_of(article("wushen-2021-60:21"), "总的。\n（一）甲。\n（二）乙。") == (
        Line(number="21", text="总的。"),
        Line(number="21(1)", text="（一）甲。"),
        Line(number="21(2)", text="（二）乙。"),
    )
    assert [line.number for line in lines_of(article("wushen-2021-60:22"), "甲。\n乙。\n丙。")] == ["22.1", "22.2", "22.3"]
