"""The steps of signing in, kept in the session until all are done: password, code, first change, authenticator."""

import hmac
import secrets
import time
from dataclasses import dataclass
from uuid import UUID

from django.contrib import auth
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import actions, queries
from gongxiang.platform.parties.places import Place
from gongxiang.platform.parties.queries import PersonRef
from gongxiang.platform.web.accounts.middleware import BROWSER, EXPIRED, SEEN
from gongxiang.protocol import clock

_KEY = "signing_in"
#: Seconds for all steps together.
_PATIENCE = 15 * 60
_BACKEND = "gongxiang.platform.parties.backend.SessionBackend"


@dataclass(frozen=True, kw_only=True)
class Pending:
    """Somebody on the way in: the password was right."""

    person_id: UUID
    code_shown: bool
    next: str


def safe_next(request: HttpRequest, wanted: str) -> str:
    """Where to go afterwards: a page of this site, or the workbench."""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) and wanted.startswith("/"):
        return wanted
    return "/"


def begin(request: HttpRequest, person: PersonRef, next_page: str) -> None:
    """The password was right: a fresh session for the rest of the way."""
    request.session.flush()
    request.session[_KEY] = {
        "person": str(person.id), "code": False, "at": time.time(), "next": next_page, "under": _under(person.id),
    }  # fmt: skip


def pending(request: HttpRequest) -> Pending | None:
    """Who is on the way in, if the time is not over and the password and authenticator are still those it began under."""
    kept = request.session.get(_KEY)
    if not kept or time.time() - kept["at"] > _PATIENCE:
        return None
    if not hmac.compare_digest(kept.get("under", ""), _under(UUID(kept["person"]))):
        return None
    return Pending(person_id=UUID(kept["person"]), code_shown=kept["code"], next=kept["next"])


def code_shown(request: HttpRequest) -> None:
    """The second factor was right."""
    request.session[_KEY] = {**request.session[_KEY], "code": True}


def password_changed(request: HttpRequest) -> None:
    """The person on the way in has a new password: this way goes on under it, any other ends."""
    kept = request.session[_KEY]
    request.session[_KEY] = {**kept, "under": _under(UUID(kept["person"]))}


def _under(person_id: UUID) -> str:
    """What changes with password and authenticator; of an account that is locked or closed nothing that fits."""
    try:
        return queries.session_account(person_id).get_session_auth_hash()
    except NotFound:
        return secrets.token_urlsafe(16)


def step(request: HttpRequest) -> str:
    """The address of the next step; the workbench, or the page first asked for, after the last."""
    way = pending(request)
    if way is None:
        return reverse("accounts:login")
    person = queries.person_ref(way.person_id)
    if person.has_factor and not way.code_shown:
        return reverse("accounts:code")
    if queries.password_due(person.id, clock.now()):
        return reverse("accounts:first_password")
    if not person.has_factor:
        return reverse("accounts:enrol")
    finish(request, way)
    return way.next


def finish(request: HttpRequest, way: Pending) -> None:
    """All is shown: open the session."""
    request.session.pop(_KEY, None)
    request.session.pop(EXPIRED, None)
    auth.login(request, queries.session_account(way.person_id), backend=_BACKEND)
    request.session[SEEN] = time.time()
    token = actions.record_sign_in(person_id=way.person_id, token=place_of(request).token, at=clock.now())
    request.known_browser = token  # type: ignore[attr-defined]


def place_of(request: HttpRequest) -> Place:
    """From where the request comes."""
    return Place(address=request.META.get("REMOTE_ADDR", ""), token=request.COOKIES.get(BROWSER, "")[:100])
