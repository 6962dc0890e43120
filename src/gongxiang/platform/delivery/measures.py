"""What the nodes have measured of one resource: rows held, lag, comparisons with the copies, alarms (办法 13, 20)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.delivery.models import Reconciliation, Stream
from gongxiang.platform.delivery.queries import StreamView, alarms_visible_to, flows_visible_to, stream_of
from gongxiang.platform.kernel.actors import Actor


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The newest answered comparison of one flow."""

    grant_id: UUID
    grant_number: str
    consumer: str
    answered_at: datetime
    equal: bool
    provider_rows: int
    consumer_rows: int
    missing: int
    surplus: int
    different: int


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What the provider's node counted inside the table."""

    at: datetime
    rows: int
    #: Element -> rows in which it is empty; only those that are empty somewhere.
    empty: dict[str, int]
    doubled_keys: int
    doubled_rows: int


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What the actor may see of it."""

    stream: StreamView | None
    compared: tuple[Compared, ...]
    open_alarms: int
    #: None until the node counted.
    counted: Counted | None

    @property
    def missing(self) -> int:
        """Rows that some copy lacks."""
        return sum(one.missing for one in self.compared)

    @property
    def different(self) -> int:
        """Rows that differ in some copy, or are too many there."""
        return sum(one.different + one.surplus for one in self.compared)


@implements("wushen-2021-60:20", "wushen-2021-60:13", "cn-809:18")
def measured(resource_id: UUID, *, actor: Actor) -> Measured:
    """The capture of the resource, the newest comparison of each flow the actor sees, and the open alarms."""
    flows = {row.pk: row for row in flows_visible_to(actor).filter(resource_id=resource_id)}
    rows = Reconciliation.objects.filter(flow_id__in=list(flows), answered_at__isnull=False)
    newest = rows.order_by("flow_id", "-answered_at").distinct("flow_id")
    compared = [
        Compared(
            grant_id=flows[row.flow_id].grant_id, grant_number=flows[row.flow_id].grant_number,
            consumer=flows[row.flow_id].consumer_name, answered_at=row.answered_at, equal=bool(row.equal),
            **{name: getattr(row, name) or 0 for name in ("provider_rows", "consumer_rows", "missing", "surplus", "different")},
        )
        for row in newest if row.answered_at is not None
    ]  # fmt: skip
    return Measured(
        stream=stream_of(resource_id, actor=actor), compared=tuple(sorted(compared, key=lambda one: one.grant_number)),
        open_alarms=alarms_visible_to(actor).filter(resource_id=resource_id, closed_at=None).count(),
        counted=_counted(resource_id),
    )  # fmt: skip


def _counted(resource_id: UUID) -> Counted | None:
    row = Stream.objects.filter(resource_id=resource_id, counted_at__isnull=False).first()
    if row is None or row.counted_at is None:
        return None
    empty = {element: rows for element, rows in row.counted["empty"].items() if rows}
    return Counted(
        at=row.counted_at, rows=row.counted["rows"], empty=empty, doubled_keys=row.counted["doubled_keys"],
        doubled_rows=row.counted["doubled_rows"],
    )  # fmt: skip
