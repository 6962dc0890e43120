"""Doors: every view declares the permission that opens it; a view without one fails a test and cannot be reached.

`@door(permission)` refuses who may not pass: anonymous people go to the sign-in page, others get the 403 page with the
reason. Doors whose permission asks for a fresh second factor send the person to confirm it first.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, cast
from urllib.parse import urlencode

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.kernel.twins import SentTwice, is_twin
from gongxiang.platform.web import once, second_factor
from gongxiang.platform.web.counted import leave_counts_out


class ActingRequest(HttpRequest):
    """A request behind a door that only signed-in people pass: `actor` is there."""

    actor: Person


class View(Protocol):
    """A view with its door."""

    door: Permission

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the request."""


def door(permission: Permission) -> Callable[[Callable[..., HttpResponse]], View]:
    """Let through only those who hold `permission`; named refusals that a view lets escape become pages, never a 500."""

    def decorate(view: Callable[..., HttpResponse]) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = getattr(request, "actor", None)
            if actor is None and not permission.public:
                if request.headers.get("HX-Request"):
                    return HttpResponse(status=401, headers={"HX-Refresh": "true"})
                return redirect(f"{reverse('accounts:login')}?{urlencode({'next': request.get_full_path()})}")
            if not permission.allows(actor):
                return refused(request, NotPermitted())
            if permission.second_factor and request.method == "POST" and not second_factor.is_fresh(request):
                return second_factor.ask(request)
            try:
                return once.answered(request, lambda: view(request, *args, **kwargs))
            except Refusal as refusal:
                return refused(request, refusal)
            except IntegrityError as problem:
                if not is_twin(problem):
                    raise
                return refused(request, SentTwice())

        guarded.door = permission  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page that says why, with the article and the next step."""
    leave_counts_out(request)
    status = refusal.status
    template = "web/not_found.html" if isinstance(refusal, NotFound) else "web/refused.html"
    return render(request, template, {"refusal": refusal}, status=status)
