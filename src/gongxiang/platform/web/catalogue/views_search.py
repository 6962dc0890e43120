"""Searching the catalogue and reading what is published, version by version."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gongxiang.platform.catalogue import finding, permissions, queries, surroundings
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.permissions import SEARCH
from gongxiang.platform.catalogue.search import COUNTED, FACETS, PAGE_SIZE, SORTS
from gongxiang.platform.catalogue.values import ResourceRef, SearchHit, VersionRef
from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.web import lists
from gongxiang.platform.web.catalogue import asked, columns
from gongxiang.platform.web.catalogue.export import export_xlsx
from gongxiang.platform.web.catalogue.exporting import DIRECT
from gongxiang.platform.web.catalogue.exporting import export as export_file
from gongxiang.platform.web.catalogue.panels import panels_for
from gongxiang.platform.web.catalogue.present import differences_in_words, element_in_words, groups_of
from gongxiang.platform.web.catalogue.views_export import offer
from gongxiang.platform.web.catalogue.views_words import kept_query
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.numbers import whole

FACET_TITLES = {
    "sharing_type": _("Sharing type"),
    "kind": _("Delivery"),
    "classification": _("Classification"),
    "department": _("Provider"),
    "update_cycle": _("Update cycle"),
    "data_class": _("Data level"),
}
SORT_TITLES = {"relevance": _("Best match"), "name": _("Name"), "newest": _("Newest"), "used": _("Most used")}
MATCH_TITLES = {"provider": _("Provider"), "code": _("Code"), "keywords": _("Keywords"), "elements": _("Data elements")}
#: What is written for a number that is not counted to its end.
MORE = f"{COUNTED:,}+"


@door(SEARCH)
@require_safe
def search(request: ActingRequest) -> HttpResponse:
    """Words, pinyin, initials or synonyms, narrowed by facets; what is shown as CSV or Excel with `export`."""
    text, sort, exactly = asked.words(request.GET), asked.sort(request.GET), asked.exactly(request.GET)
    export = request.GET.get("export", "")
    if export in DIRECT:
        return _export(request, export)
    number = whole(request.GET.get("page", "1"), otherwise=1, most=999_999)
    found = asked.found(request.GET, request.actor, page=number, size=PAGE_SIZE)
    page = lists.Page(
        rows=found.hits, number=found.page, pages=found.pages, total=found.total, more=not found.exact, sort=sort, query=text
    )
    facets = [
        (
            FACET_TITLES[name],
            [
                (f, MORE if f.count > COUNTED else f"{f.count:,}", _toggle(request, name, f.value, f.chosen))
                for f in found.facets[name]
            ],
        )
        for name in FACETS
    ]
    active = [
        (FACET_TITLES[name], facet.label, _toggle(request, name, facet.value, True))
        for name in FACETS
        for facet in found.facets[name]
        if facet.chosen
    ]
    sorts = [(name, SORT_TITLES[name], name == sort) for name in SORTS]
    context = {
        "page": page,
        "facets": facets,
        "active": active,
        "sorts": sorts,
        "text": text,
        "apply": _apply_names(found.hits),
        "also": found.also,
        "exactly": exactly,
        "matches": {hit.id: _matches(hit) for hit in found.hits},
        "suggestions": [] if found.hits or not text else _suggestions(request, text),
        "kept": kept_query(request.META.get("QUERY_STRING", "")),
        "demand": demand_address(text),
    }
    return render(request, "catalogue/search.html", context)


def _matches(hit: SearchHit) -> dict[str, Any]:
    """Name and summary with what was found marked, and the other fields in which it was."""
    shown: dict[str, Any] = {match.field: match.pieces for match in hit.matches if match.field in ("name", "summary")}
    others = [(MATCH_TITLES[match.field], match.pieces) for match in hit.matches if match.field in MATCH_TITLES]
    return {**shown, "others": others}


def _suggestions(request: ActingRequest, text: str) -> list[tuple[Any, str]]:
    return [(one, f"?{urlencode({'q': one.text})}") for one in finding.suggestions(text, actor=request.actor)]


def demand_address(text: str) -> str:
    """Where a demand is stated for what was not found; empty while the site has no such page."""
    try:
        address = reverse("demands:state")
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode({'title': text})}" if text else address


def _toggle(request: ActingRequest, name: str, value: str, chosen: bool) -> str:
    """The address with one value of a facet more or less: values of one facet widen, facets narrow."""
    query = request.GET.copy()
    query.pop("page", None)
    kept = [one for one in query.getlist(name) if one != value]
    query.setlist(name, kept if chosen else [*kept, value])
    if not query.getlist(name):
        query.pop(name)
    return f"?{query.urlencode()}" if query else "?"


def _export(request: ActingRequest, kind: str) -> HttpResponse:
    """What was found as a file, at once where it is short."""
    total = asked.found(request.GET, request.actor, size=1).total
    offered = offer(request, "search", kind, total)
    if offered is not None:
        return offered
    hits = asked.found(request.GET, request.actor, size=DIRECT[kind]).hits
    if kind == "csv":
        return lists.export_csv("catalogue", columns.of_search(), hits)
    if kind == "xlsx":
        return export_xlsx("catalogue", columns.of_search(), hits)
    rows = surroundings.published_rows(request.actor, [hit.id for hit in hits])
    return export_file(request, kind, rows, name=str(_("Catalogue")), title=str(_("Catalogue of information resources")))


def apply_address(resource_id: UUID) -> str:
    """Where a request for the resource begins; empty while the site has no such page."""
    for arguments in ({"resource_id": resource_id}, {}):
        try:
            address = reverse("access:apply", kwargs=arguments)
        except NoReverseMatch:
            continue
        return address if arguments else f"{address}?resource={resource_id}"
    return ""


def _apply_names(hits: Any) -> dict[UUID, str]:
    return {hit.id: apply_address(hit.id) for hit in hits if hit.sharing_type != "WITHHELD"}


@door(SEARCH)
@require_safe
def resource(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """A published entry whole: metadata, elements, delivery, versions, its acts; a draft's page if none was published."""
    found = queries.get_resource(resource_id, actor=request.actor)
    if not found.version:
        return redirect("catalogue:entry", resource_id=resource_id)
    return _show(request, found)


@door(SEARCH)
@require_safe
def resource_by_code(request: ActingRequest, code: str) -> HttpResponse:
    """The same, at the address of its code."""
    return _show(request, queries.get_resource(code, actor=request.actor))


def _show(request: ActingRequest, found: ResourceRef) -> HttpResponse:
    actor = request.actor
    own = actor.department_id == found.provider_id
    draft = queries.find_draft(found.id, actor=actor)
    context = {
        "resource": found,
        "own": own,
        "draft": draft if draft and draft.status not in ("PUBLISHED", "WITHDRAWN") else None,
        "may_revise": own and permissions.COMPILE.allows(actor) and draft is not None and draft.status == "PUBLISHED",
        "apply": "" if own else apply_address(found.id),
        "versions": queries.versions_of(found.id),
        "news": evidence.trail_of(f"resource:{found.id}", by=actor)[-20:],
        "panels": panels_for(request, found),
        **content_context(found.content),
    }
    return render(request, "catalogue/resource.html", context)


def content_context(content: Content) -> dict[str, Any]:
    """What the parts that show a content need."""
    nodes = delivery.node_names(d.node_id for d in content.distributions)
    return {
        "content": content,
        "groups": groups_of(content),
        "elements": [(element, element_in_words(element)) for element in content.elements],
        "distributions": [(d, nodes.get(d.node_id, "") if d.node_id else "") for d in content.distributions],
    }


@door(SEARCH)
@require_safe
def version(request: ActingRequest, code: str, number: int) -> HttpResponse:
    """A published version, frozen, at the address by which it is cited."""
    found = _version(request, code, number)
    numbers = [v.number for v in queries.versions_of(found.resource_id)]
    now = queries.get_resource(found.resource_id).provider_name
    context = {"version": found, "numbers": numbers, "provider_now": now, **content_context(found.content)}
    return render(request, "catalogue/version.html", context)


@door(SEARCH)
@require_safe
def compare(request: ActingRequest, code: str, before: int, after: int) -> HttpResponse:
    """Two versions, field by field."""
    old, new = _version(request, code, before), _version(request, code, after)
    found = queries.compare_versions(old.resource_id, before, after)
    if queries.find_draft(old.resource_id, actor=request.actor) is None:
        # How a table is mapped concerns the provider and the authority only (docs/explanation/choices.md).
        found = tuple(one for one in found if not one.field.startswith("distributions."))
    shown = differences_in_words(found, old.content, new.content)
    return render(request, "catalogue/compare.html", {"old": old, "new": new, "differences": shown})


def _version(request: ActingRequest, code: str, number: int) -> VersionRef:
    return queries.get_version(queries.get_resource(code, actor=request.actor).id, number)
