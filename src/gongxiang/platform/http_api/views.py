"""The description of the JSON interface: as OpenAPI for programs, as a page for people."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongxiang.platform.http_api import api, reference
from gongxiang.platform.kernel.permissions import PUBLIC


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI description; it names operations and fields, no entry."""
    return JsonResponse(api.description(), json_dumps_params={"ensure_ascii": False})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The same for people to read."""
    context = {
        "groups": reference.groups(),
        "schemas": reference.schemas(),
        "origin": f"{request.scheme}://{request.get_host()}",
        "parent": "web/base.html" if getattr(request, "actor", None) else "web/base_public.html",
    }
    return render(request, "http_api/reference.html", context)


openapi.door = docs.door = PUBLIC  # type: ignore[attr-defined]
