"""Who acts in this request: the person of the session, unless the session stood idle too long or the account is closed."""

import time
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import actions, places, queries
from gongxiang.platform.web import second_factor
from gongxiang.protocol import clock

#: When the session was last used, in the machine's seconds: moving the product's clock must not end sessions.
SEEN = "seen"
#: Set in the session that follows an expired one, for the sign-in page to say so.
EXPIRED = "session_expired"
#: The cookie by which a browser is known in which somebody showed both factors.
BROWSER = "gx_browser"
#: How often the time of last use is written, in seconds.
_WRITE_EVERY = 30


def acting_person(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.actor`: the acting person, or None."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        request.factor_is_fresh = lambda: second_factor.is_fresh(request)  # type: ignore[attr-defined]
        if request.path.startswith(f"/{settings.STATIC_URL.lstrip('/')}") or not request.session.get(auth.SESSION_KEY):
            return get_response(request)
        if _idle(request):
            _expire(request)
            page = not request.path.startswith("/api/") and not request.headers.get("HX-Request")
            if page and request.method not in ("GET", "HEAD"):
                # The form is opened again after signing in; the browser has kept what was typed.
                return redirect(f"{reverse('accounts:login')}?{urlencode({'next': _page_of(request)})}")
            return get_response(request)
        request.actor = _actor(request)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def known_browser(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the browser its token once both factors were shown in it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if token := getattr(request, "known_browser", ""):
            response.set_cookie(
                BROWSER, token, max_age=places.KNOWN_FOR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
                path=reverse("accounts:security"),
            )  # fmt: skip
        return response

    return middleware


def _idle(request: HttpRequest) -> bool:
    now, seen = time.time(), float(request.session.get(SEEN, 0))
    if now - seen > settings.SIGN_IN["idle_minutes"] * 60:
        return True
    # Parts that refresh themselves do not keep a session alive: nobody may be sitting there.
    if now - seen > _WRITE_EVERY and not request.headers.get("HX-Request"):
        request.session[SEEN] = now
    return False


def _expire(request: HttpRequest) -> None:
    person_id = UUID(str(request.session[auth.SESSION_KEY]))
    auth.logout(request)
    request.session[EXPIRED] = True
    actions.record_sign_out(person_id=person_id, idle=True, at=clock.now())


def _actor(request: HttpRequest) -> Person | None:
    # `request.user` also compares the session with the password it was opened under.
    if not request.user.is_authenticated:
        return None
    try:
        return queries.actor_of(request.user.pk, clock.now())
    except NotFound:
        return None


def _page_of(request: HttpRequest) -> str:
    parts = urlsplit(request.META.get("HTTP_REFERER", ""))
    if parts.netloc == request.get_host():
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return "/"
