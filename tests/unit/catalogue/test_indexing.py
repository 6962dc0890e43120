"""Cutting: what LIKE finds, the bigrams let through; pinyin and initials match from any syllable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.platform.catalogue import indexing

CHARACTERS = st.text(alphabet="行政区划代码民政局 ab_%'\\12Ａ", min_size=0, max_size=12)


def lexemes(vector: str) -> set[str]:
    return {m.replace("''", "'").replace("\\\\", "\\") for m in re.findall(r"'((?:[^']|'')*)':\d", vector)}


@given(text=CHARACTERS, term=CHARACTERS)
def test_every_text_that_like_finds_satisfies_the_query(text, term):
    text, term = indexing.normalise(text), indexing.normalise(term)
    if not term or term not in text:
        return
    grams = lexemes(indexing.words_vector([("A", text)]))
    if len(term) == 1:
        assert any(gram.startswith(term) for gram in grams)
    else:
        assert set(indexing.bigrams(term)[:-1]) <= grams


@pytest.mark.parametrize(
    ("text", "normal"),
    [("ＡＢＣ　１２", "abc 12"), (" 行政\n区划\t", "行政 区划"), ("a\x00b", "a b"), ("", "")],
)
def test_normalising(text, normal):
    assert indexing.normalise(text) == normal


def test_pinyin_and_initials_are_tails():
    assert "'zhengqu':2A" in indexing.pinyin_vector([("A", "行政区")])
    assert "'xzq':1A" in indexing.initials_vector([("A", "行政区")])


def test_runs_of_characters_do_not_join_over_other_signs():
    assert "'zq'" not in indexing.initials_vector([("A", "政(2)区")])


@pytest.mark.parametrize(
    ("term", "query"), [("hjrk", "'hjrk':*"), ("xi'an", "'xian':*"), ("户籍", None), ("gb2260", None), ("'", None)]
)
def test_latin_queries(term, query):
    assert indexing.latin_query(term) == query


def test_wildcards_of_like_are_plain_characters():
    assert indexing.like_pattern("50%_\\") == "%50\\%\\_\\\\%"
