"""In a real browser: a session that stood idle ends, and what was typed is there again after signing in."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from gongxiang.platform.kernel.actors import Person
from gongxiang.protocol import clock
from tests.factories.parties import credentials_of, make_banner, make_template

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def sign_in(page: Any, person: Person, code: str) -> None:
    """Through both steps of the page that is open."""
    known = credentials_of(person)
    page.fill("[name=username]", known.username)
    page.fill("[name=password]", known.password)
    page.click("main button[type=submit]")
    page.fill("[name=code]", code)
    page.click("main button[type=submit]")


def test_a_draft_survives_an_idle_session(live_server: Any, page: Any) -> None:
    before = clock.now() - timedelta(hours=1)
    banner = make_banner(at=before, agreements=False)
    make_template(at=before)
    clerk = banner.stranger.clerk
    address = f"{live_server.url}/agreements/new/"
    page.goto(address)
    assert "/account/login/" in page.url
    sign_in(page, clerk, credentials_of(clerk).code(clock.now()))
    assert page.url == address
    page.fill("[name=scope]", "能源项目备案信息及其变更记录")
    page.check("[name=purposes][value=verification]")
    name = next(one["value"] for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
    session = SessionStore(session_key=name)
    session["seen"] = time.time() - settings.SIGN_IN["idle_minutes"] * 60 - 1
    session.save()
    page.click("main form[method=post] button.btn-primary")
    assert "/account/login/" in page.url
    assert "30" in page.inner_text("main .notice-warning")
    # The code just used works only once; half a minute later the authenticator shows the next one.
    sign_in(page, clerk, credentials_of(clerk).code(clock.now() + timedelta(seconds=30)))
    assert page.url == address
    assert page.input_value("[name=scope]") == "能源项目备案信息及其变更记录"
    assert page.is_checked("[name=purposes][value=verification]")
    assert page.errors == []
