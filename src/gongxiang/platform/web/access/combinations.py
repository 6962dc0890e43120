"""The register of sensitive combinations (条例 25)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.platform.access import combining, permissions
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web.access.forms import CombinationForm
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock


@door(permissions.KEEP_COMBINATIONS)
@require_http_methods(["GET", "POST"])
def combinations(request: ActingRequest) -> HttpResponse:
    """What is looked for while a reply is prepared; the authority adds and ends."""
    form = CombinationForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            combining.add_combination(
                title=form.cleaned_data["title"], traits=form.traits_given(), reason=form.cleaned_data["reason"],
                by=request.actor, at=clock.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Added; it is looked for from today on."))
            return redirect("access:combinations")
    shown = {"form": form, "rows": combining.all_combinations()}
    return render(request, "access/combinations.html", shown, status=422 if form.is_bound else 200)


@door(permissions.KEEP_COMBINATIONS)
@require_POST
def end_combination(request: ActingRequest, combination_id: UUID) -> HttpResponse:
    """Look for it no more."""
    combining.end_combination(combination_id=combination_id, by=request.actor, at=clock.now())
    messages.success(request, _("Ended; it stays in the register."))
    return redirect("access:combinations")
