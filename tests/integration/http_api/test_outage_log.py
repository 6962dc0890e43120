"""While the database is away, one line for each call is enough; a defect keeps its traceback."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from gongxiang.platform.kernel.actors import Scope
from gongxiang.protocol import clock
from tests.factories.parties import make_banner
from tests.support.calling import own_token
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db


def _away(*_given: Any) -> Any:
    raise OperationalError("connection refused")


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/resources", "/api/3/action/package_list", "/catalog.ttl"])
def test_a_call_while_the_database_is_away_logs_one_line(path: str, caplog: pytest.LogCaptureFixture) -> None:
    person = make_banner(at=clock.now()).consumer.clerk
    token = {"authorization": f"Bearer {own_token(person, *Scope)}"}
    page = client_of(person)
    page.raise_request_exception = False
    for client, headers in ((Client(raise_request_exception=False), token), (page, {})):
        caplog.clear()
        with connection.execute_wrapper(_away):
            assert client.get(path, headers=headers).status_code == 503
        told = [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
        assert len(told) <= 1, [record.getMessage() for record in told]
        assert not [record.getMessage() for record in told if record.exc_info]
