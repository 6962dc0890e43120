"""What the page of a grant shows of its use: what runs, and where to go."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.grants import queries_rectify
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.web.doors import ActingRequest
from gongxiang.platform.web.use.shown import Cell, Link
from gongxiang.protocol import clock


def grant_panels(request: ActingRequest, grant: GrantView) -> Iterator[SafeString]:
    """One card for each side of the use; nothing where there is nothing to say."""
    rectified = queries_rectify.rectifications_of(grant.id, actor=request.actor)[:5]
    if rectified:
        rows = [
            (Cell(text=one.number, url=reverse("use:rectification", args=[one.id])), Cell(state=("rectification", one.status)),
             Cell(due=one.due_at) if one.running else Cell(moment=one.closed_at))
            for one in rectified
        ]  # fmt: skip
        yield _panel(request, _("Putting right"), ("cn-809:27.2",), rows)


def _panel(
    request: ActingRequest, title: Any, basis: Sequence[str], rows: Sequence[Sequence[Cell]], links: Sequence[Link] = (),
    advice: Any = "",
) -> SafeString:  # fmt: skip
    context = {"title": title, "basis": basis, "rows": rows, "links": links, "advice": advice, "now": clock.now()}
    return SafeString(render_to_string("use/panel.html", context, request))
