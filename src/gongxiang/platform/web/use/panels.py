"""What the page of a grant shows of its use: what runs, and where to go."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.delivery import files
from gongxiang.platform.grants import permissions, queries_rectify, queries_use, serving
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.web import labels
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
    yield from _provision(request, grant)
    if serving.is_served(grant):
        yield _interface(request, grant)
    if grant.mode == serving.FILE and files.is_delivered(grant.resource_id):
        yield _files(request, grant)
    yield from _use(request, grant)
    yield from _cases(request, grant)


def _provision(request: ActingRequest, grant: GrantView) -> Iterator[SafeString]:
    for one in queries_use.cases_of(grant.id, actor=request.actor)["provision"]:
        when = Cell(due=one.due_at) if one.status in ("DUE", "OVERDUE", "DECLARED") else Cell(moment=one.provided_at)
        page = reverse("use:provision", args=[one.id])
        rows = [(Cell(state=("provision", one.status)), when, Cell(text=_("Look at it"), url=page))]
        yield _panel(request, _("Provision"), ("cn-809:22.1",), rows)


def _interface(request: ActingRequest, grant: GrantView) -> SafeString:
    """How the consumer's systems ask, for whom, and what was asked."""
    named = [one for one in queries_use.handlers_of(grant.id, actor=request.actor) if one.ended_at is None]
    total = queries_use.use_totals([grant.id]).get(grant.id)
    rows = [(Cell(text=_("Number of the grant for calls")), Cell(text=str(grant.id), said=True))]
    rows += [(Cell(text=one.person_name), Cell(text=str(one.person_id), said=True)) for one in named[:8]]
    rows.append((Cell(text=_("Calls answered")), Cell(number=total.calls if total else 0)))
    return _panel(
        request, _("Interface"), ("wushen-2021-60:19(2)",), rows,
        [Link(label=_("Answered calls"), url=reverse("use:calls", args=[grant.id]), icon="list-numbers")],
        advice=_("A system of the consumer asks the gateway with the key of an admitted node: gongxiang call lookup or match,"
                 " with purpose, matter number and the number of a named handler. Only elements granted unmasked can be"
                 " asked by; without a named handler nothing is answered."),
    )  # fmt: skip


def _files(request: ActingRequest, grant: GrantView) -> SafeString:
    """The newest versions that may be fetched, how, and by whom it was done."""
    named = [one for one in queries_use.handlers_of(grant.id, actor=request.actor) if one.ended_at is None]
    rows = [(Cell(text=_("Number of the grant for fetching")), Cell(text=str(grant.id), said=True))]
    rows += [(Cell(text=one.person_name), Cell(text=str(one.person_id), said=True)) for one in named[:8]]
    kept = files.versions_of(grant.resource_id).filter(destroyed_at=None, withdrawn_at=None)[:3]
    rows += [
        (Cell(text=_("Version %(n)s (%(form)s)") % {"n": one.version, "form": one.form}), Cell(moment=one.deposited_at))
        for one in kept
    ]
    return _panel(
        request, _("Delivery by file"), ("wushen-2021-60:19(3)",), rows,
        [
            Link(label=_("Versions"), url=reverse("delivery:files", args=[grant.resource_id]), icon="database"),
            Link(label=_("Fetched files"), url=reverse("use:calls", args=[grant.id]), icon="list-numbers"),
        ],
        advice=_("A named handler fetches a version on the page of versions, or the consumer's node by its command,"
                 " each with purpose and matter number; without a named handler nothing is given. Each fetch is recorded"
                 " before the first byte leaves."),
    )  # fmt: skip


def _use(request: ActingRequest, grant: GrantView) -> Iterator[SafeString]:
    """Handlers, and the newest lines of use."""
    named = [one for one in queries_use.handlers_of(grant.id, actor=request.actor) if one.ended_at is None]
    handlers = reverse("use:handlers", args=[grant.id])
    yield _panel(
        request, _("Handlers"), ("wushen-2021-60:22.1",),
        [(Cell(text=one.person_name), Cell(text=one.duty)) for one in named[:8]],
        [Link(label=_("Handlers"), url=handlers, icon="users")],
        advice="" if named else _("Nobody is named yet: nothing can be looked up under this grant by a person."),
    )  # fmt: skip
    lines = queries_use.use_lines(queries_use.find_use(actor=request.actor, grant_id=grant.id)[:5])
    rows = [
        (Cell(day=one.on), Cell(text=labels.code("use_channel", one.channel)), Cell(text=one.person_name or one.consumer_name),
         Cell(number=one.times))
        for one in lines
    ]  # fmt: skip
    links = [
        Link(label=_("Use records"), url=f"{reverse('use:records')}?grant={grant.id}", icon="list-numbers"),
        Link(label=_("Records as PDF"), url=reverse("use:pack", args=[grant.id, "pdf"]), icon="download"),
        Link(label=_("Records as JSON"), url=reverse("use:pack", args=[grant.id, "json"]), icon="download"),
    ]
    mine = permissions.ENTER_USE.allows(request.actor) and request.actor.department_id == grant.consumer_id
    if mine and named:
        links.append(Link(label=_("Enter a use by hand"), url=reverse("use:enter", args=[grant.id]), icon="edit"))
    yield _panel(request, _("Use"), ("wushen-2021-60:22.2", "cn-809:29.2"), rows, links)


def _cases(request: ActingRequest, grant: GrantView) -> Iterator[SafeString]:
    """Reports, questions, inspections and third parties, with what may be begun."""
    found, actor = queries_use.cases_of(grant.id, actor=request.actor), request.actor
    over = permissions.is_authority(actor) or actor.department_id == grant.provider_id
    kinds = (
        ("reports", _("Reports of use"), "use_report", "use:report", "cn-809:29.2"),
        ("questions", _("Questions about use"), "use_question", "use:question", "wushen-2021-60:22.3"),
        ("inspections", _("Inspections of use"), "inspection", "use:inspection", "cn-809:29.2"),
        ("third_parties", _("Passing on to third parties"), "third_party_consent", "use:third_party", "cn-809:25.1"),
    )
    begins = {
        "questions": (_("Ask about the use"), "use:ask", permissions.ASK_ABOUT_USE.allows(actor) and over),
        "inspections": (_("Announce an inspection"), "use:inspect", permissions.INSPECT.allows(actor) and over),
        "third_parties": (
            _("Ask to pass on to a third party"), "use:ask_third_party",
            permissions.ASK_THIRD_PARTY.allows(actor) and actor.department_id == grant.consumer_id and grant.status != "ENDED",
        ),
    }  # fmt: skip
    for kind, title, subject, page, basis in kinds:
        label, url, may = begins.get(kind, ("", "", False))
        links = [Link(label=label, url=reverse(url, args=[grant.id]), icon="send")] if may else []
        rows = [
            (Cell(text=one.number, url=reverse(page, args=[one.id])), Cell(state=(subject, one.status)))
            for one in found[kind][:5]
        ]
        if rows or links:
            yield _panel(request, title, (basis,), rows, links)


def _panel(
    request: ActingRequest, title: Any, basis: Sequence[str], rows: Sequence[Sequence[Cell]], links: Sequence[Link] = (),
    advice: Any = "",
) -> SafeString:  # fmt: skip
    context = {"title": title, "basis": basis, "rows": rows, "links": links, "advice": advice, "now": clock.now()}
    return SafeString(render_to_string("use/panel.html", context, request))
