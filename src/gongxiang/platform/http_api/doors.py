"""Who calls, and whether the door opens: by access token, or by the session of a page with its CSRF token.

A token passes only where the door's permission names a scope that it holds, and never where a second factor is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, cast

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from gongxiang.platform.http_api.errors import CsrfMissing, FactorNotFresh
from gongxiang.platform.kernel.actors import CallingSystem, Person, Scope
from gongxiang.platform.kernel.errors import NeedsSecondFactor, ScopeMissing
from gongxiang.platform.kernel.outage import outage
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.kernel.twins import SentTwice, is_twin
from gongxiang.platform.parties import tokens
from gongxiang.platform.parties.errors import SignInNeeded, TokenUnknown
from gongxiang.protocol import clock

#: Methods that change nothing.
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls: `scopes` is None for a person's session, which is bound by roles alone."""

    actor: Person | CallingSystem | None
    scopes: frozenset[Scope] | None

    @property
    def name(self) -> str:
        """By what calls are counted."""
        return f"{type(self.actor).__name__.lower()}:{self.actor.id}" if self.actor else "nobody"


class Called(HttpRequest):
    """A request behind a door of the interfaces."""

    caller: Caller
    actor: Person | CallingSystem


class Guarded(Protocol):
    """A view of the interfaces outside the OpenAPI, with its door."""

    door: Permission

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the request."""


def identify(request: HttpRequest) -> Caller:
    """Who calls; raises TokenUnknown for a bad token and CsrfMissing for a session without its CSRF token."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.startswith("gx_") and not token:
        # CKAN's clients send the token alone.
        kind, token = "bearer", kind
    if kind:
        try:
            if kind.lower() != "bearer" or not token.strip():
                raise TokenUnknown()
            found = tokens.caller_of(token.strip(), at=clock.now())
        except TokenUnknown:
            tokens.count_call(f"nobody:{request.META.get('REMOTE_ADDR', '')}", at=clock.now())
            raise
        return Caller(actor=found.actor, scopes=found.scopes)
    actor: Person | None = getattr(request, "actor", None)
    if actor is not None and request.method not in SAFE and check_csrf(request) is not None:
        raise CsrfMissing()
    return Caller(actor=actor, scopes=None)


def enter(request: HttpRequest, permission: Permission, *, public: bool = False) -> Caller:
    """Let the caller through the door, or raise why not; `public`: nobody too, where the catalogue is open to society."""
    caller = identify(request)
    if caller.actor is None:
        tokens.count_call(f"nobody:{request.META.get('REMOTE_ADDR', '')}", at=clock.now())
        if not (permission.public or (public and settings.PUBLIC_CATALOGUE == "open")):
            raise SignInNeeded()
    else:
        tokens.count_call(caller.name, at=clock.now())
        _check(permission, caller, request)
    request.caller = caller  # type: ignore[attr-defined]
    request.actor = caller.actor  # type: ignore[attr-defined]
    return caller


def check_further(permission: Permission, request: Called) -> None:
    """Ask of a caller who is in what another door asks: one act on many is that act, many times."""
    _check(permission, request.caller, request)


def _check(permission: Permission, caller: Caller, request: HttpRequest) -> None:
    permission.check(caller.actor)
    fresh = request.method in SAFE or getattr(request, "factor_is_fresh", bool)()
    if caller.scopes is None and permission.second_factor and not fresh:
        raise FactorNotFresh()
    check_token(permission, caller)


def check_token(permission: Permission, caller: Caller) -> None:
    """Raise what a token lacks: the second factor, or the scope; a person's session is bound by roles alone."""
    if caller.scopes is None:
        return
    if permission.second_factor:
        raise NeedsSecondFactor()
    if permission.scope not in caller.scopes:
        raise ScopeMissing(scope=permission.scope or permission.name)


class Door(AuthBase):
    """The door of one operation."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, permission: Permission) -> None:
        super().__init__()
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Caller:
        """Who passed."""
        return enter(request, self.permission)


def door(permission: Permission, *, public: bool = False, refuse: Callable[[Any], HttpResponse]) -> Callable[..., Guarded]:
    """The door of a view outside the OpenAPI; `refuse` turns a refusal into the form that its callers know."""
    from gongxiang.platform.kernel.errors import Refusal

    def decorate(view: Callable[..., HttpResponse]) -> Guarded:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                enter(request, permission, public=public)
                return view(request, *args, **kwargs)
            except Refusal as refusal:
                return refuse(refusal)
            except IntegrityError as problem:
                if not is_twin(problem):
                    raise
                return refuse(SentTwice())
            except (OperationalError, InterfaceError) as problem:
                return refuse(outage(problem))

        guarded.door = permission  # type: ignore[attr-defined]
        guarded.csrf_exempt = True  # type: ignore[attr-defined]
        return cast(Guarded, guarded)

    return decorate
