"""What nodes told of their sources' tables, for pages: names between the department and the authority."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.delivery import queries
from gongxiang.platform.delivery.models import SourceSurvey, SourceTable
from gongxiang.platform.delivery.permissions import sees_source
from gongxiang.platform.delivery.proposals import Proposal, propose
from gongxiang.platform.delivery.queries import NodeView
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class SurveyView:
    """A question to a node and how far its answer has come."""

    id: UUID
    node_id: UUID
    asked_at: datetime
    asked_by: str
    answered_at: datetime | None
    total: int
    problem: str
    words: list[Any]


@dataclass(frozen=True, kw_only=True)
class TableView:
    """One table of the source, and the entry that delivers it, if any."""

    id: UUID
    table: str
    comment: str
    rows: int
    keyed: bool
    columns: list[dict[str, Any]]
    columns_left_out: int
    problem: str
    words: list[Any]
    entry_id: UUID | None = None
    entry_name: str = ""

    @property
    def free(self) -> bool:
        """Whether no entry delivers it."""
        return self.entry_id is None


#: What a list of tables may be narrowed to.
CHOICES = ("free", "mounted", "unfit")


def node_with_source(node_id: UUID, *, actor: Actor) -> NodeView:
    """A node whose source's names the actor may read; raises NotFound."""
    node = queries.get_node(node_id, actor=actor)
    if not sees_source(actor, node.department_id):
        raise NotFound()
    return node


def latest(node_id: UUID) -> SurveyView | None:
    """The newest question to a node."""
    row = SourceSurvey.objects.filter(node_id=node_id).order_by("-asked_at").first()
    return _view(row) if row else None


def latest_answered(node_id: UUID) -> SurveyView | None:
    """The newest whole answer of a node."""
    row = SourceSurvey.objects.filter(node_id=node_id, answered_at__isnull=False, problem="").order_by("-asked_at").first()
    return _view(row) if row else None


def tables(survey_id: UUID, *, node_id: UUID, text: str = "", choice: str = "") -> list[TableView]:
    """The tables of a survey by name, narrowed to those that hold `text` and that are as `choice` says."""
    mounted = catalogue.tables_named_by_entries(node_id)
    words = text.casefold().split()
    found = []
    for row in SourceTable.objects.filter(survey_id=survey_id).order_by("table"):
        if not all(word in f"{row.table} {row.comment}".casefold() for word in words):
            continue
        view = _table(row, mounted)
        if {"free": view.free, "mounted": not view.free, "unfit": bool(view.problem)}.get(choice, True):
            found.append(view)
    return found


def table(table_id: UUID, *, node_id: UUID) -> TableView:
    """One surveyed table; raises NotFound."""
    row = SourceTable.objects.filter(pk=table_id, survey__node_id=node_id).first()
    if row is None:
        raise NotFound()
    return _table(row, catalogue.tables_named_by_entries(node_id))


def proposal(view: TableView, *, node_id: UUID, taken: frozenset[str] = frozenset()) -> Proposal:
    """The draft that a table proposes."""
    return propose(
        node_id=node_id, table=view.table, comment=view.comment, columns=view.columns, fit=not view.problem, taken=taken
    )


def _view(row: SourceSurvey) -> SurveyView:
    return SurveyView(**{name: getattr(row, name) for name in SurveyView.__dataclass_fields__})


def _table(row: SourceTable, mounted: dict[str, tuple[UUID, str]]) -> TableView:
    entry_id, entry_name = mounted.get(row.table, (None, ""))
    names = [name for name in TableView.__dataclass_fields__ if not name.startswith("entry_")]
    return TableView(**{name: getattr(row, name) for name in names}, entry_id=entry_id, entry_name=entry_name)
