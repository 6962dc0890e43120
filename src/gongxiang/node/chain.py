"""One resource's chain at its provider: each segment is sealed, put out and noted in one transaction, then goes to the sender.

For `provider` and `loading`, which decide what a segment carries; never opens a transaction for it by itself.
"""

from collections.abc import Sequence
from datetime import datetime

from gongxiang.node.exchange import Exchange, StreamRow, Work
from gongxiang.node.seal import Body, seal
from gongxiang.node.ship import Shipper
from gongxiang.protocol.messages import OpenStream
from gongxiang.protocol.segments import SegmentKind
from gongxiang.protocol.signing import Signer


class Chain:
    """Where the stream stands, and the way to its next segment; used by the stream's thread alone."""

    def __init__(self, *, order: OpenStream, exchange: Exchange, shipper: Shipper, signer: Signer) -> None:
        self.order, self.exchange, self.shipper = order, exchange, shipper
        self._signer = signer
        #: None until the stream's first session found or made it; other threads only look.
        self.row: StreamRow | None = None

    @property
    def current(self) -> StreamRow:
        """Where the stream stands."""
        assert self.row is not None
        return self.row

    def keep(self, row: StreamRow) -> None:
        """The transaction that brought the stream here has committed."""
        self.row = row

    def note(self, cursor: Work, row: StreamRow) -> None:
        """Write where the stream stands, in the caller's transaction."""
        self.exchange.write_state(cursor, row, self.order.exchange_table)

    def note_alone(self, row: StreamRow) -> None:
        """Write where the stream stands and keep it."""
        with self.exchange.transaction() as cursor:
            self.note(cursor, row)
        self.keep(row)

    def seal(
        self,
        cursor: Work,
        row: StreamRow,
        kind: SegmentKind,
        body: Body,
        *,
        targets: Sequence[str] = (),
        committed_at: datetime | None = None,
    ) -> bytes:
        """Seal as the chain's next segment, put it out and note the stream's state: all in the caller's transaction."""
        segment = seal(
            resource_id=self.order.resource_id,
            schema_version=self.order.schema_version,
            epoch=row.epoch,
            seq=row.seq + 1,
            prev_digest=row.prev_digest,
            kind=kind,
            body=body,
            position=row.position,
            signer=self._signer,
            targets=targets,
            committed_at=committed_at,
        )
        row.seq, row.prev_digest = segment.header.seq, segment.digest
        data = segment.data()
        self.exchange.put_out(cursor, row.seq, data)
        self.note(cursor, row)
        return data

    def offer(self, row: StreamRow, segment: bytes) -> None:
        """Hand the committed segment to the sender."""
        self.shipper.offer(row.seq, segment)
