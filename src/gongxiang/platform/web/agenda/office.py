"""The department's own office system: where it listens, what was sent, sending again; and letters that do not arrive."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.notices import actions_out, outgoing, queries_out, words
from gongxiang.platform.notices.permissions import KEEP_WEBHOOK, READ_MAIL_FAILURES
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.once import show_once
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant

_EXPORT = 10_000


class OfficeForm(Form):
    """Where messages go, and how they are signed."""

    address = forms.CharField(label=gettext_lazy("Address that receives messages"), max_length=500)
    algorithm = forms.ChoiceField(label=gettext_lazy("Kind of signature"))
    anew = forms.BooleanField(label=gettext_lazy("Make a new secret"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["algorithm"].choices = [  # type: ignore[attr-defined]
            (name, labels.code("algorithm", name)) for name in outgoing.ALGORITHMS
        ]


@door(KEEP_WEBHOOK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: ActingRequest) -> HttpResponse:
    """Where our office system listens, and what was sent to it; as CSV with `export=csv`."""
    actor = request.actor
    hook = queries_out.webhook_of(actor.department_id)
    form = OfficeForm(initial={"address": hook.address if hook else "", "algorithm": hook.algorithm if hook else "sm3"})
    secret = ""
    if request.method == "POST":
        form = OfficeForm(request.POST)
        if form.is_valid():
            try:
                secret = actions_out.set_webhook(**form.cleaned_data, by=actor, at=clock.now())
            except Refusal as refusal:
                form.show_refusal(refusal)
            else:
                if not secret:
                    messages.success(request, _("Kept. Messages go to this address from now on."))
                    return redirect("agenda:office")
                return show_once(request, "agenda/office_slip.html", {"secret": secret})
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    rows = queries_out.history(actor, text=text, state=request.GET.get("state", ""))
    if request.GET.get("export") == "csv":
        return lists.export_csv("messages", _COLUMNS, rows[:_EXPORT])
    page = lists.paginate(request, rows, filters=("state",))
    page.rows = [(one, words.WORDS.get(one.kind, one.kind)) for one in page.rows]
    context = {"hook": hook, "form": form, "page": page, "stop_after": actions_out.STOP_AFTER}
    return render(request, "agenda/office.html", context, status=422 if form.is_bound else 200)


_COLUMNS: list[tuple[Any, Any]] = [
    (gettext_lazy("Made"), lambda one: instant(one.made_at)),
    (gettext_lazy("What happened"), lambda one: words.WORDS.get(one.kind, one.kind)),
    (gettext_lazy("Case"), lambda one: one.title),
    (gettext_lazy("Attempts"), lambda one: one.attempts),
    (gettext_lazy("Taken"), lambda one: instant(one.delivered_at) if one.delivered_at else ""),
    (gettext_lazy("Answer"), lambda one: one.answer or (labels.code("problem", one.problem) if one.problem else "")),
]


@door(KEEP_WEBHOOK)
@require_POST
def stop(request: ActingRequest) -> HttpResponse:
    """Send nothing more."""
    actions_out.stop_webhook(by=request.actor, at=clock.now())
    messages.success(request, _("Nothing is sent any more until the address is entered again."))
    return redirect("agenda:office")


@door(KEEP_WEBHOOK)
@require_POST
def resend(request: ActingRequest, dispatch_id: UUID) -> HttpResponse:
    """Try a message again that was given up."""
    actions_out.resend(dispatch_id=dispatch_id, by=request.actor, at=clock.now())
    messages.success(request, _("It is sent again within seconds."))
    return redirect("agenda:office")


@door(READ_MAIL_FAILURES)
@require_safe
def letters(request: ActingRequest) -> HttpResponse:
    """Those whom letters do not reach."""
    return render(request, "agenda/letters.html", {"failing": queries_out.mail_failures(request.actor)})
