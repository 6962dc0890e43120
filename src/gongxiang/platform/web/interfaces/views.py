"""Access tokens: seen, made for a system or for oneself, revoked. The token itself is on one page, once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import actions, permissions, queries
from gongxiang.platform.parties import tokens as kept
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.interfaces.forms import OwnTokenForm, SystemTokenForm
from gongxiang.platform.web.once import show_once
from gongxiang.protocol import clock


@door(permissions.READ_TOKENS)
@require_safe
def tokens(request: ActingRequest) -> HttpResponse:
    """The tokens I see, and where machines call."""
    at = clock.now()
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    state = request.GET.get("state", "")
    rows = kept.find(request.actor, text=text)
    if state in ("works", "ended"):
        rows = [row for row in rows if row.works(at) == (state == "works")]
    if request.GET.get("export") == "csv":
        return lists.export_csv("tokens", _columns(at), rows)
    context = {
        "page": lists.paginate(request, rows, filters=("state",)),
        "at": at,
        "may_keep": permissions.KEEP_TOKENS.allows(request.actor),
        "may_own": permissions.OWN_TOKENS.allows(request.actor),
        "revocable": {row.id for row in rows if row.works(at) and _may_revoke(request, row)},
    }
    return render(request, "interfaces/tokens.html", context)


def _columns(at: Any) -> list[tuple[Any, Any]]:
    return [
        (gettext_lazy("What the token is for"), lambda row: row.label),
        (gettext_lazy("Whose it is"), lambda row: row.owner),
        (gettext_lazy("Department"), lambda row: row.department),
        (gettext_lazy("What it opens"), lambda row: "、".join(str(labels.code("scope", scope)) for scope in row.scopes)),
        (gettext_lazy("Begins with"), lambda row: row.prefix),
        (gettext_lazy("Made"), lambda row: row.issued_at.isoformat()),
        (gettext_lazy("Made by"), lambda row: row.issued_by_name),
        (gettext_lazy("Runs out"), lambda row: row.expires_at.isoformat()),
        (gettext_lazy("Last used"), lambda row: row.last_used_at.isoformat() if row.last_used_at else ""),
        (gettext_lazy("Revoked"), lambda row: row.revoked_at.isoformat() if row.revoked_at else ""),
    ]


def _may_revoke(request: ActingRequest, row: kept.TokenRef) -> bool:
    try:
        permissions.check_may_revoke(request.actor, person_id=row.person_id, department_id=row.department_id)
    except Refusal:
        return False
    return True


@door(permissions.KEEP_TOKENS)
@never_cache
@require_http_methods(["GET", "POST"])
def new_system_token(request: ActingRequest) -> HttpResponse:
    """Make a token for a system of ours."""
    form = SystemTokenForm(request.POST or None)
    mine = [(str(one.id), one.name) for one in queries.systems(request.actor.department_id) if one.ended_at is None]
    form.fields["system"].choices = mine  # type: ignore[attr-defined]
    return _make(request, form, systems=mine, title=_("Token for a system"))


@door(permissions.OWN_TOKENS)
@never_cache
@require_http_methods(["GET", "POST"])
def new_own_token(request: ActingRequest) -> HttpResponse:
    """Make a token for my own scripts."""
    return _make(request, OwnTokenForm(request.POST or None), systems=None, title=_("Token of my own"))


def _make(request: ActingRequest, form: Any, *, systems: Any, title: str) -> HttpResponse:
    if form.is_bound and form.is_valid():
        values = {**form.cleaned_data, "by": request.actor, "at": clock.now()}
        system = values.pop("system", None)
        try:
            if system is None:
                made, secret = actions.issue_own_token(**values)
            else:
                made, secret = actions.issue_system_token(system_id=UUID(system), **values)
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            return show_once(request, "interfaces/token_slip.html", {"token": made, "secret": secret})
    context = {"form": form, "title": title, "systems": systems}
    return render(request, "interfaces/token_new.html", context, status=422 if form.is_bound else 200)


@door(permissions.REVOKE_TOKEN)
@require_POST
def revoke(request: ActingRequest, token_id: UUID) -> HttpResponse:
    """Revoke a token."""
    actions.revoke_token(token_id=token_id, by=request.actor, at=clock.now())
    messages.success(request, _("Revoked: the next call with it is refused."))
    return redirect("interfaces:tokens")
