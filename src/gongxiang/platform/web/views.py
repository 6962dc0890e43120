"""Pages that belong to no area: language, health, and what is shown when something went wrong."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.kernel.outage import outage
from gongxiang.platform.kernel.permissions import PUBLIC
from gongxiang.platform.web.counted import leave_counts_out
from gongxiang.platform.web.doors import door
from gongxiang.platform.web.outage import outage_page


@door(PUBLIC)
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to where the person was."""
    back = request.POST.get("next", "/")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 86400,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    return response


@door(PUBLIC)
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For the supervisor: the site answers."""
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a form with more text than is taken is told so; anything else of this kind no form of ours sends."""
    leave_counts_out(request)
    much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    most = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) / 2**20
    return render(request, "web/bad_request.html", {"too_much": much, "most": f"{most:g}"}, status=413 if much else 400)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 in the site's own words."""
    leave_counts_out(request)
    return render(request, "web/not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: says that nothing half-done was kept; a database that is down or full is said by name."""
    refusal = outage(sys.exc_info()[1])
    if refusal is not None:
        return outage_page(request, refusal)
    return render(request, "web/server_error.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's protection ran out: the typed text is still in the browser."""
    return render(request, "web/csrf.html", status=403)
