"""One resource's stream at its provider: capture, exchange table, sealed chain, outbox; started and stopped by the agent.

One thread per stream with one connection to the exchange database, helped by a reading thread of the capture and a sending
thread; threads, because nearly all work happens in the databases or in Arrow, outside the interpreter's lock. Each batch is
one transaction: exchange table, sealed segment and position together. Only after it is the source told that it may forget.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa

from gongxiang.node import killpoints
from gongxiang.node.capture import Capture, Changes, Footing, Place
from gongxiang.node.capture.log import LogCapture, slot_name
from gongxiang.node.chain import Chain
from gongxiang.node.changes import Settled, bad_rows, settle, with_rows
from gongxiang.node.errors import DataPlaneError, SchemaDrift, SourceUnfit, TableUnfit, Transient, trace
from gongxiang.node.exchange import SMALL_ROWS, Exchange, StreamRow, decode_rows
from gongxiang.node.load import SourceRows
from gongxiang.node.loading import GrantLoad, SourceLoad
from gongxiang.node.seal import Body, OldValues, changes_body, empty_body
from gongxiang.node.ship import Client, Shipper
from gongxiang.node.telling import Teller
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.messages import Message, OpenGrant, OpenStream
from gongxiang.protocol.policy import projection_fingerprint
from gongxiang.protocol.segments import SegmentKind, digest
from gongxiang.protocol.sentences import Sentence
from gongxiang.protocol.signing import Signer

log = logging.getLogger(__name__)

#: Seconds between two looks at the source's table, slot and publication.
WATCH_EVERY = 2.0
#: Seconds until a stream that stopped with words looks again.
LOOK_AGAIN = 30.0
#: Rows from which a batch is encoded beside the database's work.
ENCODE_BESIDE = 1000

_LOST = Sentence("The source no longer holds the log since the last position (slot dropped, or over its limit).")
_ALTERED = Sentence("A row of the exchange table is gone that the source only changed: the table was altered by hand.")


class _Anew(Exception):
    """The stream cannot go on from where it stands: a new epoch is needed, for this reason."""


class _Stopped(Exception):
    """The agent told the stream to stop."""


def cover(grant: OpenGrant, since: int) -> str:
    """A name for the load a grant needs: its projection, the revision that brought it, and the node that receives it."""
    return f"{projection_fingerprint(grant.terms)}@{since}>{grant.consumer_node_id}"


class ProviderStream:
    """The stream of one resource at its provider."""

    def __init__(
        self,
        *,
        order: OpenStream,
        source_dsn: str,
        exchange_dsn: str,
        client: Client,
        signer: Signer,
        report: Callable[[Message], None],
        home: Path,
    ) -> None:
        self.order = order
        self.elements = tuple(mapped.element for mapped in order.columns)
        self._source_dsn, self._client = source_dsn, client
        self._tell = Teller(order, report)
        self._home = home
        self._exchange = Exchange(exchange_dsn, order.resource_id, self.elements)
        self._capture: Capture = LogCapture(
            dsn=source_dsn, table=order.source_table, columns=order.columns, name=slot_name(order.resource_id)
        )
        self._shipper = Shipper(dsn=exchange_dsn, resource_id=order.resource_id, client=client, trouble=self._tell.not_sent)
        self._chain = Chain(order=order, exchange=self._exchange, shipper=self._shipper, signer=signer)
        self._mapping = digest(canonical({"table": order.source_table, "columns": order.columns}))
        self._grants: dict[UUID, OpenGrant] | None = None
        self._since: dict[UUID, int] = {}
        self._stopping, self._drop = threading.Event(), False
        self._load = SourceLoad(
            chain=self._chain, capture=self._capture, look_around=self._look_around, wait=self._stopping.wait
        )
        self._grant_load = GrantLoad(self._chain)
        self._thread: threading.Thread | None = None
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="encode")
        self._watched_at = self._kept_at = 0.0
        self._anew = ""
        self._shipper_started = False

    # ---- the agent's side --------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin or go on, in a thread."""
        self._thread = threading.Thread(target=self._run, name=f"stream {self.order.exchange_table}", daemon=True)
        self._thread.start()

    def set_grants(self, grants: Mapping[UUID, OpenGrant], since: Mapping[UUID, int] | None = None) -> None:
        """The grants of this resource that are open now, by id; those not loaded yet get a load of their own.

        `since` says from which revision on the present projection holds: one that was left and came back is loaded anew,
        for the gateway has seen it go.
        """
        self._since = dict(since or {})
        self._grants = dict(grants)

    def stop(self, *, drop: bool = False) -> None:
        """End; with `drop` the source keeps nothing for us any more and a later start begins a new epoch."""
        self._drop = drop
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=60)
        self._shipper.stop()
        self._beside.shutdown(wait=False)

    def status(self) -> dict[str, Any]:
        """Where the stream stands, for `gongxiang node status`."""
        row = self._chain.row
        return {
            "resource": self.order.resource_name or str(self.order.resource_id),
            "table": self.order.source_table,
            "state": self._tell.state,
            "detail": self._tell.detail or self._tell.unsent,
            "epoch": row.epoch if row else 0,
            "seq": row.seq if row else 0,
            "position": row.position if row else "",
            "rows_loaded": row.rows_loaded if row else 0,
            "changes": row.changes if row else 0,
            "lag_ms": self._tell.lag_ms,
            "unsent_bytes": self._shipper.waiting_bytes,
        }

    # ---- the thread --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        wait = 0.5
        while not self._stopping.is_set():
            begun = time.monotonic()
            try:
                self._session()
            except _Stopped:
                break
            except _Anew as reason:
                self._anew = str(reason)
                wait = 0.5
                continue
            except (SchemaDrift, TableUnfit) as error:
                # Nothing of ours may stay where it could hold log or get into the way of the business.
                with suppress(Exception):
                    self._capture.drop()
                self._tell.stopped("drifted", error, self._chain.row)
                wait = LOOK_AGAIN
            except Transient as error:
                wait = 0.5 if time.monotonic() - begun > 30 else min(wait * 2, 15.0)
                self._tell.trouble(error)
            except DataPlaneError as error:
                self._tell.stopped("stopped", error, self._chain.row)
                wait = LOOK_AGAIN
            except Exception as error:
                log.error("Stream of %s failed: %s", self.order.source_table, trace(error))
                fault = SourceUnfit("The node made a mistake ({said}); its log tells more.", said=type(error).__name__)
                self._tell.stopped("stopped", fault, self._chain.row)
                wait = LOOK_AGAIN
            self._capture.close()
            self._exchange.close()
            self._stopping.wait(wait)
        with suppress(Exception):
            if self._drop:
                self._capture.drop()
        with suppress(Exception):
            self._capture.close()
        self._exchange.close()

    def _session(self) -> None:
        """From whatever stands in the databases to following the stream; ends by an exception only."""
        self._exchange.open()
        source = self._capture.check()
        row = self._exchange.read_state()
        footing = self._capture.footing()
        reason = self._anew or self._why_anew(row, footing)
        if reason or row is None:
            row = self._begin_anew(row, reason)
        self._chain.keep(row)
        self._anew = ""
        if not self._shipper_started:
            self._shipper.start()
            self._shipper_started = True
        self._tell.recovered()
        self._tell.warn(footing.warnings)
        rows = SourceRows(self._source_dsn, source, self.order.columns)
        try:
            if row.loading == "copy":
                self._load.copy(rows)
            row = self._chain.current
            self._capture.start(Place(position=row.position, transaction=row.transaction, done=row.done))
            if row.loading == "weave":
                self._load.weave(rows, lambda: self._absorb_next(rows))
            elif row.loading == "key":
                self._load.key_and_swap()
            self._follow(rows)
        finally:
            rows.close()

    def _why_anew(self, row: StreamRow | None, footing: Footing) -> str:
        if row is None:
            return Sentence("The stream begins.")
        if row.mapping != self._mapping or row.schema_version != self.order.schema_version:
            return Sentence("A new version of the resource was published.")
        if not footing.position:
            return _LOST
        if footing.identity != row.footing:
            return Sentence("The source is another database or another table than before.")
        if not self._capture.passed(row.position, footing.position):
            # The driver tells the source by itself that quiet stretches were read, so a slot may be ahead of what is
            # noted here. Nothing of ours lies between unless somebody has a longer chain than this exchange database.
            head = self._client.head(self.order.resource_id)
            if head is not None and (head.epoch, head.seq) > (row.epoch, row.seq):
                return Sentence(
                    "The source's log goes on after the last position only (exchange_db restored, or slot made anew)."
                )
        return ""

    def _begin_anew(self, row: StreamRow | None, reason: str) -> StreamRow:
        """A new epoch for everyone, loaded from the source into a table of its own."""
        head = None
        try:
            head = self._client.head(self.order.resource_id)
        except DataPlaneError:
            # Without earlier state the gateway alone knows whether a chain of this resource exists.
            if row is None:
                raise
        footing = self._capture.create()
        killpoints.reach("provider.slot_created")
        new = StreamRow(schema_version=self.order.schema_version, mapping=self._mapping, footing=footing.identity)
        new.position = footing.position
        if row is not None:
            new.epoch, new.seq, new.prev_digest = row.epoch, row.seq, row.prev_digest
        adopted = head is not None and head.seq > new.seq
        if head is not None and adopted:
            new.epoch, new.seq, new.prev_digest = head.epoch, head.seq, head.digest
        new.epoch += 1
        new.table = f"{self.order.exchange_table}__e{new.epoch}"
        grants = self._grants or {}
        new.covering = {str(grant_id): self._cover(g) for grant_id, g in grants.items()}
        new.filters = self._filter_codes()
        with self._exchange.transaction() as cursor:
            if adopted:
                self._exchange.clear_outbox(cursor)
            self._exchange.drop_leftovers(cursor, self.order.exchange_table, new.table)
            self._exchange.make_table(cursor, new.table, comment=f"{self.order.resource_name} {self.order.resource_id}".strip())
            segment = self._chain.seal(cursor, new, SegmentKind.BEGIN, empty_body(self.elements))
        if adopted:
            self._shipper.reset()
        self._chain.offer(new, segment)
        killpoints.reach("provider.load_begun")
        if row is not None:
            log.warning("New epoch %d of %s: %s", new.epoch, self.order.source_table, reason)
            self._tell.alarm("new_epoch", reason)
        self._tell.now("loading", reason, new)
        return new

    # ---- following ---------------------------------------------------------------------------------------------------

    def _follow(self, rows: SourceRows) -> None:
        while True:
            row = self._chain.current
            if row.loading == "catch_up" and self._capture.passed(row.position, row.high):
                self._load.end()
            due = self._due_grants() if not row.loading and not row.targets else {}
            if due:
                self._grant_load.begin(due, {i: self._cover(g) for i, g in due.items()}, self._filter_codes())
            busy = self._grant_load.may_go_on
            changes = self._capture.next(0.0 if busy else 0.1)
            if changes is not None:
                self._absorb(changes, rows)
            else:
                self._load.rest()
            if busy:
                self._grant_load.chunk()
            self._look_around()

    def _absorb_next(self, rows: SourceRows) -> bool:
        """The next run of changes, if one is there already."""
        changes = self._capture.next(0.0)
        if changes is not None:
            self._absorb(changes, rows)
        return changes is not None

    def _absorb(self, changes: Changes, rows: SourceRows) -> None:
        """One run of changes: applied, sealed and noted in one transaction, then confirmed to the source."""
        row = self._chain.current
        if not changes.rows and not changes.truncated:
            self._move_on(changes)
            return
        bad = bad_rows(changes)
        if len(bad):
            found, instead = rows.current(changes.batch, bad.tolist())
            changes = with_rows(changes, bad, instead, np.array(found))
        new = replace(row, changes=row.changes + changes.rows)
        new.place(changes.place.position, changes.place.transaction, changes.place.done)
        with self._exchange.transaction() as cursor:
            if row.loading:
                self._exchange.add_key(cursor, row.table)
            if changes.truncated:
                self._exchange.truncate(cursor, row.table)
            settled = None
            if changes.rows:
                current = rows.current if row.loading else None
                settled = settle(changes, self.elements, lambda keys: self._fetch(cursor, keys), current)
                if settled.incomplete and not row.loading:
                    raise _Anew(_ALTERED)
            body = self._apply(cursor, row, changes, settled)
            killpoints.reach("provider.changes_applied")
            segment = self._chain.seal(cursor, new, SegmentKind.CHANGES, body, committed_at=changes.committed_at)
            killpoints.reach("provider.changes_sealed")
        self._chain.keep(new)
        self._chain.offer(new, segment)
        killpoints.reach("provider.changes_committed")
        self._capture.confirm(new.position)
        killpoints.reach("provider.position_confirmed")
        self._kept_at = time.monotonic()
        if changes.committed_at is not None:
            self._tell.lag_ms = max(0, int((clock.now() - changes.committed_at) / timedelta(milliseconds=1)))

    def _apply(self, cursor: Any, row: StreamRow, changes: Changes, settled: Settled | None) -> Body:
        """Write a settled run into the table; the body of its segment."""
        if settled is None or not settled.batch.num_rows:
            nothing, _ = decode_rows([], self.elements)
            return changes_body(
                truncated=changes.truncated,
                operations=pa.array([], pa.int8()),
                batch=nothing,
                elements=self.elements,
                filters=row.filters,
            )

        def encode(old: OldValues | None) -> Body:
            return changes_body(
                truncated=changes.truncated,
                operations=settled.operations,
                batch=settled.batch,
                elements=self.elements,
                filters=row.filters,
                old=old,
            )

        # During a load a new row may be in the table already, read a moment after it was written.
        fresh = settled.fresh if not row.loading else np.zeros(len(settled.fresh), dtype=np.bool_)
        if changes.truncated and not row.loading:
            fresh = np.ones(len(fresh), dtype=np.bool_) & (settled.operations.to_numpy() == 1)
        every = bool(fresh.all())
        beside = None
        if settled.batch.num_rows >= ENCODE_BESIDE and (not row.filters or every):
            beside = self._beside.submit(encode, None)
        inserted = False
        if fresh.any() and len(fresh) > SMALL_ROWS:
            part = settled.batch if every else settled.batch.filter(pa.array(fresh))
            inserted = self._exchange.insert(cursor, row.table, part)
        old = None
        if not (every and inserted):
            rest = np.flatnonzero(~fresh) if inserted else np.arange(len(fresh))
            take = pa.array(rest)
            whole = len(rest) == len(fresh)
            self._exchange.stage(
                cursor,
                settled.operations if whole else settled.operations.take(take),
                settled.batch if whole else settled.batch.take(take),
            )
            if row.filters:
                wanted = [spec for spec in self.elements if spec.code in row.filters]
                found, values = self._exchange.staged_rows(cursor, row.table, wanted)
                old = OldValues(rows=rest[found], batch=values)
            self._exchange.merge_stage(cursor, row.table)
        if beside is not None and (not row.filters or (every and inserted)):
            return beside.result()
        return encode(old)

    def _fetch(self, cursor: Any, keys: pa.RecordBatch) -> tuple[Any, pa.RecordBatch]:
        self._exchange.stage(cursor, pa.nulls(keys.num_rows, pa.int8()), keys)
        found = self._exchange.staged_rows(cursor, self._chain.current.table, self.elements)
        self._exchange.unstage(cursor)
        return found

    def _move_on(self, changes: Changes) -> None:
        """Nothing happened up to a position: note it now and then, so that the source need not keep its log for us."""
        row = self._chain.current
        new = replace(row)
        new.place(changes.place.position, changes.place.transaction, changes.place.done)
        self._tell.lag_ms = 0
        if row.loading or row.transaction or time.monotonic() - self._kept_at > 5:
            self._chain.note_alone(new)
            self._capture.confirm(new.position)
            self._kept_at = time.monotonic()

    # ---- loads for grants --------------------------------------------------------------------------------------------

    def _due_grants(self) -> dict[str, OpenGrant]:
        covered = self._chain.current.covered
        grants = self._grants or {}
        return {str(i): g for i, g in grants.items() if covered.get(str(i)) != self._cover(g)}

    def _cover(self, grant: OpenGrant) -> str:
        return cover(grant, self._since.get(grant.terms.grant_id, 0))

    def _filter_codes(self) -> list[str]:
        codes = {c.element for grant in (self._grants or {}).values() for c in grant.terms.conditions}
        return [spec.code for spec in self.elements if spec.code in codes]

    # ---- looking around and telling ----------------------------------------------------------------------------------

    def _look_around(self) -> int:
        """Stop if told to, watch the source, report; bytes of log the source keeps for us."""
        if self._stopping.is_set():
            raise _Stopped
        now = time.monotonic()
        retained = 0
        if now - self._watched_at >= WATCH_EVERY:
            self._watched_at = now
            footing = self._capture.footing()
            if not footing.position:
                raise _Anew(_LOST)
            self._tell.warn(footing.warnings)
            retained = footing.retained
        self._tell.now("loading" if self._chain.current.loading else "live", "", self._chain.row)
        return retained
