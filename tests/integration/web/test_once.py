"""A form is acted upon once: a second press, a repeated call and two windows lead to one thing, never to a 500."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from gongxiang.platform.catalogue import permissions
from gongxiang.platform.catalogue.models import SavedSearch
from gongxiang.platform.delivery.models import Node
from gongxiang.platform.demands.models import Demand
from gongxiang.platform.kernel.twins import SentTwice, ShownOnce
from gongxiang.platform.notices.models import CalendarFeed
from gongxiang.platform.parties import tasks
from gongxiang.platform.parties.models import AccessToken, Person, SentForm
from gongxiang.platform.web import once
from gongxiang.platform.web.doors import door
from gongxiang.protocol import clock
from tests.factories.parties import make_banner
from tests.support.pages import client_of

FORM = {
    "title": "养老金领取资格", "items": "公民身份号码\n生存状态", "duty": "核定养老待遇需要。", "mode": "table",
    "update_cycle": "DAILY", "send": "yes",
}  # fmt: skip
STATE = "demands:state"


def banner_now():
    return make_banner(at=clock.now() - timedelta(hours=3))


def opened(browser):
    """The token of a freshly opened form."""
    return re.search(r'name="once" value="([0-9a-f-]{36})"', browser.get(reverse(STATE)).content.decode())[1]


@pytest.mark.django_db
def test_the_same_form_twice_makes_one_thing_and_lands_on_it():
    banner = banner_now()
    browser = client_of(banner.consumer.clerk)
    token = opened(browser)
    first = browser.post(reverse(STATE), {**FORM, "once": token})
    second = browser.post(reverse(STATE), {**FORM, "once": token})
    assert first.status_code == second.status_code == 302
    assert (first["Location"], Demand.objects.count()) == (second["Location"], 1)
    assert "已经提交过" in browser.get(second["Location"]).content.decode()
    changed = browser.post(reverse(STATE), {**FORM, "title": "另一件需求", "once": token})
    assert changed["Location"] != first["Location"], "what was changed after going back is another form"
    other = client_of(banner.provider.clerk).post(reverse(STATE), {**FORM, "once": token})
    assert other["Location"] not in (first["Location"], changed["Location"]), "a token is a person's own"
    assert Demand.objects.count() == 3


@pytest.mark.django_db
def test_a_refused_form_can_be_sent_again_and_odd_tokens_do_no_harm():
    browser = client_of(banner_now().consumer.clerk)
    token = opened(browser)
    assert browser.post(reverse(STATE), {**FORM, "title": "", "once": token}).status_code == 422
    assert not SentForm.objects.exists()
    assert browser.post(reverse(STATE), {**FORM, "once": token}).status_code == 302
    for odd in ("", "x" * 36, "0" * 5000, "\x00", token + "0"):
        assert browser.post(reverse(STATE), {**FORM, "title": f"需求 {len(odd)}", "once": odd}).status_code == 302
    assert browser.post(reverse(STATE), FORM).status_code == 422, "and without a token the same open demand is named"
    tasks.forget_sign_ins(clock.now() + timedelta(days=2))
    assert not SentForm.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_wait_for_each_other():
    browser = client_of(banner_now().consumer.clerk)
    token, cookies = opened(browser), browser.cookies

    def press(_n):
        from django.test import Client

        mine = Client()
        mine.cookies = cookies
        try:
            return mine.post(reverse(STATE), {**FORM, "once": token})["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        landed = set(threads.map(press, range(3)))
    assert len(landed) == Demand.objects.count() == 1


@pytest.mark.django_db
def test_where_only_a_unique_constraint_decides_the_second_is_told():
    person = banner_now().consumer.clerk
    made = {"person_id": person.id, "name": "低保", "query": "q=1", "saved_at": clock.now(), "told_until": clock.now()}

    @door(permissions.SEARCH)
    def twice(request):
        SavedSearch.objects.create(**made)
        SavedSearch.objects.create(**made)
        return HttpResponse()

    request = RequestFactory().post("/", {"once": "01a20508-9aa6-769b-ba42-4a496f1ae8d8"})
    request.actor, request.session = person, client_of(person).session
    request._messages = FallbackStorage(request)
    answer = twice(request)
    assert answer.status_code == 409
    assert SentTwice().message in answer.content.decode()


#: A form whose answer shows a secret -> who sends it, what is typed, what it made (asked before and after).
SHOWN = {
    "a token of my own": (
        lambda b: b.provider.clerk, lambda b: reverse("interfaces:new_own_token"),
        {"label": "夜间核对", "scopes": "catalogue:read", "days": "30"}, lambda b: AccessToken.objects.count(),
    ),
    "a node's code": (
        lambda b: b.provider.node_operator, lambda b: reverse("delivery:offer"), {"name": "前置机二"},
        lambda b: Node.objects.count(),
    ),
    "a first password": (
        lambda b: b.site.system_admin, lambda b: reverse("parties:new_person"),
        lambda b: {"department": b.provider.id, "username": "xinlai", "name": "新来"}, lambda b: Person.objects.count(),
    ),
    "a new password for one forgotten": (
        lambda b: b.site.system_admin, lambda b: reverse("parties:reset_password", args=[b.provider.clerk.id]), {},
        lambda b: Person.objects.get(pk=b.provider.clerk.id).password,
    ),
    "a calendar's address": (
        lambda b: b.provider.clerk, lambda b: reverse("agenda:new_feed"), {},
        lambda b: CalendarFeed.objects.count(),
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("what", SHOWN)
def test_what_is_shown_once_is_made_once(what):
    banner, token = banner_now(), str(uuid4())
    who, where, typed, made = SHOWN[what]
    form = typed(banner) if callable(typed) else typed
    browser, before = client_of(who(banner)), made(banner)
    first = browser.post(where(banner), {**form, "once": token})
    after = made(banner)
    assert (first.status_code, after != before) == (200, True), first.content.decode()
    second = browser.post(where(banner), {**form, "once": token})
    assert (second.status_code, made(banner)) == (409, after)
    assert ShownOnce().message in second.content.decode()
    third = browser.post(where(banner), {**form, "name": "又一个", "username": "lingyi", "once": str(uuid4())})
    assert third.status_code == 200, "a form opened anew makes a new one"
    assert made(banner) != after


def test_every_slip_with_a_secret_is_shown_through_the_guard():
    for path in Path(once.__file__).parent.rglob("*.py"):
        assert not re.search(r'\brender\(request, "\w+/\w+_slip\.html"', path.read_text("utf-8")), path
