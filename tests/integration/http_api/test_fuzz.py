"""Whatever a caller sends within or beyond the description: never a 500, always a described status, body and media type."""

import traceback
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gongxiang.platform.http_api import api
from gongxiang.platform.http_api.endpoints import ROUTER
from gongxiang.platform.kernel.actors import Scope
from gongxiang.platform.wiring.wsgi import application
from gongxiang.protocol import clock
from tests.factories.catalogue import make_draft_entry, make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner
from tests.support.calling import own_token, system_token

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = sorted(said["operationId"] for path in api.description()["paths"].values() for said in path.values())
EXAMPLES = 5
#: Made by one function each (`acts.py`, `lists.py`): every example comes from another caller, in turn.
FROM_TABLE = frozenset(
    operation.operation_id
    for path in ROUTER.path_operations.values()
    for operation in path.operations
    if operation.view_func.__module__.endswith(
        (".acts", ".lists", ".agenda", ".evidence", ".exchange", ".duties", ".rules", ".messages", ".proceedings")
    )
)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The site's calls run within this test's transaction: its connection is not closed between them."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore")
def test_every_operation_keeps_its_word(settings, one_connection):
    settings.INTERFACES = {**settings.INTERFACES, "calls_per_minute": 1_000_000}
    banner = make_banner(at=clock.now())
    published = make_published(banner=banner)
    draft = make_draft_entry(banner.provider, conditional_content(), at=clock.now())
    callers = [
        system_token(banner.provider, Scope.READ, Scope.COMPILE),
        own_token(banner.authority_officer, *Scope),
        own_token(banner.provider.reviewer, *Scope),
    ]
    described, wrong = schemathesis.openapi.from_dict(api.description()), []
    for name in OPERATIONS:
        try:
            told = callers if name not in FROM_TABLE else None
            known = iter([published.id, draft.id] * EXAMPLES * 4)
            _calls(described.find_operation_by_id(name), told, known, cycle(callers))()
        except BaseException as found:
            wrong.append(f"{name}: " + "".join(traceback.format_exception_only(found))[:1500])
    assert not wrong, "\n".join(wrong)


def _calls(operation: Any, callers: list[str] | None, known: Iterator[Any], turns: Iterator[str]) -> Any:
    @hypothesis.settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy())
    def call(case: Any) -> None:
        if "resource_id" in (case.path_parameters or {}):
            case.path_parameters["resource_id"] = str(next(known))
        for token in callers or [next(turns)]:
            response = case.call(app=application, headers={"Authorization": f"Bearer {token}"})
            case.validate_response(response, checks=CHECKS)

    return call
