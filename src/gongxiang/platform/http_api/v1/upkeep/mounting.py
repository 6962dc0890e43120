"""Mounting: which tables a front-end machine has, entries drafted from them, and a table tried before it is published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.catalogue.permissions import COMPILE
from gongxiang.platform.delivery import permissions, surveying, surveys, trying
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import schema_of
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.protocol.canonical import plain

_Table = schema_of(surveys.TableView, sent=False, called="SourceTable")


class SourceTables(Schema):
    """The newest question to a machine, and the tables of its newest whole answer; names only."""

    asked_at: datetime | None
    answered_at: datetime | None
    problem: str
    tables: list[_Table]  # type: ignore[valid-type]
    total: int


class TablesWanted(Schema):
    """Which tables."""

    q: str = Field("", max_length=200)
    choice: str = Field("", max_length=10, description="free, mounted or unfit.")
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


def _tables(node_id: UUID, *, actor: Any, wanted: TablesWanted | None = None) -> dict[str, Any]:
    surveys.node_with_source(node_id, actor=actor)
    wanted = wanted or TablesWanted.model_validate({})
    asked, whole = surveys.latest(node_id), surveys.latest_answered(node_id)
    choice = wanted.choice if wanted.choice in surveys.CHOICES else ""
    text = wanted.q.replace("\x00", "").strip()
    found = surveys.tables(whole.id, node_id=node_id, text=text, choice=choice) if whole else []
    shown = found[(wanted.page - 1) * wanted.size : wanted.page * wanted.size]
    return {
        "asked_at": asked and asked.asked_at, "answered_at": asked and asked.answered_at,
        "problem": asked.problem if asked else "", "tables": plain(shown), "total": len(found),
    }  # fmt: skip


@endpoint(
    "GET", "/nodes/{uuid:node_id}/tables", door=permissions.VIEW_SOURCE, name="list_source_tables", tag="Mounting",
    answer=SourceTables,
)  # fmt: skip
def tables(request: Called, node_id: UUID, wanted: Query[TablesWanted]) -> dict[str, Any]:
    """The tables of a machine's source as it answered last, and which entry delivers each."""
    return _tables(node_id, actor=request.actor, wanted=wanted)


enter_acts(
    Area(
        tag="Mounting", path="/nodes", key="node_id", answer=SourceTables, door=permissions.VIEW_SOURCE, see=_tables, body=dict,
        name="source",
    ),
    (
        Act(name="ask_for_tables", path="/tables/ask", action=surveying.ask_for_tables, door=permissions.SURVEY),
        Act(name="draft_from_tables", path="/tables/draft", action=surveying.draft_from_tables, door=COMPILE),
    ),
)  # fmt: skip


class Trial(Schema):
    """What an entry delivers, tried at mounting: each step up to the first that failed; the rows are never here.

    `table` is the table, or the path of the API or file below what the node offers.
    """

    id: UUID
    resource_id: UUID
    kind: str
    table: str
    asked_at: datetime
    asked_by: str
    answered_at: datetime | None
    steps: list[Any]
    rows: int


def _trial(resource_id: UUID, *, actor: Any) -> Any:
    found = trying.latest_trial(resource_id, actor=actor)
    if found is None:
        raise NotFound()
    return found


def _trial_body(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Trial.model_fields}


@endpoint(
    "GET", "/drafts/{uuid:resource_id}/trial", door=permissions.CHECK_TABLE, name="get_mount_trial", tag="Mounting",
    answer=Trial,
)  # fmt: skip
def trial(request: Called, resource_id: UUID) -> dict[str, Any]:
    """The newest trial of what an entry delivers."""
    return _trial_body(_trial(resource_id, actor=request.actor))


def _try(*, resource_id: UUID, number: int | None = None, by: Any, at: datetime) -> Any:
    """Let the node try the table that the draft delivers, or the delivery of this number; the answer comes within seconds."""
    return trying.try_mount(resource_id=resource_id, number=number, by=by, at=at).resource_id


enter_acts(
    Area(
        tag="Mounting", path="/drafts", key="resource_id", answer=Trial, door=permissions.CHECK_TABLE, see=_trial,
        body=_trial_body, name="mount_trial",
    ),
    (Act(name="try_mount", path="/trials", action=_try, door=permissions.CHECK_TABLE, makes=True),),
)  # fmt: skip
