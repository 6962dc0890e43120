"""The one shape of errors, and how refusals, faults of form and accidents take it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext, ngettext
from ninja import Schema
from pydantic import Field

from gongxiang.platform.http_api.errors import FieldsWrong
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.kernel.outage import RETRY_AFTER


class FieldFault(Schema):
    """One field and what is wrong with it."""

    field: str = Field(description="Path of the field, e.g. content.elements.0.code; empty where it concerns the whole.")
    code: str
    message: str
    articles: list[str] = Field(description="Articles it rests on, e.g. wushen-2021-60:10.")
    next_step: str


class Fault(Schema):
    """What was wrong and what to do."""

    code: str = Field(description="A stable name for programs.")
    message: str = Field(description="In the language of Accept-Language (zh-hans or en).")
    articles: list[str]
    next_step: str
    fields: list[FieldFault]


class ErrorBody(Schema):
    """The body of every answer that is no success."""

    error: Fault


def fault_of(refusal: Refusal) -> dict[str, Any]:
    """A refusal as the body's `error`; each shortfall becomes a field."""
    fields: Iterable[Refusal] = ()
    if isinstance(refusal, Shortfalls):
        fields = refusal.shortfalls
    elif refusal.field:
        fields = (refusal,)
    return {
        "code": refusal.code,
        "message": refusal.message,
        "articles": list(refusal.articles),
        "next_step": refusal.advice,
        "fields": [
            {
                "field": one.field, "code": one.code, "message": one.message, "articles": list(one.articles),
                "next_step": one.advice,
            }
            for one in fields
        ],
    }  # fmt: skip


def refused(refusal: Refusal) -> HttpResponse:
    """The answer that says why."""
    response = JsonResponse({"error": fault_of(refusal)}, status=refusal.status, json_dumps_params={"ensure_ascii": False})
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="gongxiang"'
    if refusal.status == 429:
        response.headers["Retry-After"] = "60"
    if refusal.status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def misformed(found: Iterable[Mapping[str, Any]]) -> HttpResponse:
    """Pydantic's findings, as one error with its fields."""
    body = fault_of(FieldsWrong())
    for one in found:
        kind, context = str(one.get("type", "")), one.get("ctx") or {}
        path = ".".join(str(part) for part in one.get("loc", ())[1:])
        body["fields"].append(
            {"field": path, "code": kind, "message": _words(kind, context), "articles": [], "next_step": ""}
        )  # fmt: skip
    return JsonResponse({"error": body}, status=422, json_dumps_params={"ensure_ascii": False})


_FORMS = ("uuid", "date", "time", "int", "decimal", "float", "bool", "string", "list", "dict", "model")


def _words(kind: str, context: Mapping[str, Any]) -> str:
    match kind:
        case "missing":
            return gettext("This field is needed.")
        case "extra_forbidden":
            return gettext("There is no such field.")
        case "string_too_long":
            limit = int(context.get("max_length", 0))
            return ngettext("At most %(n)s character.", "At most %(n)s characters.", limit) % {"n": limit}
        case "too_long":
            limit = int(context.get("max_length", 0))
            return ngettext("At most %(n)s entry in this list.", "At most %(n)s entries in this list.", limit) % {"n": limit}
        case "literal_error" | "enum":
            return gettext("One of these is meant: %(expected)s.") % {"expected": context.get("expected", "")}
        case _ if kind.startswith(_FORMS):
            return gettext("This is not of the form that the field has.")
        case _ if kind.startswith(("greater", "less")):
            return gettext("The number is out of range.")
    return gettext("The value does not fit.")


def is_interface(request: HttpRequest) -> bool:
    """Whether the address belongs to the interfaces with this shape of errors."""
    return request.path.startswith("/api/v1/") and not request.path.startswith("/api/v1/docs")
