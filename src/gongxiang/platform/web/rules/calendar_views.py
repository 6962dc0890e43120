"""The working calendar, and entering a holiday notice: first what would move, then the act."""

import calendar as weeks
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.law.calendar import Calendar
from gongxiang.law.deadlines import beijing_date
from gongxiang.law.notices import NoticeDay, write_table
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.kernel.permissions import SIGNED_IN
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import actions, permissions, policies, queries
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.numbers import whole
from gongxiang.platform.web.rules.forms import ConfirmNoticeForm, NoticeForm, show
from gongxiang.protocol import clock

FIRST_YEAR, LAST_YEAR = 2000, 2100
#: Rows of the preview; the counts above them are of all.
MOST_SHOWN = 500


@door(SIGNED_IN)
@require_safe
def calendar(request: ActingRequest) -> HttpResponse:
    """A year at a glance: what each day is, in colour and in words."""
    today = beijing_date(clock.now())
    year = _year(request.GET.get("year"), today.year)
    ours = queries.calendar()
    return render(
        request,
        "rules/calendar.html",
        {
            "year": year,
            "status": queries.calendar_status(year),
            "months": [_month(ours, year, month, today) for month in range(1, 13)],
            "working_days": sum(ours.working_day(on) for on, _kind in ours.days(year)),
            "notices": queries.notices_of(year),
            "december_open": ours.is_provisional(date(year, 12, 31)),
            "next_year": year + 1,
            "last_year": year - 1,
            "may_enter": permissions.ENTER_NOTICE.allows(request.actor),
        },
    )


def _year(text: str | None, otherwise: int) -> int:
    if not text:
        return otherwise
    if not FIRST_YEAR <= whole(text) <= LAST_YEAR:
        raise NotFound()
    return whole(text)


def _month(ours: Calendar, year: int, month: int, today: date) -> dict[str, Any]:
    return {
        "first": date(year, month, 1),
        "weeks": [
            [
                {"on": on, "kind": ours.kind(on).value, "name": ours.names.get(on), "today": on == today}
                if on.month == month
                else None
                for on in week
            ]
            for week in weeks.Calendar().monthdatescalendar(year, month)
        ],
    }


@door(permissions.ENTER_NOTICE)
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: ActingRequest) -> HttpResponse:
    """Paste a notice; the answer to the POST is the preview."""
    now = clock.now()
    if request.method != "POST":
        year = _year(request.GET.get("year"), queries.missing_notice_year(now) or beijing_date(now).year + 1)
        return render(request, "rules/notice.html", {"form": NoticeForm(initial={"year": year, "scope": "state"})})
    form = NoticeForm(request.POST, request.FILES)
    if form.is_valid():
        entered = form.cleaned_data
        try:
            read = form.read()
            year = read.year if read.year is not None and entered["scope"] == "state" else entered["year"]
            number, title = entered["number"] or read.number, entered["title"] or read.title
            policies.check_notice(year=year, scope=entered["scope"], number=number, title=title, days=read.days)
        except Refusal as refusal:
            show(form, refusal)
        else:
            return _preview(request, year=year, scope=entered["scope"], number=number, title=title, days=read.days)
    return render(request, "rules/notice.html", {"form": form}, status=422)


def _preview(
    request: ActingRequest,
    *,
    year: int,
    scope: str,
    number: str,
    title: str,
    days: tuple[NoticeDay, ...],
    refusal: Refusal | None = None,
) -> HttpResponse:
    preview = queries.preview_notice(year=year, scope=scope, days=days, at=clock.now())
    values = {"year": year, "scope": scope, "number": number, "title": title, "days": write_table(days), "seen": preview.seen}
    form = ConfirmNoticeForm(initial=values)
    names = parties.department_names(one for move in preview.moves for one in move.deadline.turn)
    moves = [(move, "、".join(names[one] for one in move.deadline.turn if one in names)) for move in preview.moves[:MOST_SHOWN]]
    context = {"preview": preview, "moves": moves, "days": days, "form": form, "refusal": refusal, **values}
    return render(request, "rules/preview.html", context, status=422 if refusal else 200)


@door(permissions.ENTER_NOTICE)
@require_POST
def confirm(request: ActingRequest) -> HttpResponse:
    """Enter the notice that was previewed."""
    form = ConfirmNoticeForm(request.POST)
    if not form.is_valid():
        return redirect("rules:notice")
    sent = form.cleaned_data
    days = form.read_days()
    values = {name: sent[name] for name in ("year", "scope", "number", "title")}
    now = clock.now()
    moving = len(queries.preview_notice(year=sent["year"], scope=sent["scope"], days=days, at=now).moves)
    try:
        actions.enter_notice(**values, days=days, seen=sent["seen"], by=request.actor, at=now)
    except Refusal as refusal:
        return _preview(request, **values, days=days, refusal=refusal)
    moved = ngettext("{n} deadline moves.", "{n} deadlines move.", moving).format(n=moving)
    messages.success(request, f"{_('The notice was entered.')} {moved}")
    return redirect(f"{reverse('rules:calendar')}?year={sent['year']}")
