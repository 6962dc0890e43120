"""The search for texts finds what pages can say, and the check names what is missing or left over."""

import pytest

from gongxiang.machine import messages


@pytest.fixture
def platform(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "SOURCE", tmp_path)
    monkeypatch.setattr(messages, "PLATFORM", tmp_path / "platform")
    room = tmp_path / "platform" / "room"
    (room / "templates").mkdir(parents=True)
    (room / "locale" / "zh_Hans" / "LC_MESSAGES").mkdir(parents=True)
    (room / "errors.py").write_text(
        'class Base(Refusal):\n    """It is closed."""\n\n    next_step = "Wait."\n\n\n'
        'class Other(Base):\n    """It is locked."""\n\n\ndef f():\n    raise Other("It is stuck.")\n',
        "utf-8",
    )
    (room / "labels.py").write_text(
        'X = _("A clerk")\nY = pgettext("verb", "Open")\nZ = ngettext("%(n)s day", "%(n)s days", 2)\n'
    )
    (room / "templates" / "a.html").write_text(
        '{% load i18n %}{% translate "Search" %}{% blocktranslate %}Hi {{ you }}{% endblocktranslate %}'
    )
    return room


def write(room, *entries: tuple[str, str]) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    body = "\n".join(f'msgid "{english}"\nmsgstr "{chinese}"\n' for english, chinese in entries)
    (room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po").write_text(head + body, "utf-8")


def test_finds_every_kind_of_text(platform):
    assert {text for _, text in messages.used_texts()} == {
        "It is closed.", "Wait.", "It is locked.", "It is stuck.", "A clerk", "Open", "%(n)s day", "Search", "Hi %(you)s",
    }  # fmt: skip


def test_names_what_is_missing_left_over_untranslated_or_breaks_placeholders(platform):
    write(platform, ("Search", "查找"), ("Gone", "没了"), ("A clerk", ""), ("Hi %(you)s", "你好%(she)s"))
    found = "\n".join(messages.problems())
    assert "no Chinese for 'It is closed.'" in found
    assert "no Chinese for 'Search'" not in found
    assert "no page says this any more: 'Gone'" in found
    assert "not translated: 'A clerk'" in found
    assert "other placeholders than the English: 'Hi %(you)s'" in found


def test_compiles_what_is_newer_and_nothing_else(platform):
    write(platform, ("Search", "查找"))
    assert messages.compile_all() == 1
    assert messages.compile_all() == 0
