"""Signing in step by step, signing out, and a person's own account."""

import base64
import io
from datetime import datetime, time, timedelta
from uuid import UUID

import qrcode
import qrcode.image.svg
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.permissions import PUBLIC
from gongxiang.platform.parties import actions, permissions, policies, queries, totp
from gongxiang.platform.web import second_factor
from gongxiang.platform.web.accounts import signing_in
from gongxiang.platform.web.accounts.forms import CodeForm, DeputyForm, LoginForm, NewPasswordForm
from gongxiang.platform.web.accounts.middleware import EXPIRED
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING


@door(PUBLIC)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """User name and password."""
    wanted = signing_in.safe_next(request, request.POST.get("next") or request.GET.get("next") or "/")
    if request.method == "GET" and getattr(request, "actor", None) is not None:
        return redirect(wanted)
    form = LoginForm(request.POST or None)
    if form.is_valid():
        try:
            person = actions.check_password(
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                place=signing_in.place_of(request),
                at=clock.now(),
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            signing_in.begin(request, person, wanted)
            return redirect(signing_in.step(request))
    context = {"form": form, "next": wanted, "expired": request.session.get(EXPIRED, False)}
    context["idle_minutes"] = policies.rules()["idle_minutes"]
    return render(request, "accounts/login.html", context, status=403 if form.is_bound else 200)


@door(PUBLIC)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second factor on the way in."""
    way = signing_in.pending(request)
    if way is None:
        return redirect("accounts:login")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            place = signing_in.place_of(request)
            actions.check_factor(person_id=way.person_id, code=form.cleaned_data["code"], place=place, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            signing_in.code_shown(request)
            return redirect(signing_in.step(request))
    return render(request, "accounts/code.html", {"form": form}, status=403 if form.is_bound else 200)


@door(PUBLIC)
@never_cache
@sensitive_post_parameters("old_password", "password", "again")
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """The forced change: of the first password, of one given anew, or of one grown too old."""
    way = signing_in.pending(request)
    if way is None or signing_in.step(request) != request.path:
        return redirect("accounts:login")
    person = queries.person_ref(way.person_id)
    form = NewPasswordForm(request.POST or None)
    if form.is_valid() and _change(form, person.id):
        signing_in.password_changed(request)
        return redirect(signing_in.step(request))
    context = {"form": form, "first": person.must_change_password, "rules": policies.rules()}
    return render(request, "accounts/first_password.html", context, status=422 if form.is_bound else 200)


@door(PUBLIC)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up the authenticator on the way in; ends with the recovery codes."""
    way = signing_in.pending(request)
    if way is None or signing_in.step(request) != request.path:
        return redirect("accounts:login")
    person, at = queries.actor_of(way.person_id, clock.now()), clock.now()
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            codes = actions.confirm_totp(person_id=person.id, code=form.cleaned_data["code"], by=person, at=at)
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            signing_in.finish(request, way)
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": way.next})
    # A wrong code does not make a new secret: the telephone has the first one already.
    secret = actions.enrol_totp(person_id=person.id, anew=not form.is_bound, by=person, at=at)
    context = {
        "form": form,
        "secret": secret,
        "picture": _picture(totp.address(secret, queries.person_ref(person.id).username)),
    }
    return render(request, "accounts/enrol.html", context, status=403 if form.is_bound else 200)


@door(PUBLIC)
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    actor = getattr(request, "actor", None)
    if actor is not None:
        actions.record_sign_out(person_id=actor.id, at=clock.now())
    auth.logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("accounts:login")


@door(permissions.OWN_ACCOUNT)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def confirm_second_factor(request: ActingRequest) -> HttpResponse:
    """The second factor again, before a dangerous act; then back to the page with the act."""
    wanted = signing_in.safe_next(request, _path_of(request, request.POST.get("next") or request.GET.get("next") or "/"))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            actions.check_factor(person_id=request.actor.id, code=form.cleaned_data["code"], at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            second_factor.confirm(request)
            messages.success(request, _("Confirmed. Press the button again: what you typed is still there."))
            return redirect(wanted)
    return render(request, "accounts/confirm.html", {"form": form, "next": wanted}, status=403 if form.is_bound else 200)


@door(permissions.OWN_ACCOUNT)
@require_safe
def security(request: ActingRequest) -> HttpResponse:
    """My account: roles, password, authenticator, signing keys, deputies, sign-ins."""
    return _security(request, _deputy_form(request))


@door(permissions.OWN_ACCOUNT)
@never_cache
@sensitive_post_parameters("old_password", "password", "again")
@require_http_methods(["GET", "POST"])
def password(request: ActingRequest) -> HttpResponse:
    """Change my password; my other sessions end."""
    form = NewPasswordForm(request.POST or None)
    if form.is_valid() and _change(form, request.actor.id):
        auth.update_session_auth_hash(request, queries.session_account(request.actor.id))
        messages.success(request, _("Your password is changed. Sessions on other machines have ended."))
        return redirect("accounts:security")
    context = {"form": form, "rules": policies.rules()}
    return render(request, "accounts/password.html", context, status=422 if form.is_bound else 200)


@door(permissions.NAME_DEPUTY)
@require_POST
def name_deputy(request: ActingRequest) -> HttpResponse:
    """Name who acts for me while I am away."""
    form = _deputy_form(request, request.POST)
    if form.is_valid():
        first, last = form.cleaned_data["starts_on"], form.cleaned_data["ends_on"]
        try:
            actions.name_deputy(
                person_id=request.actor.id,
                deputy_id=UUID(form.cleaned_data["deputy"]),
                starts_at=datetime.combine(first, time.min, BEIJING),
                ends_at=datetime.combine(last + timedelta(days=1), time.min, BEIJING),
                by=request.actor,
                at=clock.now(),
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The deputy is named."))
            return redirect("accounts:security")
    return _security(request, form, status=422)


@door(permissions.NAME_DEPUTY)
@require_POST
def end_deputy(request: ActingRequest, deputy_id: UUID) -> HttpResponse:
    """I am back before the time."""
    actions.end_deputy(deputy_row_id=deputy_id, by=request.actor, at=clock.now())
    messages.success(request, _("The deputyship has ended."))
    return redirect("accounts:security")


def _security(request: ActingRequest, form: DeputyForm, status: int = 200) -> HttpResponse:
    person, at = queries.person_ref(request.actor.id), clock.now()
    changed = person.password_changed_at
    context = {
        "person": person,
        "roles": sorted(person.roles),
        "deputised": sorted(queries.deputised_roles(person.id, at)),
        "password_until": changed + timedelta(days=policies.rules()["password_days"]) if changed else None,
        "codes_left": queries.recovery_codes_left(person.id),
        "keys": queries.signing_keys(person.id),
        "deputies": queries.deputies_of(person.id, at),
        "form": form,
        "may_name": permissions.NAME_DEPUTY.allows(request.actor),
        "sign_ins": queries.own_sign_ins(person.id),
    }
    return render(request, "accounts/security.html", context, status=status)


def _deputy_form(request: ActingRequest, data: object = None) -> DeputyForm:
    form = DeputyForm(data)
    colleagues = queries.people(request.actor, department_id=request.actor.department_id)
    form.fields["deputy"].choices = [("", "—")] + [  # type: ignore[attr-defined]
        (str(one.id), one.name) for one in colleagues if one.id != request.actor.id and one.status == "ACTIVE"
    ]
    return form


def _change(form: NewPasswordForm, person_id: UUID) -> bool:
    try:
        actions.change_password(
            person_id=person_id,
            old=form.cleaned_data["old_password"],
            new=form.cleaned_data["password"],
            by=queries.actor_of(person_id, clock.now()),
            at=clock.now(),
        )
    except Refusal as refusal:
        form.show_refusal(refusal)
        return False
    return True


def _path_of(request: HttpRequest, address: str) -> str:
    """A page of this site given whole, as browsers name the page before, without its host."""
    start = f"{request.scheme}://{request.get_host()}/"
    return "/" + address.removeprefix(start) if address.startswith(start) else address


def _picture(text: str) -> str:
    out = io.BytesIO()
    qrcode.make(text, image_factory=qrcode.image.svg.SvgPathFillImage, box_size=8).save(out)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode("ascii")
