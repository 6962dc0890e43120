"""Batches: the list of one's own, one with what became of each record, how far it is, its end before time."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.batches import actions, queries
from gongxiang.platform.batches.permissions import ASK
from gongxiang.platform.batches.queries import BatchRef, ItemRef, Reason
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.states import EDITABLE
from gongxiang.platform.grants.effects import effects_of_draft, mark_of
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.batches.forms import BatchForm
from gongxiang.platform.web.batches.kinds import FIELD_WORDS, KINDS
from gongxiang.platform.web.batches.offered import offered
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.upkeep.effects import in_words
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING

#: Drafts set apart whose effects are shown on one page; the others follow when these are dealt with.
_APART = 20


@door(ASK)
@require_safe
def batches(request: ActingRequest) -> HttpResponse:
    """My batches, the newest first."""
    page = lists.paginate(request, queries.batches_of(request.actor))
    return render(request, "batches/list.html", {"page": page, "rows": [queries.ref(row) for row in page.rows]})


@door(ASK)
@require_safe
def one(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """How far it is, and what became of each."""
    batch = queries.get_batch(batch_id, actor=request.actor)
    items = queries.items_of(batch_id, actor=request.actor)
    if request.GET.get("export") == "csv":
        return lists.export_csv(f"batch-{batch.asked_at.astimezone(BEIJING):%Y%m%d-%H%M}", _columns(batch.kind), items)
    kind = KINDS[batch.kind]
    refused = [item for item in items if item.refused]
    entries = batch.kind == "entries"
    apart = [item for item in refused if entries and _is_apart(item)]
    context = {
        "batch": batch, "items": [(item, _told(batch.kind, item)) for item in items], "record": kind.record,
        "reasons": _reasons(batch.kind, refused), "home": reverse(kind.home(batch)),
        "act": labels.code("batch_act", batch.act),
    }  # fmt: skip
    if not batch.running and entries and batch.act in offered(request.actor):
        context["apart"] = _with_effects(request, apart)
        again = [item for item in refused if item not in apart and item.name]
        context["again"] = {"items": again, "acts": {batch.act: context["act"]}, "form": _said_before(batch)} if again else None
    return render(request, "batches/one.html", context)


@door(ASK)
@require_safe
def progress(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """How far it is; when it has ended the page is loaded anew."""
    batch = queries.get_batch(batch_id, actor=request.actor)
    if not batch.running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "batches/parts/progress.html", {"batch": batch})


@door(ASK)
@require_POST
def stop(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """Let it end after the act at hand."""
    try:
        actions.stop_batch(batch_id=batch_id, by=request.actor, at=clock.now())
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.message} {refusal.advice}")
    else:
        messages.success(request, _("Stopped: what was done stays done, the rest is as it was."))
    return redirect("batches:one", batch_id)


def _is_apart(item: ItemRef) -> bool:
    return any(reason.code == "effect_not_seen" for reason in item.reasons)


def _with_effects(request: ActingRequest, apart: Sequence[ItemRef]) -> dict[str, Any]:
    """Drafts that change what live grants get, each with its effect as it is now, and the mark of having seen it."""
    shown: list[dict[str, Any]] = []
    waiting = 0
    at = clock.now()
    for item in apart:
        draft = catalogue.find_draft(item.subject_id, actor=request.actor)
        if draft is None or draft.status not in EDITABLE:
            continue
        waiting += 1
        if len(shown) < _APART:
            effects = tuple(one for one in effects_of_draft(draft, actor=request.actor, at=at) if one.consequences)
            shown.append({"item": item, "effects": in_words(effects), "mark": mark_of(effects)})
    return {"rows": shown, "more": waiting - len(shown)}


def _said_before(batch: BatchRef) -> BatchForm:
    """The form with what was said the first time."""
    names = ("remark", "secrecy_statement", "standing")
    return BatchForm(initial={name: batch.said[name] for name in names if name in batch.said})


def _told(kind: str, item: ItemRef) -> list[tuple[str, Reason]]:
    """Each reason with its field in words before it."""
    words = FIELD_WORDS.get(kind, str)
    named = [(words(reason.field), reason) for reason in item.reasons]
    return [(f"{name}{_(': ')}{one.message}" if name != one.field else one.message, one) for name, one in named]


def _reasons(kind: str, items: Sequence[ItemRef]) -> list[tuple[str, Reason, int]]:
    """Why records were refused and how many, the commonest first: two hundred times the same is said once."""
    told = [one for item in items for one in _told(kind, item)]
    first = dict(reversed(told))
    return [(message, first[message], n) for message, n in Counter(message for message, _r in told).most_common(10)]


def _columns(kind: str) -> list[tuple[Any, Any]]:
    return [
        (_("Entry or request"), lambda item: item.name),
        (_("Result"), lambda item: labels.state("batch_item", item.result)[0]),
        (_("Why not"), lambda item: " / ".join(message for message, _reason in _told(kind, item))),
        (_("Basis"), lambda item: " ".join(dict.fromkeys(a for reason in item.reasons for a in reason.articles))),
        (_("What to do"), lambda item: " / ".join(dict.fromkeys(r.advice for r in item.reasons if r.advice))),
        (_("Time"), lambda item: f"{item.acted_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}" if item.acted_at else ""),
    ]
