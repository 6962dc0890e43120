"""The menu: what a person may do, in the order of the work; an entry shows only if its door lets the person through."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.counted import is_counted

if TYPE_CHECKING:
    from gongxiang.platform.web.doors import View


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the menu."""

    label: str | Promise
    url_name: str
    icon: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """A heading of the menu with its entries; also a tab of the header."""

    label: str | Promise
    entries: tuple[Entry, ...]


def _e(label: str | Promise, url_name: str, icon: str) -> Entry:
    return Entry(label=label, url_name=url_name, icon=icon)


MENU: tuple[Group, ...] = (
    Group(
        label=_("Workbench"),
        entries=(
            _e(_("Workbench"), "workbench:home", "layout-dashboard"),
            _e(_("My to-dos"), "agenda:todos", "checklist"),
            _e(_("Running periods"), "agenda:clocks", "calendar"),
            _e(_("Notices"), "notices:list", "inbox"),
            _e(_("My batches"), "batches:list", "list-numbers"),
            _e(_("Deputies"), "agenda:deputies", "users"),
            _e(_("My calendar"), "agenda:calendar", "calendar"),
        ),
    ),
    Group(
        label=_("Catalogue"),
        entries=(
            _e(_("Search the catalogue"), "catalogue:search", "list-search"),
            _e(_("My searches"), "catalogue:saved", "book"),
            _e(_("Demands"), "demands:list", "send"),
            _e(_("Compile entries"), "catalogue:mine", "edit"),
            _e(_("Import entries"), "catalogue:imports", "list-numbers"),
            _e(_("Entries to review"), "catalogue:reviews", "checklist"),
            _e(_("Withheld: ratification"), "catalogue:ratifications", "lock"),
            _e(_("State of the catalogue"), "quality:overview", "checklist"),
            _e(_("Matters and resources"), "quality:matters", "briefcase"),
            _e(_("Source departments"), "quality:sources", "users"),
            _e(_("Reports to the city"), "quality:reports", "send"),
            _e(_("Changes of remit"), "upkeep:remits", "gavel"),
            _e(_("Withheld: yearly re-check"), "upkeep:withheld", "calendar"),
            _e(_("Synonyms"), "catalogue:synonyms", "list-numbers"),
        ),
    ),
    Group(
        label=_("Access requests"),
        entries=(
            _e(_("My requests"), "access:mine", "send"),
            _e(_("For my consent"), "access:consents", "writing-sign"),
            _e(_("For my reply"), "access:replies", "inbox"),
            _e(_("Overdue and extended replies"), "access:mediations", "clock"),
            _e(_("Disputes"), "disputes:list", "scale"),
            _e(_("Does not exist"), "collection:absences", "inbox-off"),
            _e(_("Collection plans"), "collection:list", "list-numbers"),
            _e(_("Requests to superiors"), "superiors:list", "send"),
            _e(_("Data coming back"), "superiors:returns", "download"),
            _e(_("Sensitive combinations"), "access:combinations", "shield-check"),
        ),
    ),
    Group(
        label=_("Agreements and grants"),
        entries=(
            _e(_("Agreements"), "agreements:list", "file-certificate"),
            _e(_("Grants"), "grants:list", "key"),
            _e(_("Ends and changes of sharing"), "upkeep:stops", "player-stop"),
            _e(_("Rectifications"), "use:rectifications", "gavel"),
            _e(_("Provision"), "use:provisions", "calendar"),
            _e(_("Use records"), "use:records", "list-numbers"),
            _e(_("Reports of use"), "use:reports", "writing-sign"),
            _e(_("Questions about use"), "use:questions", "inbox"),
            _e(_("Inspections of use"), "use:inspections", "checklist"),
            _e(_("Passing on to third parties"), "use:third_parties", "users"),
            _e(_("Disposal"), "grants:disposals", "trash"),
        ),
    ),
    Group(
        label=_("Corrections"),
        entries=(
            _e(_("Doubts and errors"), "corrections:list", "checklist"),
            _e(_("Report a doubt"), "corrections:report", "plus"),
            _e(_("Figures of corrections"), "corrections:figures", "scale"),
            _e(_("Complaints about counters"), "corrections:complaints", "alert-triangle"),
        ),
    ),
    Group(
        label=_("Projects"),
        entries=(
            _e(_("Register of projects"), "projects:list", "building"),
            _e(_("Projects to review or test"), "projects:queue", "checklist"),
            _e(_("Check before collecting"), "projects:form_checks", "list-search"),
            _e(_("Money of projects"), "projects:funding", "scale"),
        ),
    ),
    Group(
        label=_("Exchange"),
        entries=(
            _e(_("Exchange nodes"), "delivery:nodes", "server"),
            _e(_("Table exchange"), "delivery:flows", "arrows-exchange"),
            _e(_("Mounted resources"), "delivery:mounts", "plug"),
            _e(_("Alarms"), "delivery:alarms", "alert-triangle"),
            _e(_("Channels outside the platform"), "channels:list", "briefcase"),
            _e(_("Findings: sharing outside the platform"), "channels:findings", "alert-triangle"),
        ),
    ),
    Group(
        label=_("Documents"),
        entries=(
            _e(_("Issued documents"), "documents:list", "file-certificate"),
            _e(_("Rules of operation and security"), "documents:rules", "book"),
            _e(_("Verify a document"), "documents:verify", "shield-check"),
        ),
    ),
    Group(
        label=_("Audit"),
        entries=(
            _e(_("Evidence"), "evidence:search", "shield-check"),
            _e(_("Seals and verification"), "evidence:seals", "fingerprint"),
        ),
    ),
    Group(
        label=_("System"),
        entries=(
            _e(_("Departments"), "parties:departments", "building"),
            _e(_("People"), "parties:people", "users"),
            _e(_("Systems"), "parties:systems", "database"),
            _e(_("Business matters"), "parties:matters", "briefcase"),
            _e(_("Interfaces and tokens"), "interfaces:tokens", "plug"),
            _e(_("Our office system"), "agenda:office", "send"),
            _e(_("Letters that fail"), "agenda:mail", "alert-triangle"),
            _e(_("Working calendar"), "rules:calendar", "calendar"),
            _e(_("Instruments and periods"), "rules:instruments", "book"),
            _e(_("Statute register"), "rules:statutes", "gavel"),
            _e(_("Code tables"), "rules:codes", "list-numbers"),
            _e(_("Parameters"), "rules:parameters", "adjustments"),
            _e(_("Administrators' logs"), "parties:logs", "history"),
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class ShownEntry:
    """An entry as one person sees it on one page."""

    label: str | Promise
    url: str
    icon: str
    current: bool
    count: int


@dataclass(frozen=True, kw_only=True)
class ShownGroup:
    """A group as one person sees it; never empty."""

    label: str | Promise
    entries: tuple[ShownEntry, ...]
    current: bool

    @property
    def count(self) -> int:
        """How many things wait in the group, for its heading while it is folded."""
        return sum(entry.count for entry in self.entries)


#: url name -> how many things wait there for the person; areas add theirs in `todos.py`.
COUNTS: dict[str, Callable[[Person], int]] = {}


@cache
def _place(url_name: str) -> "tuple[str, View] | None":
    """Address and view of an entry; addresses do not change while the site runs."""
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        return None
    return url, cast("View", resolve(url).func)


def menu_for(request: HttpRequest) -> tuple[ShownGroup, ...]:
    """The groups and entries that the acting person may open."""
    actor: Person | None = getattr(request, "actor", None)
    if actor is None:
        return ()
    match = request.resolver_match
    here = match.view_name if match else ""
    standing, counted = group_of(here), is_counted(request)
    shown = []
    for group in MENU:
        entries = []
        for entry in group.entries:
            place = _place(entry.url_name)
            if place is None or not place[1].door.allows(actor):
                continue
            count = COUNTS[entry.url_name](actor) if counted and entry.url_name in COUNTS else 0
            current = here == entry.url_name
            entries.append(ShownEntry(label=entry.label, url=place[0], icon=entry.icon, current=current, count=count))
        if entries:
            shown.append(ShownGroup(label=group.label, entries=tuple(entries), current=group is standing))
    return tuple(shown)


@cache
def _groups() -> dict[str, Group]:
    return {entry.url_name: group for group in MENU for entry in group.entries}


def group_of(view_name: str) -> Group | None:
    """The one group a page belongs to: that of its entry, of the list it hangs on, else the first of its area."""
    names = _groups()
    area, _colon, page = view_name.partition(":")
    hangs_on = f"{area}:{page.rpartition('_')[2]}s"  # `stop`, `announce_stop` and `answer_stop` hang on `stops`.
    first = next((group for name, group in names.items() if name.partition(":")[0] == area), None)
    return names.get(view_name) or names.get(hangs_on) or first
