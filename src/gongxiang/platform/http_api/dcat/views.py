"""`/catalog`: the published catalogue, and one entry, in the form the caller asks for; only what the caller may see."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from rdflib import Graph

from gongxiang.platform.catalogue import harvest
from gongxiang.platform.catalogue.errors import ResourceNotFound
from gongxiang.platform.catalogue.permissions import SEARCH
from gongxiang.platform.http_api.answers import refused
from gongxiang.platform.http_api.dcat.graph import PREFIXES, Describer, Page
from gongxiang.platform.http_api.doors import door
from gongxiang.platform.http_api.errors import FormUnknown

PAGE_SIZE = 100
#: Ending of an address -> (rdflib's name, media type).
FORMS = {"ttl": ("turtle", "text/turtle"), "jsonld": ("json-ld", "application/ld+json")}


@door(SEARCH, public=True, refuse=refused)
@require_safe
def catalogue(request: HttpRequest, ending: str = "") -> HttpResponse:
    """The catalogue, a hundred entries a page."""
    form = _form(request, ending)
    total = harvest.count(actor=request.actor)  # type: ignore[attr-defined]
    pages = max(1, -(-total // PAGE_SIZE))
    asked = request.GET.get("page", "1")
    number = min(max(1, int(asked)), pages) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    entries = harvest.numbered_page(actor=request.actor, page=number, size=PAGE_SIZE)  # type: ignore[attr-defined]
    describer = Describer(_origin(request))
    return _answer(describer.describe_catalogue(entries, Page(number=number, pages=pages, total=total)), form)


@door(SEARCH, public=True, refuse=refused)
@require_safe
def dataset(request: HttpRequest, resource_id: UUID, ending: str = "") -> HttpResponse:
    """One entry."""
    form = _form(request, ending)
    entry = harvest.published_entry(resource_id, actor=request.actor)  # type: ignore[attr-defined]
    if entry is None:
        raise ResourceNotFound()
    describer = Describer(_origin(request))
    describer.describe(entry)
    return _answer(describer.graph, form)


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _form(request: HttpRequest, ending: str) -> str:
    if ending:
        return ending
    wanted = request.get_preferred_type(["application/ld+json", "text/turtle", "application/json"])
    if wanted is None:
        raise FormUnknown()
    return "ttl" if wanted == "text/turtle" else "jsonld"


def serialise(graph: Graph, form: str) -> str:
    """The graph in a form of `FORMS`."""
    name, _media = FORMS[form]
    if name == "turtle":
        return str(graph.serialize(format=name))
    context = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}
    return str(graph.serialize(format=name, context=context, auto_compact=True, ensure_ascii=False))


def _answer(graph: Graph, form: str) -> HttpResponse:
    response = HttpResponse(serialise(graph, form), content_type=f"{FORMS[form][1]}; charset=utf-8")
    response.headers["Vary"] = "Accept"
    return response
