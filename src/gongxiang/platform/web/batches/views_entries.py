"""Many entries with one act: the list comes from the queue, the page of the batch says what became of each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongxiang.platform.batches.actions import Wanted
from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.errors_upkeep import NothingTicked
from gongxiang.platform.catalogue.permissions import QUEUES
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.web.batches.asking import ask
from gongxiang.platform.web.batches.forms import BatchForm
from gongxiang.platform.web.batches.offered import offered
from gongxiang.platform.web.doors import ActingRequest, door


@door(QUEUES)
@require_POST
def entries(request: ActingRequest) -> HttpResponse:
    """Do it to each that was ticked; each succeeds or fails on its own."""
    form, act = BatchForm(request.POST), request.POST.get("act", "")
    form.is_valid()
    ticked = _ticked(request)
    back = "mine" if request.POST.get("back") == "mine" else "reviews"
    if not ticked:
        refusal = NothingTicked()
        messages.error(request, f"{refusal.message} {refusal.advice}")
        return redirect(f"catalogue:{back}")
    if act not in offered(request.actor):
        raise NotPermitted()
    names = queries.names_of_drafts(ticked, actor=request.actor)
    names = {key: name or _("(no name yet)") for key, name in names.items()}
    items = [Wanted(subject_id=key, name=names.get(key, ""), said=_own(request, key, act)) for key in ticked]
    said = {name: form.cleaned_data.get(name, form[name].initial) for name in _SAID.get(act, ())}
    return ask(request, kind="entries", act=act, items=items, said={**said, "back": back}, back=f"catalogue:{back}")


#: What is said to all, by act.
_SAID = {"return": ("remark",), "consent": ("secrecy_statement", "standing")}


def _own(request: ActingRequest, key: UUID, act: str) -> dict[str, str]:
    """The mark of the effect that was looked at, where a revision is sent."""
    seen = request.POST.get(f"seen_{key}", "")[:64]
    return {"seen": seen} if act == "send" and seen.isalnum() else {}


def _ticked(request: ActingRequest) -> list[UUID]:
    found = []
    for value in request.POST.getlist("entry"):
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return list(dict.fromkeys(found))
