"""Many entries with one act: the list comes from the queue, the table says what became of each."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.actions.batches import Outcome
from gongxiang.platform.catalogue.errors_upkeep import NothingTicked
from gongxiang.platform.catalogue.permissions import QUEUES
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.upkeep.batching import ACTS, offered
from gongxiang.platform.web.upkeep.forms import BatchForm
from gongxiang.protocol import clock


@door(QUEUES)
@require_POST
def batch(request: ActingRequest) -> HttpResponse:
    """Do it to each that was ticked; each succeeds or fails on its own."""
    form, act = BatchForm(request.POST), request.POST.get("act", "")
    form.is_valid()
    ticked = _ticked(request)
    mine = request.POST.get("back") == "mine"
    back = reverse("catalogue:mine" if mine else "catalogue:reviews")
    if not ticked:
        refusal = NothingTicked()
        messages.error(request, f"{refusal.message} {refusal.advice}")
        return redirect(back)
    found = actions.act_on_many(
        resource_ids=ticked,
        act=act if act in offered(request.actor) else "",
        remark=form.cleaned_data.get("remark", ""),
        secrecy_statement=form.cleaned_data.get("secrecy_statement", ""),
        standing=form.cleaned_data.get("standing", False),
        by=request.actor,
        at=clock.now(),
    )
    outcomes = sorted(found, key=lambda one: one.done)
    done = sum(one.done for one in outcomes)
    context = {"outcomes": outcomes, "done": done, "failed": len(outcomes) - done, "act": ACTS.get(act, "")}
    context |= {
        "mine": mine,
        "back": back,
        "reasons": _reasons(outcomes),
        "again": {"acts": {act: ACTS.get(act, "")}, "form": form},
    }
    return render(request, "upkeep/batch.html", context)


def _reasons(outcomes: Sequence[Outcome]) -> list[tuple[Refusal, int]]:
    """Why entries were refused and how many, the commonest first: two hundred times the same is said once."""
    counted = Counter(str(refusal.message) for one in outcomes for refusal in one.refusals)
    first = {str(refusal.message): refusal for one in outcomes for refusal in one.refusals}
    return [(first[message], n) for message, n in counted.most_common(10)]


def _ticked(request: ActingRequest) -> list[UUID]:
    found = []
    for value in request.POST.getlist("entry"):
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
