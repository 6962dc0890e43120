"""Lines of use, and the pack of everything recorded of one grant."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gongxiang.platform.documents.rendering import table
from gongxiang.platform.grants import permissions, queries, queries_use, use_records
from gongxiang.platform.grants.queries_use import UseLine
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.web import labels
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.use.shown import Cell, Choice, Column, show_list, text, wanted
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.clock import BEIJING

_MOST_LINES = 5000


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def columns() -> list[Column]:
    """What a line of use shows."""
    return [
        Column(label=_("Day"), cell=lambda r: Cell(day=r.on)),
        Column(label=_("Grant"), cell=lambda r: Cell(text=r.grant_number, url=reverse("grants:detail", args=[r.grant_id]))),
        Column(label=_("Resource"), cell=lambda r: Cell(text=r.resource_name)),
        Column(label=_("Consumer"), cell=lambda r: Cell(text=r.consumer_name)),
        Column(label=_("Way of use"), cell=lambda r: Cell(text=labels.code("use_channel", r.channel))),
        Column(label=_("Who"), cell=lambda r: Cell(text=r.person_name or _("Node of the consumer"))),
        Column(label=_("Purpose"), cell=lambda r: Cell(text=_purposes(r))),
        Column(label=_("Matter"), cell=lambda r: Cell(text=r.matter)),
        Column(label=_("Times"), cell=lambda r: Cell(number=r.times), number=True),
        Column(label=_("Rows"), cell=lambda r: Cell(number=r.rows), number=True),
        Column(label=_("Kept until"), cell=lambda r: Cell(until=r.keep_until)),
    ]


def _purposes(line: UseLine) -> str:
    return "、".join(str(labels.code("purpose", purpose)) for purpose in line.purposes)


@door(permissions.VIEW)
@require_safe
def records(request: ActingRequest) -> HttpResponse:
    """Who used what, when, for which matter; filtered and exported."""
    grant = request.GET.get("grant", "")
    rows = queries_use.find_use(
        actor=request.actor, text=text(request), channel=wanted(request, "channel", use_records.CHANNELS),
        grant_id=_uuid(grant), resource_id=_uuid(request.GET.get("resource", "")),
        consumer_id=_uuid(request.GET.get("consumer", "")),
        since=_day(request.GET.get("since", "")), until=_day(request.GET.get("until", "")),
    )  # fmt: skip
    return show_list(
        request,
        title=_("Use records"),
        crumb=_("Agreements and grants"),
        basis=("wushen-2021-60:22.2", "cn-809:29.2"),
        intro=_("Written by gateway and nodes themselves, and entered by hand where no program sees the use: a line for each"
                " day, person, purpose and matter. No value is kept."),
        rows=rows,
        columns=columns(),
        to_view=lambda row: queries_use.use_lines([row])[0],
        sorts={"new": (_("Newest first"), ["-on", "-last_at", "-id"]), "rows": (_("Most rows"), ["-rows", "-id"])},
        choices=[
            Choice(
                name="channel", label=_("Every way"),
                values=[(one, labels.code("use_channel", one)) for one in use_records.CHANNELS],
            )
        ],
        export="use-records",
        empty=(_("No use recorded"), _("Lines appear by themselves when data flow or are looked up under a grant.")),
    )  # fmt: skip


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


@door(permissions.VIEW)
@require_safe
def pack(request: ActingRequest, grant_id: UUID, form: str) -> HttpResponse:
    """Everything recorded of one grant, as JSON or PDF: for an inspection or the file."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    lines = queries_use.use_lines(queries_use.find_use(actor=request.actor, grant_id=grant_id)[:_MOST_LINES])
    name = f"use-{grant.number}"
    if form not in ("json", "pdf"):
        raise NotFound()
    if form == "json":
        cases = queries_use.cases_of(grant_id, actor=request.actor)
        body: dict[str, Any] = {
            "grant": plain(grant),
            "lines": [plain(line) for line in lines],
            "handlers": [plain(one) for one in queries_use.handlers_of(grant_id, actor=request.actor)],
            **{kind: [_without_grant(plain(one)) for one in found] for kind, found in cases.items()},
            "disposal": [plain(one) for one in queries.disposals(actor=request.actor, grant_id=grant_id)],
            "filings": [plain(one) for one in queries.filings(actor=request.actor, grant_id=grant_id)],
        }
        answer: HttpResponse = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})
    else:
        answer = HttpResponse(table.to_pdf(_as_table(grant.number, grant.resource_name, lines)), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def _without_grant(value: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if name != "grant"}


def _as_table(number: str, name: str, lines: list[UseLine]) -> table.Table:
    head = tuple(_now(word) for word in ("Day", "Way", "Who", "Purpose", "Matter", "Times", "Rows", "Last use"))
    rows = [
        (
            line.on.isoformat(), str(labels.code("use_channel", line.channel)), line.person_name or "—", _purposes(line),
            line.matter or "—", str(line.times), str(line.rows), line.last_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M"),
        )
        for line in lines
    ]  # fmt: skip
    return table.Table(
        title=_now("Use records"), subtitle=f"{number} {name}", head=head, widths=(11, 9, 14, 16, 16, 8, 10, 16), rows=rows
    )
