"""A database that is down or full has a page of its own, in the reader's language, and never half an act."""

import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.test import Client
from psycopg import errors

from gongxiang.machine.processes import free_ports
from gongxiang.platform.kernel.outage import ActsCrossed, DatabaseAway, DatabaseDiskFull, TookTooLong, outage


@pytest.fixture
def client_without_database(monkeypatch, django_db_blocker):
    connection = connections["default"]
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", str(free_ports(1)))
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    with django_db_blocker.unblock():
        yield client
        connection.close()


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "数据库没有响应"), ("en", "The database does not answer")])
def test_a_database_that_is_down_is_said_by_name(client_without_database, language, words):
    client_without_database.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client_without_database.get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert words in answer.content.decode()
    assert "gongxiang doctor" in answer.content.decode()


def test_a_full_disk_is_told_from_a_database_that_is_down():
    full = OperationalError("could not extend file")
    full.__cause__ = errors.DiskFull("could not extend file")
    assert isinstance(outage(full), DatabaseDiskFull)
    assert isinstance(outage(OperationalError("connection refused")), DatabaseAway)
    for cause, named in ((errors.DeadlockDetected, ActsCrossed), (errors.QueryCanceled, TookTooLong)):
        crossed = OperationalError("…")
        crossed.__cause__ = cause("…")
        assert isinstance(outage(crossed), named)
    assert outage(ValueError("something else")) is None
