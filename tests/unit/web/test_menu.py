"""The menu's groups, and states in the words of the pages."""

import pytest
from django.utils import translation

from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.projects.states import PROJECT
from gongxiang.platform.web.menu import MENU, group_of


@pytest.mark.parametrize(
    ("page", "entry"),
    [
        ("upkeep:remits", "upkeep:remits"),
        ("upkeep:register", "upkeep:remits"),
        ("upkeep:check", "upkeep:withheld"),
        ("upkeep:stops", "upkeep:stops"),
        ("upkeep:stop", "upkeep:stops"),
        ("upkeep:announce_stop", "upkeep:stops"),
        ("catalogue:resource", "catalogue:search"),
        ("projects:detail", "projects:list"),
    ],
)
def test_a_page_belongs_to_one_group_of_the_menu(page, entry):
    group = group_of(page)
    assert group is not None
    assert entry in [one.url_name for one in group.entries]


@pytest.mark.parametrize("page", ["", "accounts:login", "choose_language"])
def test_a_page_outside_the_menu_belongs_to_none(page):
    assert group_of(page) is None


def test_every_entry_leads_to_its_own_group():
    for group in MENU:
        for entry in group.entries:
            assert group_of(entry.url_name) is group


def test_a_refusal_says_the_state_in_the_readers_words():
    with pytest.raises(WrongState) as refused:
        PROJECT.find("accept", "REGISTERED")
    with translation.override("zh-hans"):
        assert "在册" in refused.value.message
        assert "REGISTERED" not in refused.value.message
    with translation.override("en"):
        assert "REGISTERED" not in refused.value.message


def test_a_refusal_of_no_subject_keeps_the_state_as_it_is():
    with translation.override("en"):
        assert '"OPEN"' in WrongState(state="OPEN").message
