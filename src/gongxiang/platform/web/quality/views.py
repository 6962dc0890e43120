"""The state of the catalogue in figures, and the rows behind each figure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue import quality, queries
from gongxiang.platform.catalogue.codes import DEFAULT_SCHEME, SCHEMES
from gongxiang.platform.catalogue.permissions import COMPILE, QUALITY, SEARCH
from gongxiang.platform.evidence.queries import trail_of
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import permissions
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web import labels as words
from gongxiang.platform.web import lists
from gongxiang.platform.web.catalogue.export import export_xlsx
from gongxiang.platform.web.catalogue.labels import field_label
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.quality.labels import CHECKS, GROUPS
from gongxiang.platform.web.templatetags.gx import day
from gongxiang.protocol import clock

#: Columns of the departments' table.
COLUMNS = (
    "all_shortfalls", "all_hints", "unmounted", "mounting_overdue", "stale", "unused", "zombie", "system_without_entry",
    "entry_without_system",
)  # fmt: skip
Column = tuple[str | Promise, Callable[[Any], Any]]


def asked_department(request: ActingRequest) -> UUID | None:
    """The department that the address names, if it is one."""
    try:
        return UUID(request.GET.get("department", ""))
    except ValueError:
        return None


def words_in(request: ActingRequest) -> str:
    """What was typed into the search box."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:200]


@door(QUALITY)
@require_safe
def overview(request: ActingRequest) -> HttpResponse:
    """Every figure, of all departments or one; each leads to exactly the rows it counts."""
    at, department = clock.now(), asked_department(request)
    counted = quality.counts(actor=request.actor, at=at)
    groups = []
    for group, title in GROUPS.items():
        lines = []
        for check in quality.CHECKS.values():
            if check.group == group:
                number = counted[check.name][department] if department else sum(counted[check.name].values())
                lines.append((check, CHECKS[check.name], number, _address(check.name, department)))
        groups.append((title, lines))
    everybody = quality.sees_all(request.actor)
    table = []
    for one in parties.all_departments() if everybody else ():
        figures = [(counted[name][one.id], _address(name, one.id)) for name in COLUMNS]
        if any(number for number, _url in figures) or counted["department_without_entry"][one.id]:
            table.append((one, figures))
    if request.GET.get("export") == "csv":
        columns: list[Column] = [(_("Department"), lambda row: row[0].name)]
        columns += [(CHECKS[name], _number(place)) for place, name in enumerate(COLUMNS)]
        return lists.export_csv("catalogue-quality", columns, table)
    chosen = next((one for one, _figures in table if one.id == department), None)
    heads = [CHECKS[name] for name in COLUMNS]
    context = {"groups": groups, "table": table, "heads": heads, "chosen": chosen, "everybody": everybody}
    return render(request, "quality/overview.html", context)


def _number(place: int) -> Callable[[Any], Any]:
    return lambda row: row[1][place][0]


def _address(name: str, department: UUID | None) -> str:
    address = reverse("quality:rows", args=[name])
    return f"{address}?department={department}" if department else address


@door(QUALITY)
@require_safe
def rows(request: ActingRequest, name: str) -> HttpResponse:
    """What one figure counts; as CSV or Excel with `export`."""
    at, department, text = clock.now(), asked_department(request), words_in(request)
    check = quality.get_check(name)
    found = quality.rows(name, actor=request.actor, at=at, department_id=department, text=text)
    export = request.GET.get("export", "")
    if export == "csv":
        return lists.export_csv(name, _columns(at), found)
    if export == "xlsx":
        return export_xlsx(name, _columns(at), found)
    page = lists.paginate(request, found, filters=("department",))
    page.rows = [(row, row.days(at), _mend(request, row)) for row in page.rows]
    everybody = quality.sees_all(request.actor)
    context = {
        "check": check,
        "title": CHECKS[name],
        "page": page,
        "departments": parties.all_departments() if everybody else (),
        "timed": check.group == "mounting",
        "pointed": check.points,
    }
    return render(request, "quality/rows.html", context)


def _mend(request: ActingRequest, row: quality.Row) -> str:
    """Where the provider's own people put it right."""
    if row.department_id != request.actor.department_id or not COMPILE.allows(request.actor):
        return ""
    if row.resource_id:
        return reverse("catalogue:entry", args=[row.resource_id])
    return reverse("catalogue:mine")


def _columns(at: datetime) -> list[Column]:
    return [
        (_("Department"), lambda row: row.department),
        (_("Name"), lambda row: row.name),
        (_("Code"), lambda row: row.code),
        (_("Field"), lambda row: field_label(row.field) if row.field else ""),
        (_("Point"), lambda row: row.point.message if row.point else ""),
        (_("Running since"), lambda row: day(row.since) if row.since else ""),
        (_("Days"), lambda row: row.days(at)),
        (_("To be done by"), lambda row: day(row.due_at) if row.due_at else ""),
        (_("About"), lambda row: _("Draft") if row.draft else _("Version in force")),
    ]


@door(QUALITY)
@require_safe
def systems(request: ActingRequest) -> HttpResponse:
    """The register of systems against the catalogue: how many published entries each system has."""
    actor, text = request.actor, words_in(request)
    own = None if quality.sees_all(actor) else actor.department_id
    without, apart = request.GET.get("without", ""), request.GET.get("apart", "")
    entries, joined = quality.entries_by_system(), quality.joined_by_system()
    found = [
        (one, entries[one.id], joined[one.id])
        for one in parties.systems(own or asked_department(request), search=text)
        if one.ended_at is None
    ]
    found = [one for one in found if not (without and one[1]) and not (apart and one[2])]
    if request.GET.get("export") == "csv":
        columns: list[Column] = [
            (_("Department"), lambda row: row[0].department),
            (_("Name of the system"), lambda row: row[0].name),
            (_("Who runs it"), lambda row: words.code("system_tier", row[0].tier)),
            (_("Network"), lambda row: words.code("network", row[0].network)),
            (_("Published entries"), lambda row: row[1]),
            (_("Of these with data seen by the platform"), lambda row: row[2]),
        ]
        return lists.export_csv("systems-and-entries", columns, found)
    page = lists.paginate(request, found, filters=("without", "apart", "department"))
    context = {"page": page, "loose": len(quality.rows("entry_without_system", actor=actor, at=clock.now()))}
    return render(request, "quality/systems.html", context)


@door(QUALITY)
@require_safe
def system(request: ActingRequest, system_id: UUID) -> HttpResponse:
    """One system: where it runs, how it joins the platform, what became of its plan, the entries whose data comes from it."""
    found = parties.system_ref(system_id)
    if not quality.sees_all(request.actor) and found.department_id != request.actor.department_id:
        raise NotFound()
    page = lists.paginate(request, quality.entries_of_system(system_id))
    page.rows = [queries.get_resource(one.resource_id, actor=request.actor) for one in page.rows]
    at = clock.now()
    context = {
        "system": found, "page": page, "joined": quality.joined_by_system()[system_id],
        "move": parties.system_move_state(found, beijing_date(at)),
        "history": [one for one in trail_of(f"system:{system_id}", by=request.actor) if one.subject_type == "system"][::-1],
        "own": permissions.KEEP_REGISTERS.allows(request.actor) and found.department_id == request.actor.department_id,
    }  # fmt: skip
    return render(request, "quality/system.html", context)


@door(SEARCH)
@require_safe
def scheme(request: ActingRequest) -> HttpResponse:
    """How resource codes are made, and how far they have been given out."""
    used = quality.codes_given()
    context = {"schemes": [(name, name == DEFAULT_SCHEME, used.get(name, ())) for name in SCHEMES]}
    return render(request, "quality/scheme.html", context)
