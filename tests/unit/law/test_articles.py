import pytest

from gongxiang.law import articles
from gongxiang.law.articles import UnknownArticle, all_articles, article, articles_of, implementations, implements, instrument
from gongxiang.law.instruments import Kind, Rank, Text, chinese_number, instruments, standings


@pytest.mark.parametrize(("instrument_id", "count"), [("wushen-2021-60", 33), ("cn-809", 44)])
def test_every_article_is_there_in_order(instrument_id, count):
    whole = instrument(instrument_id).whole_articles
    assert [a.number for a in whole] == [str(n) for n in range(1, count + 1)]


def test_every_article_has_words_in_both_languages():
    for one in all_articles():
        assert all((one.title.zh, one.title.en, one.summary.zh, one.summary.en)), one.id
        assert not any("\u4e00" <= c <= "\u9fff" for c in one.title.en + one.summary.en), one.id


def test_an_item_is_found_with_its_heading():
    found = article("wushen-2021-60:21(2)")
    assert (found.instrument, found.number, found.article_number, found.is_part) == ("wushen-2021-60", "21(2)", 21, True)
    assert found.title == article("wushen-2021-60:21").title
    assert "21(2)" in article("wushen-2021-60:21").parts
    assert article("wushen-2021-60:21").kind is Kind.SYSTEM


@pytest.mark.parametrize(
    ("article_id", "chinese", "english"),
    [
        ("wushen-2021-60:21(2)", "第二十一条第（二）项", "art. 21(2)"),
        ("wushen-2021-60:22.3", "第二十二条第三款", "art. 22.3"),
        ("cn-809:10", "第十条", "art. 10"),
        ("cn-809:44", "第四十四条", "art. 44"),
    ],
)
def test_citations(article_id, chinese, english):
    assert article(article_id).label == Text(zh=chinese, en=english)


def test_numbers_in_chinese():
    assert [chinese_number(n) for n in (1, 10, 11, 20, 39)] == ["一", "十", "十一", "二十", "三十九"]


def test_words_by_language():
    words = Text(zh="办法", en="Measures")
    assert (words.in_language("zh-hans"), words.in_language("en")) == ("办法", "Measures")


@pytest.mark.parametrize("wrong", ["wushen-2021-60:34", "wushen-2021-60:21(9)", "cn-810:1", "21(2)", ""])
def test_an_unknown_article_is_refused(wrong):
    with pytest.raises(UnknownArticle):
        article(wrong)


def test_the_nearest_ids_are_named():
    with pytest.raises(UnknownArticle, match=r"near it: .*wushen-2021-60:21\(2\)"):
        article("wushen-2021-60:21(7)")
    with pytest.raises(UnknownArticle, match="nothing"):
        article("§§")


def test_an_unknown_instrument_is_refused():
    with pytest.raises(UnknownArticle, match="cn-809"):
        instrument("cn-1")


def test_implements_marks_and_registers(monkeypatch):
    monkeypatch.setattr(articles, "_implementations", {})

    @implements("wushen-2021-60:33")
    @implements("cn-809:44", "wushen-2021-60:33")
    def act() -> None: ...

    assert articles_of(act) == ("cn-809:44", "wushen-2021-60:33", "wushen-2021-60:33")
    names = implementations()["wushen-2021-60:33"]
    assert names == (f"{__name__}.test_implements_marks_and_registers.<locals>.act",)


def test_implements_refuses_what_cannot_be_looked_up():
    with pytest.raises(UnknownArticle):
        implements("wushen-2021-60:99")
    with pytest.raises(UnknownArticle):
        implements()


def test_what_the_instruments_say_of_themselves():
    seed, regulation = instruments()["wushen-2021-60"], instruments()["cn-809"]
    assert (seed.number, seed.rank, seed.in_force_basis) == (
        "乌政办发〔2021〕60号", Rank.NORMATIVE_DOCUMENT, "wushen-2021-60:33",
    )  # fmt: skip
    assert (str(regulation.in_force_from), regulation.rank) == ("2025-08-01", Rank.ADMINISTRATIVE_REGULATION)


def test_the_paragraphs_that_the_regulation_has_can_be_cited():
    for number, paragraphs in {"8": 4, "12": 2, "16": 2, "24": 2, "26": 2, "28": 2, "30": 4, "38": 2}.items():
        assert article(f"cn-809:{number}").parts == tuple(f"{number}.{n}" for n in range(1, paragraphs + 1)), number


def test_how_the_product_stands_is_said_of_articles_there_are():
    for name, standing in standings().items():
        assert article(name)
        assert standing.text.zh.endswith("。"), name
        assert standing.text.en.endswith("."), name
