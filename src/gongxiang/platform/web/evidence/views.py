"""Reading evidence."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.evidence import queries, verification
from gongxiang.platform.evidence.permissions import CAN_EXPORT, CAN_SEARCH, CAN_VERIFY
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.notices.subjects import titles_of
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.evidence import words
from gongxiang.platform.web.evidence.forms import SearchForm
from gongxiang.platform.web.grants.views import case_of
from gongxiang.protocol.canonical import instant

EXPORT_LIMIT = 10_000


@door(CAN_SEARCH)
@require_safe
def search(request: ActingRequest) -> HttpResponse:
    """The acts that I may see, newest first, filtered; as CSV with `export=csv`."""
    form = SearchForm(request.GET or None)
    text, since, until = "", None, None
    if form.is_bound and form.is_valid():
        text, (since, until) = form.cleaned_data["q"], form.span()
    kinds = labels.events_like(text) if text else []
    found = queries.search(by=request.actor, text=text, kinds=kinds, since=since, until=until)
    if request.GET.get("export") == "csv":
        return lists.export_csv("evidence", _columns(), [queries.as_news(row) for row in found[:EXPORT_LIMIT]])
    page = lists.paginate(request, found, sorts={"new": ["-id"], "old": ["id"]})
    page.rows = [queries.as_news(row) for row in page.rows]
    return render(request, "evidence/search.html", {"form": form, "page": page, "titles": _titles(page.rows)})


def _titles(rows: Sequence[News]) -> dict[int, str]:
    """What each act's case is called; a person by name."""
    people = parties.person_names(one.subject_id for one in rows if one.subject_type == "person")
    cases = titles_of([one for one in rows if one.subject_type != "person"])
    return cases | {one.id: people.get(one.subject_id, "") for one in rows if one.subject_type == "person"}


def _columns():  # type: ignore[no-untyped-def]
    return [
        (_("When"), lambda n: instant(n.occurred_at)),
        (_("Recorded"), lambda n: instant(n.recorded_at)),
        (_("Act"), lambda n: labels.event(n.kind)),
        ("kind", lambda n: n.kind),
        (_("Who"), lambda n: n.actor_name),
        (_("Subject"), lambda n: f"{n.subject_type}:{n.subject_id}"),
        (_("Articles"), lambda n: " ".join(n.basis)),
        (_("Identifier"), lambda n: n.uid),
        (_("Digest (SM3)"), lambda n: n.digest),
    ]


@door(CAN_SEARCH)
@require_safe
def record(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One act whole: before and after, basis, place in the sealed tree."""
    news = queries.record(uid, by=request.actor)
    place = queries.place_of(news.id)
    rows = sorted({*news.before, *news.after})
    subject = news.subject_type
    context = {
        "news": news,
        "title": _titles([news])[news.id],
        "place": place,
        "changes": [
            (name, words.name_of(name), *(words.value_of(subject, name, side.get(name)) for side in (news.before, news.after)))
            for name in rows
        ],
        "details": [(name, words.name_of(name), words.value_of(subject, name, value)) for name, value in news.detail.items()],
        "may_export": CAN_EXPORT.allows(request.actor),
    }
    return render(request, "evidence/record.html", context)


@door(CAN_EXPORT)
@require_safe
def proof(request: ActingRequest, uid: UUID) -> HttpResponse:
    """The proof of one record as a file, checked anywhere by `gongxiang evidence check`."""
    queries.record(uid, by=request.actor)
    try:
        text = verification.proof_text(verification.prove(uid=str(uid)))
    except LookupError as error:
        raise NotFound("The record is not sealed yet: this takes a few seconds.") from error
    response = HttpResponse(text, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="proof-{uid}.json"'
    return response


def _case(subject: str, identifier: str, actor: Person) -> tuple[str, ...]:
    """The tags of a case; a grant's case begins with the request that led to it."""
    if subject == "grant":
        try:
            return case_of(grants.get_grant(UUID(identifier), actor=actor))
        except (ValueError, NotFound):
            pass
    return (f"{subject}:{identifier}",)


@door(CAN_SEARCH)
@require_safe
def trail(request: ActingRequest, subject: str, identifier: str) -> HttpResponse:
    """Every act of one case that I may see, oldest first."""
    news = queries.trail_of(*_case(subject, identifier, request.actor), by=request.actor)
    if not news:
        raise NotFound()
    if request.GET.get("export") == "csv":
        return lists.export_csv(f"trail-{subject}-{identifier}", _columns(), news)
    return render(request, "evidence/trail.html", {"news": news, "subject": subject, "identifier": identifier})


@door(CAN_VERIFY)
@require_safe
def seals(request: ActingRequest) -> HttpResponse:
    """The signed roots and who keeps them."""
    page = lists.paginate(request, queries.roots(), sorts={"new": ["-size"]})
    witnesses = queries.witnesses()
    nodes = delivery.node_names(one.node_id for one in witnesses)
    return render(request, "evidence/seals.html", {"page": page, "witnesses": witnesses, "nodes": nodes})


@door(CAN_VERIFY)
@require_POST
def verify(request: ActingRequest) -> HttpResponse:
    """Verify everything now; the part of the page that says what was found."""
    return render(request, "evidence/parts/report.html", {"report": verification.verify()})
