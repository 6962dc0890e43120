"""The page of a database that does not answer: after it a page can ask it nothing more."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.outage import RETRY_AFTER


def outage_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page, made without the shell, which would ask the database who is signed in."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    # A session that cannot be kept fails outside of what sets the language.
    with translation.override(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        text = render_to_string("web/outage.html", {"request": request, "refusal": refusal})
    return HttpResponse(text, status=refusal.status, headers={"Retry-After": str(RETRY_AFTER)})
