"""How a list asks for one act on many: a few are done while the person waits, more are left to the worker."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from gongxiang.platform.batches import actions
from gongxiang.platform.batches.actions import AT_ONCE, Wanted
from gongxiang.platform.batches.errors import TooManyBatches
from gongxiang.platform.batches.permissions import RUNNER
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.web.batches.kinds import CARRY_OUT
from gongxiang.platform.web.doors import ActingRequest
from gongxiang.protocol import clock


def ask(
    request: ActingRequest, *, kind: str, act: str, items: Sequence[Wanted], said: Mapping[str, Any], back: str
) -> HttpResponse:
    """Have it done, and go to the page that says what became of each; `back` is where to go if too many are under way."""
    try:
        batch_id = actions.ask_batch(kind=kind, act=act, items=items, said=said, by=request.actor, at=clock.now())
    except TooManyBatches as refusal:
        messages.error(request, f"{refusal.message} {refusal.advice}")
        return redirect(back)
    if len(items) <= AT_ONCE:
        runner = System(name=RUNNER)
        while actions.run_next_item(batch_id=batch_id, carry_out=CARRY_OUT, by=runner, at=clock.now()):
            continue
    return redirect("batches:one", batch_id)
