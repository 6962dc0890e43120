"""The menu says how many things wait; a refusal counts nothing, a part of a page asks for no menu."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from gongxiang.platform.catalogue.states import IN_REVIEW
from gongxiang.platform.web import context, counted
from tests.factories.catalogue import make_entry_at
from tests.factories.parties import make_banner
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db
COUNT = '<b class="count"'


def places(page):
    """Where the menu of a page leads."""
    return [entry.url for group in page.context["menu"]() for entry in group.entries]


def test_what_waits_is_counted_on_pages_and_not_on_refusals():
    banner = make_banner()
    make_entry_at(IN_REVIEW, banner=banner)
    reviewer = client_of(banner.provider.reviewer)
    home = reviewer.get("/")
    assert home.status_code == 200
    assert COUNT in home.content.decode()
    for address, status in (("/nothing/here/", 404), (reverse("parties:new_person"), 403)):
        page = reviewer.get(address)
        assert page.status_code == status
        assert COUNT not in page.content.decode()
        assert places(page) == places(home), "the way on is the same"


def test_a_part_of_a_page_asks_for_neither_menu_nor_notices(django_assert_num_queries):
    banner = make_banner()
    make_entry_at(IN_REVIEW, banner=banner)
    request = RequestFactory().get("/")
    request.actor, request.resolver_match = banner.provider.reviewer, None
    with django_assert_num_queries(0):
        shown = context.shell(request)
    assert sum(group.count for group in shown["menu"]()) >= 1
    with django_assert_num_queries(0):
        shown["menu"]()
    counted.leave_counts_out(request)
    with django_assert_num_queries(0):
        assert sum(group.count for group in context.shell(request)["menu"]()) == 0
