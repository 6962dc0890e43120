"""Every page of the site in a real browser: in Chinese and English, on a desk and in a hand."""

from typing import Any

import pytest

from tests.browser import addresses, looks
from tests.browser.desks import NARROW, WIDE, Desk, Desks
from tests.browser.running import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

LANGUAGES = ("zh-hans", "en")
CASES = [
    pytest.param(name, number, id=f"{name}-{number}")
    for name in sorted(set(addresses.pages()) - addresses.ON_THE_WAY_IN - addresses.NO_PAGES)
    for number in range(len(addresses.VISITS.get(name, [None])))
]


def faults(desk: Desk, language: str) -> list[str]:
    """What is wrong with the page that is open, at both widths."""
    page, found = desk.page, []
    for size, width in ((WIDE, 1440), (NARROW, 390)):
        page.set_viewport_size(size)
        found += [f"[{language} {width}] {fault}" for fault in (*looks.sideways(page), *looks.unusable(page))]
    page.set_viewport_size(WIDE)
    return found + [f"[{language}] {fault}" for fault in looks.wrong_language(page, language)]


def check(desk: Desk, path: str, *, status: int = 200) -> None:
    """Open a page in both languages and look at it."""
    found: list[str] = []
    for language in LANGUAGES:
        desk.speak(language)
        desk.complaints.clear()
        answer = desk.page.goto(path)
        assert answer.status == status, f"{path}: {answer.status}\n{desk.text('body')[:2000]}"
        if "<html" not in answer.text()[:2000]:
            continue  # A part that refreshes itself: it is looked at inside its page.
        looks.show(desk.page, f"{path.strip('/').replace('/', '_') or 'home'}-{desk.username}-{language}")
        found += faults(desk, language)
        found += [
            f"[{language}] console: {one}" for one in desk.complaints if status == 200 or "Failed to load resource" not in one
        ]
    desk.speak("zh-hans")
    assert not found, f"{path} as {desk.username}:\n" + "\n".join(found)


@pytest.fixture(scope="session")
def described(demo: Demo, desks: Desks) -> None:
    """The node has described a table for an entry that is being compiled: the page that maps its columns needs that."""
    visit = addresses.VISITS["delivery:mount"][0]
    desk = desks.of(visit.who)
    page = desk.open(addresses.address("delivery:mount", visit, demo))
    page.select_option("[name=node]", index=0)
    page.fill("[name=table]", "minzheng.tkry")
    page.locator("main form button[type=submit]").last.click()
    page.locator("main td.code", has_text="sfzh").first.wait_for()


def test_nothing_in_the_demo_is_dated_in_the_future(demo: Demo) -> None:
    assert demo.one("SELECT count(*) FROM evidence_evidencerecord WHERE occurred_at > now()") == 0
    assert demo.one("SELECT count(*) FROM delivery_alarm WHERE code = 'fact_refused'") == 0


@pytest.mark.usefixtures("described")
@pytest.mark.parametrize(("name", "number"), CASES)
def test_page(name: str, number: int, demo: Demo, desks: Desks) -> None:
    visit = addresses.visits_of(name)[number]
    check(desks.of(addresses.visitor(name, visit)), addresses.address(name, visit, demo))


def test_the_eye_sees(desks: Desks) -> None:
    """What finds nothing on any page does find what is wrong."""
    desk = desks.of("shijian-jb")
    page = desk.open("/")
    page.evaluate("""() => document.querySelector('main').insertAdjacentHTML('beforeend',
      '<img src="/static/web/mark.svg" width="2000"><p>Nothing is translated here</p>')""")
    found = "\n".join(faults(desk, "zh-hans"))
    assert "image-alt" in found
    assert "[zh-hans 390] sideways" in found
    assert "English in Chinese: P" in found


def test_pages_on_the_way_in(demo: Demo, desks: Desks) -> None:
    with desks.stranger() as desk:
        check(desk, "/account/login/")
        check(desk, "/account/login/?next=/access/")
        desk.page.fill("[name=username]", "minzheng-jb")
        desk.page.fill("[name=password]", "wrong")
        desk.page.click("form:has([name=username]) button[type=submit]")
        assert not faults(desk, "zh-hans"), "the sign-in page after a wrong password"
        desk.page.fill("[name=username]", "minzheng-jb")
        desk.page.fill("[name=password]", demo.accounts["minzheng-jb"]["password"])
        desk.page.click("form:has([name=username]) button[type=submit]")
        check(desk, "/account/code/")


def test_a_new_account_from_the_slip_to_the_recovery_codes(demo: Demo, desks: Desks) -> None:
    """The pages that only a person's first sign-in shows."""
    from datetime import UTC, datetime

    from gongxiang.platform.parties.totp import code_at

    admin = desks.of("sysadmin")
    page = admin.open("/parties/people/new/")
    name = f"xin{datetime.now(UTC):%H%M%S}"
    page.fill("[name=username]", name)
    page.fill("[name=name]", "新来")
    page.select_option("[name=department]", label=_option(page, "department", "能源局"))
    page.click("main form button.btn-primary")
    slip = _password_on(page)
    assert not faults(admin, "zh-hans"), "the slip with the first password"
    with desks.stranger() as desk:
        page = desk.open("/account/login/")
        page.fill("[name=username]", name)
        page.fill("[name=password]", slip)
        page.click("form:has([name=username]) button[type=submit]")
        page.wait_for_url("**/account/first-password/")
        check(desk, "/account/first-password/")
        page.fill("[name=old_password]", slip)
        for field in ("password", "again"):
            page.fill(f"[name={field}]", "Ordos-2026-shamo")
        page.click("form:has([name=password]) button[type=submit]")
        page.wait_for_url("**/account/authenticator/")
        check(desk, "/account/authenticator/")
        secret = "".join(page.inner_text(".code").split())
        page.fill("[name=code]", code_at(secret, datetime.now(UTC)))
        page.click("form:has([name=code]) button[type=submit]")
        page.wait_for_load_state()
        assert not faults(desk, "zh-hans"), "the recovery codes"


def _option(page: Any, field: str, part: str) -> str:
    words = page.locator(f"[name={field}] option").all_inner_texts()
    return str(next(one for one in words if part in one))


def _password_on(page: Any) -> str:
    return str(page.locator("main dd.code").nth(1).inner_text()).strip()


def test_pages_that_refuse(desks: Desks) -> None:
    """Not found, not permitted: in the site's own words."""
    clerk = desks.of("minzheng-jb")
    check(clerk, "/nothing/here/", status=404)
    check(clerk, "/requests/00000000-0000-7000-8000-000000000000/", status=404)
    check(clerk, "/parties/people/new/", status=403)


def test_a_form_with_every_field_wrong_says_so_at_each_field(desks: Desks) -> None:
    desk = desks.of("nengyuan-sh")
    page = desk.open("/agreements/new/")
    page.fill("[name=valid_from]", "")
    page.fill("[name=valid_until]", "")
    page.locator("main form button[type=submit], main form button.btn-primary").first.click()
    page.wait_for_load_state()
    assert page.locator(".field-error").count() >= 5
    assert not faults(desk, "zh-hans")


def test_the_menu_opens_in_a_hand(desks: Desks) -> None:
    desk = desks.of("shijian-jb")
    page = desk.open("/")
    page.set_viewport_size(NARROW)
    assert not page.locator("#menu").is_visible()
    page.click("[data-toggle-menu]")
    assert page.locator("#menu").is_visible()
    assert not looks.sideways(page)
    page.set_viewport_size(WIDE)
