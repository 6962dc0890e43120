"""The JSON interface as one ninja API: its error handlers, its description, its addresses."""

import logging
from functools import cache
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from gongxiang.platform.http_api import v1  # noqa: F401 -- its modules register themselves
from gongxiang.platform.http_api.answers import misformed, refused
from gongxiang.platform.http_api.endpoints import DOORS, ROUTER
from gongxiang.platform.http_api.errors import BodyTooLarge, BodyUnreadable, FieldsWrong, NoSuchAddress, Unexpected
from gongxiang.platform.http_api.reading import CarefulParser, PlainRenderer
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.outage import outage
from gongxiang.platform.kernel.twins import SentTwice, is_twin

log = logging.getLogger("gongxiang.http_api")

_DESCRIPTION = (
    "Everything the site does with the catalogue, for programs. Send an access token as `Authorization: Bearer TOKEN`; "
    "it is made on the page Interfaces and tokens. Errors have one shape and speak the language of `Accept-Language` "
    "(`zh-hans`, `en`). Lists give a `next_cursor` while there is more."
)

API = NinjaAPI(
    title="Gongxiang", version="1", description=_DESCRIPTION, docs_url=None, openapi_url=None, urls_namespace="api",
    parser=CarefulParser(), renderer=PlainRenderer(),
)  # fmt: skip
API.add_router("", ROUTER)


@API.exception_handler(Refusal)
def _on_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return refused(refusal)


@API.exception_handler(IntegrityError)
def _on_twin(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    if not is_twin(error):
        return _on_accident(request, error)
    return refused(SentTwice())


@API.exception_handler(OperationalError)
@API.exception_handler(InterfaceError)
def _on_outage(request: HttpRequest, error: Exception) -> HttpResponse:
    return refused(outage(error) or Unexpected())


@API.exception_handler(DataError)
def _on_unfit(request: HttpRequest, error: DataError) -> HttpResponse:
    # A value longer or larger than its column: a fault of form that the act left to the database.
    return refused(FieldsWrong())


@API.exception_handler(ValidationError)
def _on_wrong_fields(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return misformed(error.errors)


@API.exception_handler(HttpError)
def _on_unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    # The parser's own refusals come wrapped.
    return refused(error.__cause__ if isinstance(error.__cause__, Refusal) else BodyUnreadable())


@API.exception_handler(RequestDataTooBig)
def _on_too_much(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return refused(BodyTooLarge())


@API.exception_handler(Http404)
def _on_nothing(request: HttpRequest, error: Http404) -> HttpResponse:
    return refused(NoSuchAddress())


@API.exception_handler(Exception)
def _on_accident(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s %s failed", request.method, request.resolver_match.route if request.resolver_match else "", exc_info=error)
    return refused(Unexpected())


def addresses() -> list[URLPattern]:
    """The operations' addresses; each view carries the doors of its methods."""
    doors = {
        _route(path): {method: DOORS[one.operation_id or ""] for one in view.operations for method in one.methods}
        for path, view in ROUTER.path_operations.items()
    }
    found = [one for one in API.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in found:
        one.callback.doors = doors[str(one.pattern)]  # type: ignore[attr-defined]
    return found


def _route(path: str) -> str:
    """`/demands/{uuid:id}` as addresses are resolved: `demands/<uuid:id>`."""
    return path.lstrip("/").replace("{", "<").replace("}", ">")


@cache
def description() -> dict[str, Any]:
    """The OpenAPI description of every operation."""
    made: dict[str, Any] = dict(API.get_openapi_schema(path_prefix="/api/v1/"))
    made["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "An access token of a system or a person."},
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "A page's session and X-CSRFToken."},
    }
    for operations in made["paths"].values():
        for said in operations.values():
            permission = DOORS[said["operationId"]]
            tokens = permission.scope is not None and not permission.second_factor
            said["security"] = [{"token": []}, {"session": []}] if tokens else [{"session": []}]
            said["x-permission"] = permission.name
            if tokens:
                said["x-scope"] = str(permission.scope)
    return made
