"""What nodes report in English is told in the reader's language, names and numbers kept; unknown words are not guessed at."""

import importlib
import json
import pkgutil
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import translation

import gongxiang
import gongxiang.gateway
import gongxiang.node
import gongxiang.protocol
from gongxiang.machine.messages import compile_all
from gongxiang.node import telling
from gongxiang.node.errors import SchemaDrift
from gongxiang.platform.web import labels
from gongxiang.platform.web.delivery.reports import FORMS, in_language, translated
from gongxiang.platform.web.templatetags.procedure import reported, told
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import canonical, plain
from gongxiang.protocol.errors import DataPlaneError
from gongxiang.protocol.messages import FACTS, Alarm, parse
from gongxiang.protocol.sentences import Sentence, parts_of


@pytest.fixture(autouse=True, scope="module")
def compiled():
    """The catalogues as the site reads them."""
    compile_all()


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


def test_a_form_that_came_along_is_said_in_chinese_with_its_values():
    error = SchemaDrift(Sentence("Column {column} is now part of the primary key.", column="证件号"))
    fact = Alarm(code=error.code(), node_id=None, resource_id=None, detail=error.words, at=clock.now())
    kept = plain(parse(json.loads(canonical(fact.to_json())), FACTS).words)
    with translation.override("zh-hans"):
        assert in_language(kept) == "列 证件号 现在是主键的一部分。请撤销对表的改动，或发布与之相符的资源新版本。"
        shown = told(SimpleNamespace(detail=fact.detail, words=kept))
    assert shown.startswith("列 证件号")
    assert "<details>" in shown, "the report as it came unfolds"


@pytest.mark.parametrize("form", ["{x.__class__}", "Nobody wrote {this}.", "Column {column} is now part of the primary key."])
def test_a_strange_or_half_form_is_never_filled_in(form):
    with translation.override("zh-hans"):
        assert in_language([{"form": form, "values": {"x": "y"}}]) == ""


def test_a_sentence_in_part_not_known_says_what_is_known():
    words = plain(parts_of(Sentence.joined(Sentence("The stream begins."), "so said the driver")))
    with translation.override("zh-hans"):
        assert in_language(words) == "采集开始。"


def data_plane_errors():
    for package in (gongxiang.node, gongxiang.gateway, gongxiang.protocol):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found = [DataPlaneError]
    for cls in found:
        found += cls.__subclasses__()
    return [cls for cls in dict.fromkeys(found) if cls.__module__.startswith("gongxiang.")]


#: Codes of alarms that are nobody's error: first arguments of `alarm` and keys of warnings.
ALARM = re.compile(r'(?:\b_?alarm\(\s*|warnings\[|_contradiction\(seen, |raise_alarm\(\s*code=)"([a-z_]+)"')


def test_every_code_of_the_data_plane_has_a_chinese_name_and_sentence():
    """Each named error, and each alarm that a program raises by name."""
    codes = {cls.code() for cls in data_plane_errors()}
    folder = Path(gongxiang.__file__).parent
    for path in [*folder.glob("node/**/*.py"), *folder.glob("gateway/*.py"), *folder.glob("platform/delivery/*.py")]:
        codes |= set(ALARM.findall(path.read_text("utf-8")))
    codes |= set(telling._ALARMS.values())
    assert len(codes) > 60
    with translation.override("zh-hans"):
        for code in codes:
            for table in ("alarm", "refused"):
                if table == "alarm" or code in {cls.code() for cls in data_plane_errors()}:
                    assert re.search("[一-龥]", str(labels.code(table, code))), f"{table} {code}"
        for cls in data_plane_errors():
            for text in filter(None, (cls.summary(), cls.advice)):
                assert re.search("[一-龥]", translation.gettext(text)), f"{cls.__name__}: {text}"
