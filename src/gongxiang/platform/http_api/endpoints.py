"""`@endpoint`: one operation with its door, its answer and the errors that every operation can give."""

from collections.abc import Callable
from typing import Any

from ninja import Router

from gongxiang.platform.http_api.answers import ErrorBody
from gongxiang.platform.http_api.doors import Door
from gongxiang.platform.kernel.permissions import Permission

ROUTER = Router()
#: Operation -> its permission, for the matrix of doors.
DOORS: dict[str, Permission] = {}
_ERRORS = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 503})


def endpoint(
    method: str, path: str, *, door: Permission, name: str, tag: str, answer: Any, status: int = 200
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register an operation; its docstring is its description."""
    DOORS[name] = door

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        summary = (function.__doc__ or "").strip().splitlines()[0].rstrip(".")
        return ROUTER.api_operation(
            [method],
            path,
            auth=Door(door),
            operation_id=name,
            summary=summary,
            tags=[tag],
            url_name=name,
            response={status: answer, _ERRORS: ErrorBody},
        )(function)

    return decorate
