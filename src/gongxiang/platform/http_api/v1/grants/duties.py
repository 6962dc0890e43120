"""What follows a grant: its provision, the disposal at its end, named handlers, what was filed with the authority."""

from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.grants import permissions, queries, queries_use, states, states_use
from gongxiang.platform.http_api.acts import Area
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.lists import chosen, enter_reads, words
from gongxiang.platform.http_api.schemas import page_of, schema_of
from gongxiang.protocol.canonical import plain

enter_reads(
    Area(
        tag="Grants", path="/provisions", key="provision_id", answer=schema_of(queries_use.ProvisionView, sent=False),
        door=permissions.VIEW_USE, see=queries_use.get_provision, body=plain, table=states_use.PROVISION, name="provision",
    ),
    many="provisions", said="Provisions after a grant, measured from the flow itself.", convert=queries_use.case_view,
    find=lambda actor, asked: queries_use.find_provisions(actor=actor, text=words(asked), statuses=chosen(asked)),
    sorts={"due": ("due_at", "id"), "new": ("-opened_at", "-id"), "old": ("opened_at", "id")},
)  # fmt: skip
_Disposal = schema_of(queries.DisposalView, sent=False)
_Filed = schema_of(queries.FilingView, sent=False, called="GrantFiling")
_Handler = schema_of(queries_use.HandlerView, sent=False)


class DutiesWanted(Schema):
    """Of one grant, or of all."""

    grant: UUID | None = None
    status: str = Field("", max_length=20)
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class Disposals(Schema):
    """One page, the open ones first."""

    disposals: list[_Disposal]  # type: ignore[valid-type]
    total: int
    page: int
    pages: int


class GrantFilings(Schema):
    """One page, the latest first."""

    filings: list[_Filed]  # type: ignore[valid-type]
    total: int
    page: int
    pages: int


class Handlers(Schema):
    """Everybody who was named for a grant."""

    handlers: list[_Handler]  # type: ignore[valid-type]


@endpoint("GET", "/disposals", door=permissions.VIEW, name="list_disposals", tag="Grants", answer=Disposals)
def disposals(request: Called, wanted: Query[DutiesWanted]) -> dict[str, Any]:
    """Duties to dispose of what was received under grants that ended."""
    status = wanted.status if wanted.status in states.DISPOSAL.states else ""
    rows = queries.disposals(actor=request.actor, status=status, grant_id=wanted.grant)
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size)
    return {"disposals": plain(shown), **numbers}


@endpoint("GET", "/grant-filings", door=permissions.VIEW, name="list_grant_filings", tag="Grants", answer=GrantFilings)
def filings(request: Called, wanted: Query[DutiesWanted]) -> dict[str, Any]:
    """What was filed with the authority when grants were suspended, resumed or ended."""
    rows = queries.filings(actor=request.actor, grant_id=wanted.grant)
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size)
    return {"filings": plain(shown), **numbers}


@endpoint(
    "GET", "/grants/{uuid:grant_id}/handlers", door=permissions.VIEW_USE, name="list_handlers", tag="Grants", answer=Handlers
)
def handlers(request: Called, grant_id: UUID) -> dict[str, Any]:
    """Who was named to handle what a grant gives, and until when."""
    queries.get_grant(grant_id, actor=request.actor)
    return {"handlers": plain(queries_use.handlers_of(grant_id, actor=request.actor))}
