"""Each form once: a token in every form, and the second submission of the same lands on the first one's result.

Where the first one's answer showed a secret, there is no page to land on: the second is told so, and makes no other.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.twins import ShownOnce
from gongxiang.platform.parties import sent
from gongxiang.protocol import clock

#: Name of the token's field; `{% csrf_token %}` writes it beside its own (`templatetags.once`).
FIELD = "once"
#: In the place of an address: the answer showed something that is shown once.
_SHOWN = "#shown"
_SEEN_BY_ALL = {FIELD, "csrfmiddlewaretoken"}


def answered(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to a request; a form that led somewhere is not acted upon a second time."""
    actor, token = getattr(request, "actor", None), _token(request)
    if token is None or not isinstance(actor, Person):
        return answer()
    escaped: Refusal | None = None
    response: HttpResponse | None = None
    with transaction.atomic():
        earlier = sent.begin(token, person_id=actor.id, digest=_digest(request), at=clock.now())
        if earlier == _SHOWN:
            raise ShownOnce()
        if earlier is not None:
            messages.info(request, _("This form was sent already; here is what came of it."))
            return HttpResponseRedirect(earlier)
        try:
            response = answer()
        except Refusal as refusal:
            # What was written before the refusal (a failed attempt, say) stays written, as it does without this guard.
            escaped = refusal
        sent.note_result(token, person_id=actor.id, address=_led_to(response))
    if escaped is not None:
        raise escaped
    assert response is not None
    return response


def show_once(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The one answer that shows what a form made (a token, a code, a first password)."""
    response = render(request, template, dict(context))
    response.shown_once = True  # type: ignore[attr-defined]
    return response


def _token(request: HttpRequest) -> UUID | None:
    text = request.POST.get(FIELD, "") if request.method == "POST" else ""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def _digest(request: HttpRequest) -> str:
    """A name for what was sent, and where to."""
    found = hashlib.sha256(request.path.encode("utf-8", "surrogatepass"))
    for name, values in sorted(request.POST.lists()):
        if name not in _SEEN_BY_ALL:
            found.update(repr((name, values)).encode("utf-8", "surrogatepass"))
    for name, files in sorted(request.FILES.lists()):
        found.update(repr((name, [(one.name, one.size) for one in files])).encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def _led_to(response: HttpResponse | None) -> str:
    """Our own page to which the answer sends the browser, or the mark of what is shown once; empty for any other answer."""
    if getattr(response, "shown_once", False):
        return _SHOWN
    if response is None or not 300 <= response.status_code < 400:
        return ""
    address: str = response.headers.get("Location", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""
