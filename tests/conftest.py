"""Shared fixtures: real databases, the product's clock, a real browser, no network. The rest: pyproject.toml."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

import pytest

from tests.support import databases, network
from tests.support.databases import Database

databases.prepare_environment()
network.switch_off()

_site_database: Database | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Settings were read before this file: give them this process's installation."""
    from django.conf import settings

    if settings.configured or os.environ.get("DJANGO_SETTINGS_MODULE"):
        settings.HOME = databases.test_home().path
        settings.PROFILE = "test"
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: the driver keeps an event loop running in this process until its end."""
    items.sort(key=lambda item: "tests/browser/" in item.nodeid)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    databases.stop_server()


# ---- databases ----------------------------------------------------------------------------------------------------------


def _switch_to_copy() -> None:
    """Let the site's code use a fresh copy of the template, and drop the one before."""
    global _site_database
    from django.db import connections

    connections.close_all()
    before, _site_database = _site_database, databases.create_copy()
    settings = connections["default"].settings_dict
    parts = urlsplit(_site_database.url_for("gx_site"))
    settings.update(NAME=_site_database.name, USER="gx_site", PASSWORD=unquote(parts.password or ""))
    settings.update(HOST=parts.hostname, PORT=str(parts.port), CONN_MAX_AGE=0)
    os.environ["GONGXIANG_SITE_DATABASE_URL"] = _site_database.url_for("gx_site")
    if before is not None:
        databases.drop(before)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: object) -> Iterator[None]:
    """pytest-django's own way to a database, replaced: a copy of the template, as the role the site has."""
    from django.db import connections
    from django.test import TransactionTestCase

    _switch_to_copy()
    # A test that committed cannot be flushed (evidence is append-only): it gets, and leaves, a database of its own.
    TransactionTestCase._fixture_teardown = lambda self: _switch_to_copy()
    yield
    connections.close_all()
    if _site_database is not None:
        databases.drop(_site_database)


@pytest.fixture
def site_database(transactional_db: None) -> Database:
    """The database that the site's code uses in this test, for whoever looks at it from outside (gateway, superuser)."""
    assert _site_database is not None
    return _site_database


@pytest.fixture
def database() -> Iterator[Database]:
    """A fresh copy with the product's tables, for tests without Django."""
    with databases.copy() as made:
        yield made


@pytest.fixture
def make_database() -> Iterator[Callable[[], Database]]:
    """Makes empty databases, e.g. a department's; all are dropped after the test."""
    made: list[Database] = []

    def make() -> Database:
        made.append(databases.create_empty())
        return made[-1]

    yield make
    for database in made:
        databases.drop(database)


# ---- the product's clock ------------------------------------------------------------------------------------------------


class ProductClock:
    """Moves the product's clock, never the machine's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def move_to(self, at: datetime) -> None:
        """From now on it is `at`, and time goes on from there."""
        self._set((at - datetime.now(UTC)).total_seconds())

    def advance(self, by: timedelta) -> None:
        """Move on by `by`."""
        self._set(float(os.environ.get("GONGXIANG_CLOCK_OFFSET") or 0) + by.total_seconds())

    def freeze(self, at: datetime) -> None:
        """In this process it is `at` until the end of the test or another call."""
        from gongxiang.protocol import clock

        self._monkeypatch.setattr(clock, "now", lambda: at)
        self.move_to(at)

    def _set(self, seconds: float) -> None:
        self._monkeypatch.setenv("GONGXIANG_CLOCK_OFFSET", f"{seconds:.3f}")


@pytest.fixture
def product_clock(monkeypatch: pytest.MonkeyPatch) -> ProductClock:
    """The product's clock, movable; back to the machine's after the test."""
    return ProductClock(monkeypatch)


# ---- browser ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Debian's Chromium under Playwright; as root it needs `--no-sandbox`."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; the site's code in it is synchronous all the same.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium on this machine: install the package chromium (`make test` as root does)")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        launched = playwright.chromium.launch(executable_path=found, args=[*arguments, "--font-render-hinting=none"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: object) -> Iterator[object]:
    """A page of a fresh context, in Chinese, 1440 pixels wide; its console errors are in `page.errors`."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}, timezone_id="Asia/Shanghai")
    opened = context.new_page()
    opened.errors = []
    opened.on("console", lambda message: opened.errors.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))
    yield opened
    context.close()
