"""What every answer of the interfaces gets: the caller's language, and the one shape of errors where no view was reached."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from gongxiang.platform.http_api.answers import is_interface, refused
from gongxiang.platform.http_api.errors import MethodWrong, NoSuchAddress

#: Beginnings of the interfaces' addresses.
ADDRESSES = ("/api/", "/catalog")


def interfaces(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer machines in the language they ask for, Chinese unless they do."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_for_machines(request.path):
            return get_response(request)
        chosen = language_of(request)
        with translation.override(chosen):
            response = get_response(request)
            if is_interface(request) and not response.headers.get("Content-Type", "").startswith("application/json"):
                if response.status_code == 404:
                    response = refused(NoSuchAddress())
                elif response.status_code == 405:
                    allowed = response.headers.get("Allow", "")
                    response = refused(MethodWrong())
                    response.headers["Allow"] = allowed
            response.headers["Content-Language"] = chosen
            patch_vary_headers(response, ["Accept-Language", "Authorization"])
            return response

    return middleware


def is_for_machines(path: str) -> bool:
    """Whether the address is one of the interfaces, and no page."""
    return path.startswith(ADDRESSES) and not path.startswith(("/catalogue", "/api/v1/docs"))


def language_of(request: HttpRequest) -> str:
    """`en` if the caller prefers English to Chinese, else `zh-hans`."""
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code == "en" or code.startswith("en-"):
            return "en"
        if code == "*" or code.startswith("zh"):
            break
    return "zh-hans"
