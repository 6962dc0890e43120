"""What nodes report in English is told in the reader's language, names and numbers kept; unknown words are not guessed at."""

import re
from pathlib import Path

import pytest
from django.utils import translation

import gongxiang
from gongxiang.platform.web.delivery.reports import FORMS, translated
from gongxiang.platform.web.templatetags.procedure import reported


@pytest.fixture(autouse=True)
def in_english_words():
    """The forms themselves, so that the test needs no compiled catalogue."""
    with translation.override("en"):
        yield


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_known_with_its_values(form):
    names = re.findall(r"\{(\w+)\}", form)
    text = form.format(**{name: f"public.{name} (int4[])" for name in names})
    assert translated(text) == text


def test_several_sentences_one_after_the_other():
    text = "Column a is gone from public.person (dropped or renamed). Column b is now int8; element b was published as text."
    assert translated(text) == text


@pytest.mark.parametrize("text", ["", "The moon is full.", "Column x is now part of the primary key. The moon is full."])
def test_what_is_not_known_is_not_guessed_at(text):
    assert translated(text) == ""


def test_the_report_itself_unfolds_and_is_escaped():
    with translation.override("zh-hans"):
        shown = reported("<b>The moon is full.</b>")
    assert "<details>" in shown
    assert "&lt;b&gt;The moon is full." in shown
    assert reported("The moon is full.") == "The moon is full."


def test_the_nodes_words_are_the_forms():
    """Each form still stands in the program that writes it."""
    folder = Path(gongxiang.__file__).parent
    source = "".join((folder / "node" / f"{name}.py").read_text("utf-8") for name in ("describe", "reconcile"))
    words = re.sub(r'"\s*\n\s*f?"', "", source)
    for form in FORMS[:-1]:
        longest = max(re.split(r"\{\w+\}", form), key=len)
        longest = longest.replace(" is now part", "").replace(" is no longer part", "")
        assert longest in words, form
