"""What became of the answers *will be used through sharing*: the request, the grant, and the real use, each with its link."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from gongxiang.platform.access import queries as access
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants import queries_use
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.projects import queries
from gongxiang.platform.projects.values import ProjectView


@dataclass(frozen=True, kw_only=True)
class Step:
    """A request or grant: its number and state, and its page where the reader may open it."""

    number: str
    status: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Followed:
    """One promise and how far it was kept: `open`, `requested`, `granted` or `used`."""

    entry_name: str
    resource_id: UUID
    name: str
    promised_by: str
    promised_at: datetime | None
    request: Step | None
    grant: Step | None
    times: int
    rows: int
    used_url: str
    kept: str


def followed(project: ProjectView, *, actor: Actor) -> list[Followed]:
    """Every promise of the project, those not kept first."""
    promises = queries.promises_of(project.id)
    reader = System(name="projects")
    found = []
    for promise in promises:
        asked = access.find_access_requests(actor=reader, resource_id=promise.resource_id)
        asked = asked.filter(consumer_id=project.department_id, submitted_at__isnull=False)
        request = asked.first()
        given = list(grants.find_grants(actor=reader, resource_id=promise.resource_id, consumer_id=project.department_id)[:50])
        grant = next((one for one in given if one.status == "ACTIVE"), given[0] if given else None)
        use = queries_use.use_totals([one.pk for one in given])
        times, rows = sum(one.times for one in use.values()), sum(one.rows for one in use.values())
        seen = grants.visible_to(actor).filter(pk__in=[one.pk for one in given]).values_list("pk", flat=True)
        wanted = urlencode({"resource": str(promise.resource_id), "consumer": str(project.department_id)})
        found.append(
            Followed(
                entry_name=promise.entry_name, resource_id=promise.resource_id, name=promise.name,
                promised_by=promise.answered_by, promised_at=promise.answered_at,
                request=_request(request, actor) if request is not None else None,
                grant=None if grant is None else Step(
                    number=grant.number, status=grant.status,
                    url=reverse("grants:detail", args=[grant.pk]) if grant.pk in set(seen) else "",
                ),
                times=times, rows=rows, used_url=f"{reverse('use:records')}?{wanted}" if seen else "",
                kept="used" if times else "granted" if grant is not None else "requested" if request is not None else "open",
            )
        )  # fmt: skip
    order = ("open", "requested", "granted", "used")
    return sorted(found, key=lambda one: (order.index(one.kept), one.name))


def _request(row: object, actor: Actor) -> Step:
    number, status, pk = row.number, row.status, row.pk  # type: ignore[attr-defined]
    seen = access.visible_to(actor).filter(pk=pk).exists()
    return Step(number=number, status=status, url=reverse("access:detail", args=[pk]) if seen else "")
