"""`/api/3/action/NAME`: CKAN's reading interface, by GET and by POST, with errors in its form."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from gongxiang.platform.catalogue.permissions import SEARCH
from gongxiang.platform.http_api.ckan.actions import ACTIONS, Asked
from gongxiang.platform.http_api.ckan.errors import CkanError, Denied, Invalid, Missing
from gongxiang.platform.http_api.doors import door
from gongxiang.platform.http_api.reading import CarefulParser, check_texts
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.kernel.outage import RETRY_AFTER


def _failed(error: CkanError, help_address: str = "") -> HttpResponse:
    return _json({"help": help_address, "success": False, "error": error.body()}, error.status)


def refused(refusal: Refusal) -> HttpResponse:
    """Any refusal of ours in CKAN's form."""
    if isinstance(refusal, NotFound):
        return _failed(Missing(refusal.message))
    if refusal.status in (401, 403):
        return _failed(Denied(f"Access denied: {refusal.message} {refusal.advice}".strip()))
    answer = _failed(Invalid(f"{refusal.message} {refusal.advice}".strip()))
    if refusal.status in (429, 500, 503):
        answer.status_code = refusal.status
    if refusal.status in (429, 503):
        answer.headers["Retry-After"] = "60" if refusal.status == 429 else str(RETRY_AFTER)
    return answer


@door(SEARCH, public=True, refuse=refused)
def act(request: HttpRequest, action: str) -> HttpResponse:
    """One action."""
    if request.method not in ("GET", "HEAD", "POST"):
        return _json("Bad request - use GET or POST", 405)
    if action not in ACTIONS:
        return _json(f"Bad request - Action name not known: {action[:60]}", 400)
    origin = f"{request.scheme}://{request.get_host()}"
    help_address = f"{origin}/api/3/action/help_show?name={action}"
    try:
        given = _given(request)
        result = ACTIONS[action](Asked(given=given, actor=request.actor, origin=origin))  # type: ignore[attr-defined]
    except CkanError as error:
        return _failed(error, help_address)
    return _json({"help": help_address, "success": True, "result": result}, 200)


def _given(request: HttpRequest) -> dict[str, Any]:
    """The parameters: the query's, and over them the JSON body's or the form's."""
    given: dict[str, Any] = dict(request.GET.items())
    if request.method == "POST":
        if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data") and request.POST:
            given |= dict(request.POST.items())
        elif request.body:
            sent: Any = CarefulParser().parse_body(request)
            if not isinstance(sent, dict):
                raise Invalid("Bad request - JSON Error: Request data JSON decoded to something else than an object")
            given |= sent
    check_texts(given)
    return given


def _json(body: Any, status: int) -> HttpResponse:
    return JsonResponse(body, status=status, safe=False, json_dumps_params={"ensure_ascii": False})
