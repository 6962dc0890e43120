"""The second factor asked again before dangerous acts: confirmed for five minutes, kept in the session.

The page that asks for it belongs to `accounts`; it calls `confirm` after the code was right and then goes back.
"""

import time
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

#: Seconds for which a confirmation opens dangerous doors.
FRESH_SECONDS = 300
_KEY = "second_factor_confirmed"


def confirm(request: HttpRequest) -> None:
    """Note that the person has just shown the second factor."""
    request.session[_KEY] = time.time()


def is_fresh(request: HttpRequest) -> bool:
    """Whether it was shown within FRESH_SECONDS."""
    return bool(time.time() - float(request.session.get(_KEY, 0)) < FRESH_SECONDS)


def ask(request: HttpRequest) -> HttpResponse:
    """Send the person to confirm; what was typed is kept in the browser and sent again from the page it came from."""
    back = request.headers.get("HX-Current-URL") or request.META.get("HTTP_REFERER") or request.get_full_path()
    target = f"{reverse('accounts:confirm_second_factor')}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)
