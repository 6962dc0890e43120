"""Calling the JSON interface in tests: each person with a token of one's own, or with a page's session."""

import json
from typing import Any

from django.test import Client

from gongxiang.platform.kernel.actors import Person, Scope
from tests.support.calling import bearer, own_token


class Caller:
    """A person with a token that opens what the person's roles open."""

    def __init__(self, person: Person) -> None:
        self._head = bearer(own_token(person, *Scope))
        self._client = Client()

    def __call__(self, method: str, path: str, body: Any = None, **head: str) -> tuple[int, Any]:
        """Status and body of `/api/v1{path}`."""
        headers = {**self._head["headers"], **{name.replace("_", "-"): value for name, value in head.items()}}
        data = "" if body is None else json.dumps(body)
        answer = self._client.generic(method.upper(), f"/api/v1{path}", data, "application/json", headers=headers)
        return answer.status_code, answer.json()

    def ok(self, method: str, path: str, body: Any = None, **head: str) -> Any:
        """The body of a call that succeeds."""
        status, answer = self(method, path, body, **head)
        assert status in (200, 201), (method, path, status, answer)
        return answer

    def refused(self, method: str, path: str, body: Any = None, **head: str) -> tuple[int, str]:
        """Status and code of a call that is refused; its form is held here once for all."""
        status, answer = self(method, path, body, **head)
        assert status >= 400, (method, path, answer)
        error = answer["error"]
        assert set(error) == {"code", "message", "articles", "next_step", "fields"}
        assert error["message"], error
        return status, error["code"]

    def acts(self, path: str) -> dict[str, bool]:
        """What the caller may do with a record, by operation."""
        return {one["operation"]: one["possible"] for one in self.ok("get", f"{path}/acts")["acts"]}
