"""To-dos and running periods of a person, on one page each; and the address under which a calendar program reads them."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import icalendar
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongxiang.law.deadlines import last_day
from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.kernel.permissions import PUBLIC, SIGNED_IN
from gongxiang.platform.notices import actions_out, queries_out
from gongxiang.platform.notices.permissions import READ
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import clocks as running
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.agenda.labels import AREAS, URGENCY
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.notices.views import PAGES
from gongxiang.platform.web.once import show_once
from gongxiang.platform.web.templatetags.law import citations
from gongxiang.platform.web.todos import todos_of
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant

_SOON = 3
_OVERSEERS = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER, Role.AUDITOR)
_SORTS = ("due", "new", "area", "title")
_DAY, _REFRESH = timedelta(days=1), timedelta(hours=1)
#: Nine in the morning of the day before.
_ALARM = timedelta(hours=15)


def urgency_of(due_at: datetime | None, at: datetime) -> str:
    """Which heading of the filter an end falls under."""
    if due_at is None:
        return "open"
    if at >= due_at:
        return "overdue"
    left = rulebook.working_days_left(due_at, at)
    return "today" if left <= 0 else "soon" if left <= _SOON else "later"


def _text(request: ActingRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:200]


def _area(name: str) -> str | Promise:
    return AREAS.get(name, name)


@door(SIGNED_IN)
@require_safe
def todos(request: ActingRequest) -> HttpResponse:
    """Everything that waits for me: by area and urgency, searched, sorted, counted; as CSV with `export=csv`."""
    at, text = clock.now(), _text(request).lower()
    every = [(todo, urgency_of(todo.due_at, at)) for todo in todos_of(request.actor, at)]
    counts = Counter(urgency for _todo, urgency in every)
    areas = Counter(todo.area for todo, _urgency in every)
    area, urgency = request.GET.get("area", ""), request.GET.get("urgency", "")
    rows = [
        (todo, how)
        for todo, how in every
        if (not area or todo.area == area)
        and (not urgency or how == urgency)
        and (not text or text in f"{todo.title} {todo.kind}".lower())
    ]
    if (sort := request.GET.get("sort", "")) in _SORTS[1:]:
        keys: dict[str, Any] = {
            "new": lambda row: (row[0].due_at is not None, -(row[0].due_at or at).timestamp()),
            "area": lambda row: str(_area(row[0].area)),
            "title": lambda row: row[0].title,
        }
        rows.sort(key=keys[sort])
    if request.GET.get("export") == "csv":
        return lists.export_csv("todos", _TODO_COLUMNS, [(todo, how, at) for todo, how in rows])
    context = {
        "page": lists.paginate(request, rows, filters=("area", "urgency")),
        "areas": [(name, _area(name), n) for name, n in sorted(areas.items())],
        "urgencies": [(name, word, counts[name]) for name, word in URGENCY.items()],
        "total": len(every),
        "area_words": AREAS,
    }
    return render(request, "agenda/todos.html", context)


def _left(due_at: datetime | None, at: datetime) -> Any:
    return "" if due_at is None else rulebook.working_days_left(due_at, at)


_TODO_COLUMNS: list[tuple[Any, Any]] = [
    (gettext_lazy("What to do"), lambda row: row[0].kind),
    (gettext_lazy("Case"), lambda row: row[0].title),
    (gettext_lazy("Area"), lambda row: _area(row[0].area)),
    (gettext_lazy("Basis"), lambda row: citations(row[0].basis)),
    (gettext_lazy("Working days left"), lambda row: _left(row[0].due_at, row[2])),
    (gettext_lazy("Last day"), lambda row: last_day(row[0].due_at) if row[0].due_at else ""),
]


def place_of(subject: str) -> str:
    """The page of the case a period belongs to; empty where it has none."""
    kind, _colon, key = subject.partition(":")
    try:
        return reverse(PAGES[kind], args=[UUID(key)]) if kind in PAGES else ""
    except (NoReverseMatch, ValueError):
        return ""


def clocks_of(actor: Person, at: datetime) -> list[Any]:
    """The periods a person may see: of the own department, for authority and audit all."""
    if actor.has(*_OVERSEERS):
        return list(running.running(at))
    return list(running.of_department(actor.department_id, at))


@door(SIGNED_IN)
@require_safe
def clocks(request: ActingRequest) -> HttpResponse:
    """Every running period of my department, ours to act on or another's; the authority sees all."""
    at, text, actor = clock.now(), _text(request).lower(), request.actor
    whose, rule = request.GET.get("whose", ""), request.GET.get("rule", "")
    every = clocks_of(actor, at)
    names = parties.department_names(one for found in every for one in found.turn)
    kinds = Counter(running.rule_name(found) for found in every)
    rows = [
        {
            "clock": found, "turn": "、".join(names[one] for one in found.turn if one in names),
            "place": place_of(found.subject), "rule": rule_words(running.rule_name(found)),
            "ours": actor.department_id in found.turn,
        }
        for found in every
        if (not rule or running.rule_name(found) == rule) and (not text or text in found.title.lower())
    ]  # fmt: skip
    if whose in ("ours", "others"):
        rows = [row for row in rows if row["ours"] == (whose == "ours")]
    if request.GET.get("sort") == "later":
        rows.reverse()
    if request.GET.get("export") == "csv":
        return lists.export_csv("periods", _CLOCK_COLUMNS, rows)
    context = {
        "page": lists.paginate(request, rows, filters=("whose", "rule")),
        "rules": [(name, rule_words(name), n) for name, n in sorted(kinds.items())],
    }
    return render(request, "agenda/clocks.html", context)


def rule_words(name: str) -> str:
    """A rule in the reader's language."""
    info = rulebook.rules().info.get(name)
    if info is None:
        return str(labels.code("rule", name))
    return info.title.zh if (get_language() or "").startswith("zh") else info.title.en


_CLOCK_COLUMNS: list[tuple[Any, Any]] = [
    (gettext_lazy("Case"), lambda row: row["clock"].title),
    (gettext_lazy("Period"), lambda row: row["rule"]),
    (gettext_lazy("Whose turn"), lambda row: row["turn"]),
    (gettext_lazy("Basis"), lambda row: citations([row["clock"].basis] if row["clock"].basis else [])),
    (gettext_lazy("Began"), lambda row: instant(row["clock"].start)),
    (gettext_lazy("Last day"), lambda row: last_day(row["clock"].due_at)),
]


@door(READ)
@require_safe
def calendar(request: ActingRequest) -> HttpResponse:
    """Whether I have a calendar address, and how to use it."""
    return render(request, "agenda/calendar.html", {"feed": queries_out.feed_of(request.actor.id)})


@door(READ)
@never_cache
@require_POST
def new_feed(request: ActingRequest) -> HttpResponse:
    """Make my calendar address; it is on this one page, once."""
    secret = actions_out.issue_feed(by=request.actor, at=clock.now())
    address = request.build_absolute_uri(reverse("agenda:feed", args=[secret]))
    return show_once(request, "agenda/calendar_slip.html", {"address": address})


@door(READ)
@require_POST
def end_feed(request: ActingRequest) -> HttpResponse:
    """End my calendar address."""
    actions_out.revoke_feed(by=request.actor, at=clock.now())
    return redirect("agenda:calendar")


@door(PUBLIC)
@never_cache
@require_safe
def feed(request: ActingRequest, secret: str) -> HttpResponse:
    """The calendar itself: whoever knows the secret address reads it, so it says numbers and names of cases only."""
    at = clock.now()
    person = queries_out.reader_of(secret, at=at)
    with override("zh-hans"):
        text = _calendar_of(person, at, request.build_absolute_uri("/"))
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="gongxiang.ics"'
    return response


def _calendar_of(person: Person, at: datetime, site: str) -> bytes:
    ours = icalendar.Calendar()
    ours.add("prodid", "-//Gongxiang//Deadlines//ZH")
    ours.add("version", "2.0")
    ours.add("method", "PUBLISH")
    ours.add("x-wr-calname", _("Deadlines on the sharing platform"))
    ours.add("x-wr-timezone", "Asia/Shanghai")
    ours.add("refresh-interval", icalendar.vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    ours.add("x-published-ttl", "PT1H")
    waiting: list[tuple[str, str, str, datetime, str]] = [
        (f"{todo.url}", f"{todo.kind}：{todo.title}", todo.url, todo.due_at, citations(todo.basis))
        for todo in todos_of(person, at)
        if todo.due_at is not None
    ]
    known = {url for _key, _title, url, _due, _basis in waiting}
    desk = (Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER)
    for found in running.of_department(person.department_id, at, mine=True):
        place = place_of(found.subject)
        if person.has(*(found.roles or desk)) and place not in known:
            title = f"{rule_words(running.rule_name(found))}：{found.title}"
            cited = citations([found.basis] if found.basis else [])
            waiting.append((f"{found.subject}#{running.rule_name(found)}", title, place, found.due_at, cited))
    for key, title, url, due_at, basis in waiting:
        ours.add_component(_event(key, title, f"{site.rstrip('/')}{url}" if url else site, due_at, basis, at))
    return bytes(ours.to_ical())


def _event(key: str, title: str, url: str, due_at: datetime, basis: str, at: datetime) -> icalendar.Event:
    event, on = icalendar.Event(), last_day(due_at)
    # A control character is nothing a calendar file may hold.
    title = "".join(sign for sign in title if sign.isprintable())
    if due_at > at and rulebook.is_provisional(due_at, at):
        title = f"{title}（{_('Date provisional')}）"
    event.add("uid", f"{queries_out.digest_of(key)[:32]}@gongxiang")
    event.add("dtstamp", at)
    event.add("dtstart", on)
    event.add("dtend", on + _DAY)
    event.add("summary", f"{title} 24:00")
    event.add("description", basis)
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -_ALARM)
    event.add_component(alarm)
    return event
