"""People: list, new account, roles, locks; each administrator sees the acts of the own kind. And the logs of the third."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.notices.subjects import titles_of
from gongxiang.platform.parties import actions, permissions, policies, queries
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.once import show_once
from gongxiang.platform.web.parties.forms import PersonForm, ReasonForm, RoleForm
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant

_ACCOUNT_ACTS: dict[str, Callable[..., queries.PersonRef]] = {
    "lock": actions.lock_account,
    "unlock": actions.unlock_account,
    # Without a successor this is refused while something is in the person's hand.
    "close": partial(actions.leave_and_hand_over, successor_id=None),
}


@door(permissions.READ_PEOPLE)
@require_safe
def index(request: ActingRequest) -> HttpResponse:
    """The accounts I may see."""
    found = queries.people(request.actor, search=request.GET.get("q", "").strip()[:200], role=request.GET.get("role", "")[:30])
    status = request.GET.get("status", "")
    found = [one for one in found if not status or one.status == status]
    if request.GET.get("export") == "csv":
        columns = [
            (gettext_lazy("Name of the person"), lambda one: one.name),
            (gettext_lazy("User name"), lambda one: one.username),
            (gettext_lazy("Department"), lambda one: one.department),
            (gettext_lazy("Roles"), lambda one: " ".join(str(labels.ROLES[role]) for role in sorted(one.roles))),
            (gettext_lazy("State"), lambda one: labels.state("person", one.status)[0]),
        ]
        return lists.export_csv("people", columns, found)
    context = {
        "page": lists.paginate(request, found, filters=("role", "status")),
        "roles": list(Role),
        "may_create": permissions.CREATE_ACCOUNT.allows(request.actor),
    }
    return render(request, "parties/people.html", context)


@door(permissions.CREATE_ACCOUNT)
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: ActingRequest) -> HttpResponse:
    """Make an account; its first password is shown once."""
    form = PersonForm(request.POST or None, initial={"department": request.GET.get("department", "")})
    form.fields["department"].choices = [(str(one.id), one.name) for one in queries.all_departments()]  # type: ignore[attr-defined]
    if form.is_valid():
        values = form.cleaned_data
        try:
            person, password = actions.create_account(
                department_id=UUID(values["department"]),
                username=values["username"],
                name=values["name"],
                post=values["post"],
                by=request.actor,
                at=clock.now(),
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            return show_once(request, "parties/password_slip.html", {"person": person, "password": password, "new": True})
    return render(request, "parties/person_new.html", {"form": form}, status=422 if form.is_bound else 200)


@door(permissions.READ_PEOPLE)
@require_safe
def detail(request: ActingRequest, person_id: UUID) -> HttpResponse:
    """One account: roles, state, history, and the acts of my kind of administrator."""
    return _detail(request, person_id)


@door(permissions.GRANT_ROLE)
@require_POST
def change_role(request: ActingRequest, person_id: UUID) -> HttpResponse:
    """Give a role, or take it back."""
    form = _role_form(person_id, request.POST)
    act = actions.withdraw_role if request.POST.get("act") == "withdraw" else actions.grant_role
    if form.is_valid():
        try:
            act(person_id=person_id, role=Role(form.cleaned_data["role"]), by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The roles are changed; they hold from the next page on."))
            return redirect("parties:person", person_id)
    return _detail(request, person_id, role_form=form, status=422)


@door(permissions.CLOSE_ACCOUNT)
@require_POST
def change_account(request: ActingRequest, person_id: UUID) -> HttpResponse:
    """Lock, unlock or close an account, with the reason."""
    form = ReasonForm(request.POST)
    act = _ACCOUNT_ACTS.get(request.POST.get("act", ""))
    if act is not None and form.is_valid():
        try:
            act(person_id=person_id, reason=form.cleaned_data["reason"], by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The account is changed."))
            return redirect("parties:person", person_id)
    return _detail(request, person_id, reason_form=form, status=422)


@door(permissions.RESET_PASSWORD)
@never_cache
@require_POST
def reset_password(request: ActingRequest, person_id: UUID) -> HttpResponse:
    """Give a new first password for a forgotten one."""
    password = actions.reset_password(person_id=person_id, by=request.actor, at=clock.now())
    context = {"person": queries.person_ref(person_id), "password": password, "new": False}
    return show_once(request, "parties/password_slip.html", context)


@door(permissions.RESET_FACTOR)
@require_POST
def reset_factor(request: ActingRequest, person_id: UUID) -> HttpResponse:
    """Release a lost authenticator."""
    actions.reset_factor(person_id=person_id, by=request.actor, at=clock.now())
    messages.success(request, _("The authenticator is released; a new one is set up at the next sign-in."))
    return redirect("parties:person", person_id)


@door(permissions.READ_ADMINISTRATION_LOG)
@require_safe
def logs(request: ActingRequest) -> HttpResponse:
    """What the other administrators did, or everybody's sign-ins."""
    which = request.GET.get("which", "")
    text = request.GET.get("q", "").strip()[:200]
    found = queries.administration_log(request.actor, which=which, text=text)
    if request.GET.get("export") == "csv":
        columns = [
            (gettext_lazy("When"), lambda one: instant(one.occurred_at)),
            (gettext_lazy("Act"), lambda one: labels.event(one.kind)),
            (gettext_lazy("Who"), lambda one: one.actor_name),
            (gettext_lazy("Subject"), lambda one: f"{one.subject_type}:{one.subject_id}"),
        ]
        return lists.export_csv("logs", columns, [evidence.as_news(row) for row in found.order_by("-id")[:10_000]])
    page = lists.paginate(request, found, sorts={"new": ["-id"], "old": ["id"]}, filters=("which",))
    page.rows = [evidence.as_news(row) for row in page.rows]
    names = queries.person_names(one.subject_id for one in page.rows if one.subject_type == "person")
    titles = titles_of([one for one in page.rows if one.subject_type != "person"])
    page.rows = [(one, names.get(one.subject_id, ""), titles.get(one.id, "")) for one in page.rows]
    return render(request, "parties/logs.html", {"page": page})


def _detail(
    request: ActingRequest,
    person_id: UUID,
    *,
    role_form: RoleForm | None = None,
    reason_form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if not queries.visible_to(request.actor).filter(pk=person_id).exists():
        raise NotFound()
    person, actor = queries.person_ref(person_id), request.actor
    context = {
        "person": person,
        "roles": sorted(person.roles),
        "own": actor.id == person_id,
        "role_form": role_form or _role_form(person_id),
        "reason_form": reason_form or ReasonForm(),
        "may_roles": permissions.GRANT_ROLE.allows(actor),
        "may_account": permissions.CLOSE_ACCOUNT.allows(actor),
        "may_factor": permissions.RESET_FACTOR.allows(actor),
        "news": evidence.trail_of(f"person:{person_id}", by=actor)[-20:],
    }
    return render(request, "parties/person.html", context, status=status)


def _role_form(person_id: UUID, data: object = None) -> RoleForm:
    """Every role that somebody in this department can hold."""
    department = queries.department_ref(queries.person_ref(person_id).department_id)
    form = RoleForm(data)
    form.fields["role"].choices = [  # type: ignore[attr-defined]
        (role.value, labels.ROLES[role])
        for role in Role
        if role not in policies.DUTY_OF_ROLE or getattr(department, policies.DUTY_OF_ROLE[role])
    ]
    return form
