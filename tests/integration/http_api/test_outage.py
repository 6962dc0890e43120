"""PostgreSQL stopped and started under a running site: every page and every operation says so, and all is well afterwards."""

import logging
from collections.abc import Iterator
from itertools import cycle
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.db import connections
from werkzeug.test import Client, TestResponse

from gongxiang.machine.postgres import Server
from gongxiang.platform.kernel.actors import Role, Scope
from gongxiang.platform.wiring.wsgi import application
from tests.acceptance.test_doors import address, every_door
from tests.acceptance.test_doors_api import READING, operations
from tests.factories import kept
from tests.factories.parties import make_person, make_site
from tests.support import databases
from tests.support.calling import own_token
from tests.support.signing_in import signed_in

#: Pages that need no database even for somebody who has signed in.
WITHOUT = {"health", "openapi"}


@pytest.fixture
def server(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A server of this test's own, which the site uses as it does in an installation: connections are kept and tested."""
    connection = connections["default"]
    with databases.own_server() as (made, url):
        parts = urlsplit(url)
        connection.close()
        chosen = {"NAME": "postgres", "USER": parts.username, "PASSWORD": unquote(parts.password or ""), "HOST": parts.hostname}
        for name, value in {**chosen, "PORT": str(parts.port), "CONN_MAX_AGE": 60}.items():
            monkeypatch.setitem(connection.settings_dict, name, value)
        # Hundreds of refused connections, each told at length, are not what is tested.
        logging.disable(logging.CRITICAL)
        # Scenes are put back into copies of the test server only.
        monkeypatch.setattr(kept, "_at_work", True)
        with django_db_blocker.unblock():
            yield made
            logging.disable(logging.NOTSET)
            connection.close()


def away(answer: TestResponse) -> bool:
    """Whether it says that the database is away, and when to come again."""
    text = answer.text
    return answer.status_code == 503 and answer.headers.get("Retry-After") == "30" and "gongxiang doctor" in text and not (
        "Traceback" in text or "psycopg" in text
    )  # fmt: skip


def test_everything_says_that_the_database_is_away_and_goes_on_when_it_is_back(server):
    reader = make_person(make_site().operator, Role.PLATFORM_OPERATOR)
    session = signed_in(reader).cookies[settings.SESSION_COOKIE_NAME].value
    bearer = {"Authorization": f"Bearer {own_token(reader, *Scope)}"}
    site = Client(application, use_cookies=False)
    person = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
    assert site.get("/", headers=person).status_code == site.get("/api/v1/me", headers=bearer).status_code == 200

    server.stop()
    wrong = []
    for name, method in zip(every_door(), cycle(("GET", "POST", "GET")), strict=False):
        answer = site.open(address(name), method=method, headers=person)
        if name not in WITHOUT and not away(answer):
            wrong.append(f"{method} {name}: {answer.status_code}")
    for (name, (method, path)), who in zip(operations().items(), cycle((bearer, person, bearer)), strict=False):
        answer = site.open(path, method=method.upper(), headers={**who, "Accept-Language": "en"})
        said = answer.get_json()["error"]
        if not away(answer) or said["code"] != "database_away" or not said["message"].startswith("The database does not"):
            wrong.append(f"{name}: {answer.status_code} {said}")
    for path in READING:
        for who in (bearer, person, {}):
            answer = site.get(path, headers=who)
            if not away(answer) or not answer.headers["Content-Type"].startswith("application/json"):
                wrong.append(f"{path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert "数据库没有响应" in site.get("/", headers=person).text
    assert "does not answer" in site.get("/", headers={"Cookie": f"{person['Cookie']}; django_language=en"}).text
    assert site.get(address("health")).status_code == 200

    server.start()
    assert site.get("/", headers=person).status_code == site.get("/api/v1/me", headers=bearer).status_code == 200

    # Stopped and started between two calls: the kept connection is found broken and made anew.
    server.stop()
    server.start()
    assert site.get("/api/v1/me", headers=bearer).status_code == 200

    # It goes away while a call is answered: before its first statement, its second, and so on.
    for asked, who in (("/", person), ("/api/v1/me", bearer), ("/catalogue/", person)):
        for after in range(0, 12, 3):
            told = _Stopping(server, after)
            assert site.get("/api/v1/me", headers=bearer).status_code == 200
            with connections["default"].execute_wrapper(told):
                answer = site.get(asked, headers=who)
            if told.stopped:
                assert away(answer), (asked, after, answer.status_code, answer.text[:300])
                server.start()
            else:
                assert answer.status_code == 200


class _Stopping:
    """Stops the server before the statement after so many others."""

    def __init__(self, server: Server, after: int) -> None:
        self._server, self._left, self.stopped = server, after, False

    def __call__(self, execute, sql, params, many, context):
        if self._left == 0:
            self._server.stop()
            self.stopped = True
        self._left -= 1
        return execute(sql, params, many, context)
