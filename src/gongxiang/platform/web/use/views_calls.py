"""The answered calls or fetched files of one grant: who asked, when, for which matter, and what a doubt points at."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gongxiang.platform.corrections.permissions import REPORT
from gongxiang.platform.delivery import calls as answered
from gongxiang.platform.grants import permissions, queries
from gongxiang.platform.grants.serving import FILE
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web import labels
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.use.shown import Cell, Choice, Column, show_list, text, wanted


@door(permissions.VIEW)
@require_safe
def calls(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Each answered call of the grant; its reference leads to a doubt where the reader may raise one."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    doubts = grant.consumer_id == request.actor.department_id and REPORT.allows(request.actor)

    def doubt(call: answered.CallView) -> Cell:
        asked = urlencode({"grant": grant_id, **({"origin": "CALL", "call": call.id} if call.channel != FILE else {})})
        return Cell(text=_("Report a doubt"), url=f"{reverse('corrections:report')}?{asked}")

    columns: list[Column] = [
        Column(label=_("Time"), cell=lambda r: Cell(moment=r.at)),
        Column(label=_("Way of asking"), cell=lambda r: Cell(text=labels.code("use_channel", r.channel))),
        Column(label=_("Who"), cell=lambda r: Cell(text=_name(r.person))),
        Column(label=_("Purpose"), cell=lambda r: Cell(text=labels.code("purpose", r.purpose))),
        Column(label=_("Matter"), cell=lambda r: Cell(text=r.matter)),
        Column(label=_("Rows"), cell=lambda r: Cell(number=r.rows), number=True),
        Column(label=_("Reference of the call"), cell=lambda r: Cell(text=r.id)),
    ]
    if doubts and request.GET.get("export") != "csv":
        columns.append(Column(label=_("Doubt or error"), cell=doubt))
    filed = grant.mode == FILE
    channels = (FILE,) if filed else ("lookup", "match")
    return show_list(
        request,
        title=_("Fetched files") if filed else _("Answered calls"),
        crumb=_("Agreements and grants"),
        basis=("wushen-2021-60:19(3)" if filed else "wushen-2021-60:19(2)", "wushen-2021-60:22.2"),
        intro=_("Written by the gateway before the first byte leaves: who fetched, for what, which matter. No value is kept.")
        if filed
        else _("Written by the gateway before each answer: who asked, for what and which matter. No value is kept."),
        rows=answered.calls_of(
            grant_id, text=text(request), channel=wanted(request, "channel", channels), actor=request.actor
        ),
        columns=columns,
        to_view=answered.view_of,
        sorts={"new": (_("Newest first"), ["-id"]), "old": (_("Oldest first"), ["id"])},
        choices=[
            Choice(
                name="channel", label=_("Every way"), values=[(one, labels.code("use_channel", one)) for one in channels]
            )
        ],
        export="calls",
        empty=(_("Nothing fetched yet"), _("Files appear by themselves as soon as a node has fetched the first one."))
        if filed
        else (_("No call yet"), _("Calls appear by themselves as soon as the gateway has answered the first one.")),
    )  # fmt: skip


def _name(person: str) -> Any:
    return parties.person_names({person}).get(person, person)
