"""What every page gets: the language, the security headers, no caching of anything that a person sees."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
Next = Callable[[HttpRequest], HttpResponse]


def language(get_response: Next) -> Next:
    """Chinese unless the person chose English: the choice is a cookie, the browser's own preference is not asked."""
    known = {code for code, _ in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code  # type: ignore[attr-defined]
            response = get_response(request)
            response.headers.setdefault("Content-Language", code)
            patch_vary_headers(response, ["Cookie"])
            return response

    return middleware


def readable_addresses(get_response: Next) -> Next:
    """No NUL in what an address asks for: no database keeps it and no person types it, so it is left out."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        if "%00" in asked or "\x00" in asked:
            request.META["QUERY_STRING"] = asked.replace("%00", "").replace("\x00", "")
        return get_response(request)

    return middleware


def security_headers(get_response: Next) -> Next:
    """Strict content policy on every answer; pages are not stored by caches."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith(f"/{settings.STATIC_URL.lstrip('/')}"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
