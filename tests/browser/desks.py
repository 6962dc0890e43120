"""People at their desks: a browser context each, signed in once, as the demo's accounts are meant to be used."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from tests.browser import looks
from tests.browser.running import Demo

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


class Desk:
    """One person's browser."""

    def __init__(self, demo: Demo, browser: Any, username: str = "") -> None:
        self.demo, self.username = demo, username
        self.context = browser.new_context(
            base_url=demo.site, locale="zh-CN", viewport=WIDE, timezone_id="Asia/Shanghai", reduced_motion="reduce"
        )
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        #: What the browser's console complained of, with the address.
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(f"{self.page.url}: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("dialog", lambda dialog: dialog.accept())
        if username:
            self.sign_in()

    def sign_in(self) -> None:
        """Password, then the authenticator's code."""
        account, page = self.demo.accounts[self.username], self.page
        page.goto("/account/login/")
        page.fill("[name=username]", self.username)
        page.fill("[name=password]", account["password"])
        page.click("main button[type=submit], .public-main button[type=submit]")
        page.wait_for_url("**/account/code/")
        self._show_code()
        assert urlsplit(page.url).path == "/", page.inner_text("body")

    def _show_code(self) -> None:
        """Type codes until one is new to the site (a demo that runs already may have seen some)."""
        page = self.page
        here = urlsplit(page.url).path
        for _try in range(4):
            page.fill("[name=code]", self.demo.next_code(self.username))
            page.click("form:has([name=code]) button[type=submit]")
            page.wait_for_load_state()
            if urlsplit(page.url).path != here:
                return
        raise AssertionError(page.inner_text("main"))

    def speak(self, language: str) -> None:
        """Chinese (`zh-hans`) or English (`en`), as the switch in the header does."""
        self.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": self.demo.site}])

    # ---- what people do --------------------------------------------------------------------------------------------------

    def open(self, path: str) -> Any:
        """Go to a page."""
        self.page.goto(path)
        return self.page

    def press(self, name: str, *, within: str = "main") -> None:
        """Press a button or follow a link by its words; shows the second factor when it is asked for, and presses again."""
        page = self.page
        page.locator(within).locator(f"button:has-text('{name}'), a.btn:has-text('{name}')").first.wait_for()
        exact = page.locator(within).locator(f"button:text-is('{name}'), a.btn:text-is('{name}')")
        like = page.locator(within).locator(f"button:has-text('{name}'), a.btn:has-text('{name}')")
        (exact if exact.count() else like).first.click()
        page.wait_for_load_state()
        self.after_second_factor(again=f"main button:has-text('{name}')")

    def after_second_factor(self, *, again: str) -> None:
        """Where an act asked for the second factor: show it, come back to what was typed, and press again."""
        page = self.page
        page.wait_for_load_state()
        if urlsplit(page.url).path == "/account/confirm/":
            self._show_code()
            page.locator(again).first.click()
            page.wait_for_load_state()

    def text(self, selector: str = "main") -> str:
        """What stands on the page."""
        return str(self.page.inner_text(selector))

    def sees(self, *words: str, within: str = "main") -> None:
        """Fail unless each of the words stands on the page."""
        text = "".join(self.text(within).split())
        for one in words:
            assert "".join(one.split()) in text, (
                f"{self.username} does not see {one!r} at {self.page.url}:\n{self.text(within)}"
            )

    def waits_for(self, *words: str, seconds: float = 10) -> None:
        """The words appear by themselves."""
        for one in words:
            self.page.locator("main", has_text=one).first.wait_for(timeout=seconds * 1000)


class Desks:
    """Everybody's desk; each person signs in once."""

    def __init__(self, demo: Demo, browser: Any) -> None:
        self.demo, self.browser = demo, browser
        self._desks: dict[str, Desk] = {}

    def of(self, username: str) -> Desk:
        """The desk of an account; "" is somebody who has not signed in."""
        if username not in self._desks:
            self._desks[username] = Desk(self.demo, self.browser, username)
        return self._desks[username]

    @contextmanager
    def stranger(self) -> Iterator[Desk]:
        """A browser of nobody's, closed afterwards."""
        desk = Desk(self.demo, self.browser)
        yield desk
        desk.context.close()

    def show(self) -> str:
        """What everybody has before them, for whoever asks why a story stopped."""
        said = []
        for name, desk in self._desks.items():
            looks.show(desk.page, f"stopped-{name}")
            said.append(f"--- {name}: {desk.page.url}\n{desk.text('body').partition('当前位置')[2][:700]}")
        return "\n".join(said)

    def close(self) -> None:
        """Close every browser."""
        for desk in self._desks.values():
            desk.context.close()
