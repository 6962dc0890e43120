"""Capture from PostgreSQL's log (15 or later) by pgoutput over the replication protocol; for `node.provider`.

Publishes the primary key and the catalogued columns only, without row filters, and never changes the replica identity: no
UPDATE or DELETE of the business can fail because of what is made here. A thread reads and groups messages; decoding is left
to whoever takes the group, a whole group at a time.
"""

import queue
import select
import struct
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
import psycopg2
import psycopg2.extras
import pyarrow as pa

from gongxiang.node import wire
from gongxiang.node.capture import Changes, Footing, Place
from gongxiang.node.describe import SourceTable, quote, quote_table, read_table, unfit_columns
from gongxiang.node.errors import DataPlaneError, SchemaDrift, SourceBusy, SourceDown, SourceUnfit, TableUnfit
from gongxiang.protocol import clock
from gongxiang.protocol.batches import DELETE, UPSERT
from gongxiang.protocol.messages import MappedColumn
from gongxiang.protocol.sentences import Sentence

#: A group is handed on at this size at the latest; sooner whenever nothing more is waiting.
GROUP_ROWS = 10_000
GROUP_BYTES = 4 << 20
#: Beyond this the slot is given up, so that the source's disk cannot fill because of us; a new epoch follows.
RETAINED_MOST = 8 << 30
RETAINED_ALARM = 1 << 30

_PG_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_BEGIN = struct.Struct(">qqi")
_COMMIT = struct.Struct(">bqqq")


def lsn_text(value: int) -> str:
    """`16/B374D848` for the number."""
    return f"{value >> 32:X}/{value & 0xFFFFFFFF:X}"


def lsn_number(text: str) -> int:
    """The number of an LSN's text; "" is 0."""
    if not text:
        return 0
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) | int(low, 16)


def slot_name(resource_id: UUID) -> str:
    """Name of slot and publication of a resource."""
    return f"gx_{resource_id.hex}"


@dataclass
class _Group:
    """Messages that wait to be decoded."""

    truncated: bool = False
    messages: list[bytes] = field(default_factory=list)
    place: Place = field(default_factory=lambda: Place(position=""))
    committed: int = 0


class LogCapture:
    """The stream of one table's changes from a logical replication slot."""

    def __init__(self, *, dsn: str, table: str, columns: Sequence[MappedColumn], name: str) -> None:
        self._dsn, self._table, self._columns, self._name = dsn, table, tuple(columns), name
        self._control: psycopg.Connection[Any] | None = None
        self._source: SourceTable | None = None
        self._reader: threading.Thread | None = None
        self._stopping = threading.Event()
        self._groups: queue.Queue[_Group | DataPlaneError] = queue.Queue(maxsize=2)
        self._confirmed = 0

    # ---- what the source needs ---------------------------------------------------------------------------------------

    def check(self) -> SourceTable:
        """Probe server, account and table; nothing is changed."""
        row = self._ask(
            "SELECT current_setting('wal_level'), current_setting('server_version_num')::int, "
            "current_setting('server_encoding'), rolreplication OR rolsuper, "
            "has_database_privilege(current_database(), 'CREATE'), "
            "(SELECT count(*) FROM pg_replication_slots WHERE slot_name <> %s) "
            "< current_setting('max_replication_slots')::int, "
            "(SELECT count(*) FROM pg_stat_replication) < current_setting('max_wal_senders')::int "
            "FROM pg_roles WHERE rolname = current_user",
            (self._name,),
        )
        level, version, encoding, may_replicate, may_create, slots_left, senders_left = row
        for fits, words in (
            (
                version >= 150000,
                Sentence("The source runs PostgreSQL {version}; the log needs 15 or later.", version=version // 10000),
            ),
            (level == "logical", Sentence("The source's wal_level is {level}. Set wal_level = logical.", level=level)),
            (
                encoding != "SQL_ASCII",
                Sentence("The source's encoding is SQL_ASCII: its texts are ambiguous. Convert it to UTF8."),
            ),
            (may_replicate, Sentence("The node's account may not replicate. ALTER ROLE … REPLICATION.")),
            (
                may_create or self._published(),
                Sentence("The node's account may not publish. GRANT CREATE ON DATABASE … TO it."),
            ),
            (slots_left, Sentence("The source has no replication slot left. Raise max_replication_slots and restart it.")),
            (senders_left, Sentence("The source has no WAL sender left. Raise max_wal_senders and restart it.")),
        ):  # fmt: skip
            if not fits:
                raise SourceUnfit(words)
        self._source = self._fitting()
        return self._source

    def _fitting(self) -> SourceTable:
        found: SourceTable | None = self._run(lambda connection: read_table(connection, self._table))
        if found is None:
            raise SchemaDrift(
                "Table {table} is gone from the source database (dropped, renamed, or no right to see it).", table=self._table
            )
        if found.problem:
            raise TableUnfit(found.problem)
        problems = unfit_columns(found, self._columns)
        if problems:
            raise SchemaDrift(Sentence.joined(*problems))
        return found

    def create(self) -> Footing:
        """Make publication and slot anew."""
        self.close()
        self._source = self._fitting()
        self._drop_slot()
        names = ", ".join(quote(c.column) for c in self._columns)
        if self._published() != {c.column for c in self._columns}:
            self._drop_publication()
            self._execute(
                f"CREATE PUBLICATION {self._name} FOR TABLE {quote_table(self._table)} ({names}) "
                "WITH (publish_via_partition_root = true)"
            )
        # A slot begins when every transaction that is open now has ended: longer than any lock of ours may be waited for, but
        # nobody waits for us meanwhile.
        self._execute("SET lock_timeout = '20s'")
        self._ask("SELECT lsn::text FROM pg_create_logical_replication_slot(%s, 'pgoutput')", (self._name,))
        self._execute("SET lock_timeout = '2s'")
        return self.footing()

    def footing(self) -> Footing:
        """Slot and publication as they are; raises SchemaDrift if the table no longer fits what was published."""
        found = self._fitting()
        if self._source is not None and found.oid != self._source.oid:
            raise SchemaDrift("Table {table} was dropped and made anew.", table=self._table)
        row = self._ask(
            "SELECT (SELECT system_identifier::text FROM pg_control_system()), current_database(), "
            "s.confirmed_flush_lsn::text, s.wal_status, "
            "coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint, "
            "current_setting('max_slot_wal_keep_size') "
            "FROM (VALUES (1)) one LEFT JOIN pg_replication_slots s ON s.slot_name = %s AND s.plugin = 'pgoutput'",
            (self._name,),
        )
        system, database, confirmed, status, retained, cap = row
        if confirmed is not None and self._published() is None:
            # Dropping a catalogued column by CASCADE takes the table out of the publication: changes are missing from then on.
            raise SchemaDrift(
                "Table {table} was taken out of the publication {name} (DROP … CASCADE, or by hand).",
                table=self._table,
                name=self._name,
            )
        warnings = {}
        if cap == "-1":
            warnings["wal_uncapped"] = Sentence(
                "The source has max_slot_wal_keep_size = -1: if this node stands still, the log may fill its disk. Set a "
                "limit, for instance 10GB, and reload the configuration."
            )
        if retained > RETAINED_ALARM:
            warnings["wal_retained"] = Sentence(
                "The source keeps {mebibytes} MiB of log for this stream.", mebibytes=retained >> 20
            )
        lost = confirmed is None or status == "lost" or retained > RETAINED_MOST
        return Footing(
            identity=f"{system}/{database}/{found.oid}",
            position="" if lost else confirmed,
            retained=retained,
            warnings=warnings,
        )

    def now(self) -> str:
        """The end of the log; at a page's beginning its header is not counted, since no record need follow it."""
        position = lsn_number(self._ask("SELECT pg_current_wal_insert_lsn()::text")[0])
        return lsn_text(position & ~0x1FFF if position & 0x1FFF in (24, 40) else position)

    def passed(self, position: str, mark: str) -> bool:
        """Compare two LSNs."""
        return lsn_number(position) >= lsn_number(mark)

    def drop(self) -> None:
        """Remove slot and publication, so that the source holds nothing for us."""
        self.close()
        try:
            self._drop_publication()
            self._drop_slot()
        finally:
            self.close()

    def _published(self) -> set[str] | None:
        row = self._ask(
            "SELECT (SELECT attnames::text[] FROM pg_publication_tables "
            "WHERE pubname = %s AND schemaname = %s AND tablename = %s)",
            (self._name, *self._names()),
        )
        return None if row[0] is None else set(row[0])

    def _names(self) -> tuple[str, str]:
        schema, dot, name = self._table.partition(".")
        return (schema, name) if dot else ("public", schema)

    def _drop_slot(self) -> None:
        for attempt in range(50):
            row = self._ask(
                "SELECT (SELECT coalesce(active_pid, 0) FROM pg_replication_slots WHERE slot_name = %s)", (self._name,)
            )
            if row[0] is None:
                return
            if row[0]:
                # A walsender of an earlier life of this node may not have noticed yet that its reader is gone.
                self._ask("SELECT pg_terminate_backend(%s)", (row[0],))
                time.sleep(0.02 * (attempt + 1))
                continue
            with suppress(psycopg.errors.ObjectInUse, psycopg.errors.UndefinedObject):
                self._ask("SELECT pg_drop_replication_slot(%s)", (self._name,))
        raise SourceDown("The replication slot {name} stays in use.", name=self._name)

    def _drop_publication(self) -> None:
        with suppress(psycopg.errors.InsufficientPrivilege):
            self._execute(f"DROP PUBLICATION IF EXISTS {self._name}")

    # ---- the control connection --------------------------------------------------------------------------------------

    def _run(self, work: Any) -> Any:
        try:
            if self._control is None or self._control.closed:
                self._control = psycopg.connect(self._dsn, connect_timeout=10, autocommit=True)
                self._control.execute("SET lock_timeout = '2s'; SET statement_timeout = '30s'")
            return work(self._control)
        except (psycopg.errors.ObjectInUse, psycopg.errors.UndefinedObject, psycopg.errors.InsufficientPrivilege):
            raise
        except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled) as error:
            if self._control is not None:
                self._control.execute("SET lock_timeout = '2s'")
            raise SourceBusy("The source database keeps us waiting: {said}", said=str(error).strip()) from error
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if self._control is not None:
                self._control.close()
                self._control = None
            raise SourceDown("The source database does not answer: {said}", said=str(error).strip()) from error
        except psycopg.Error as error:
            raise SourceUnfit("The source database refused: {said}", said=str(error).strip()) from error

    def _ask(self, query: str, values: Sequence[Any] = ()) -> Any:
        return self._run(lambda connection: connection.execute(query, values).fetchone())

    def _execute(self, statement: str) -> None:
        self._run(lambda connection: connection.execute(statement))

    # ---- reading -----------------------------------------------------------------------------------------------------

    def start(self, place: Place) -> None:
        """Begin to read after `place`, in a thread of its own."""
        if self._source is None:
            self._source = self._fitting()
        self.close(control=False)
        self._stopping = threading.Event()
        self._groups = queue.Queue(maxsize=2)
        self._confirmed = lsn_number(place.position)
        self._reader = threading.Thread(
            target=self._read, args=(place, self._groups, self._stopping), name=f"log {self._table}", daemon=True
        )
        self._reader.start()

    def next(self, timeout: float) -> Changes | None:
        """The next group, decoded."""
        try:
            group = self._groups.get(timeout=timeout) if timeout > 0 else self._groups.get_nowait()
        except queue.Empty:
            return None
        if isinstance(group, DataPlaneError):
            raise group
        return self._decode(group)

    def waiting(self) -> bool:
        """Whether a group is ready."""
        return not self._groups.empty()

    def confirm(self, position: str) -> None:
        """Told to the source by the reading thread within half a second."""
        self._confirmed = max(self._confirmed, lsn_number(position))

    def close(self, *, control: bool = True) -> None:
        """Stop reading; slot and publication stay."""
        self._stopping.set()
        if self._reader is not None:
            self._reader.join(timeout=10)
            self._reader = None
        if control and self._control is not None:
            self._control.close()
            self._control = None

    def _read(self, place: Place, groups: "queue.Queue[_Group | DataPlaneError]", stopping: threading.Event) -> None:
        failure: DataPlaneError | None = None
        try:
            connection = psycopg2.connect(
                self._dsn, connection_factory=psycopg2.extras.LogicalReplicationConnection, connect_timeout=10
            )
            try:
                _Reader(self, connection, groups, stopping, place).run()
            finally:
                connection.close()
        except psycopg2.Error as error:
            failure = SourceDown("The source database ended the stream: {said}", said=str(error).strip())
        except DataPlaneError as error:
            failure = error
        while failure is not None and not stopping.is_set():
            with suppress(queue.Full):
                groups.put(failure, timeout=0.2)
                return

    # ---- decoding ----------------------------------------------------------------------------------------------------

    def _decode(self, group: _Group) -> Changes:
        committed = _PG_EPOCH + timedelta(microseconds=group.committed) if group.committed else None
        if committed is not None:
            committed += timedelta(seconds=clock.offset_seconds())
        if not group.messages:
            return Changes(truncated=group.truncated, place=group.place, committed_at=committed)
        assert self._source is not None
        wide = len(self._columns)
        buffer, starts = wire.join(group.messages)
        kinds, marks = buffer[starts], buffer[starts + 5]
        fields, ends = wire.walk_tuples(buffer, starts + 6, wide)
        operations = np.where(kinds == 68, DELETE, UPSERT).astype(np.int8)
        moves = (kinds == 85) & (marks != 78)
        inserted, moved = kinds == 73, None
        if moves.any():
            # A key change becomes two rows: the old key is deleted, the new row written.
            after, _ = wire.walk_tuples(buffer, ends[moves] + 1, wide)
            rows = np.repeat(np.arange(len(starts)), np.where(moves, 2, 1))
            moved = np.zeros(len(rows), dtype=np.bool_)
            moved[1:] = (rows[1:] == rows[:-1]) & moves[rows[1:]]
            first = np.zeros(len(rows), dtype=np.bool_)
            first[:-1] = moved[1:]
            operations, inserted = operations[rows], inserted[rows]
            operations[first] = DELETE
            joined = []
            for old, new in zip(fields, after, strict=True):
                both = old.where(rows)
                both.at[moved], both.length[moved] = new.at, new.length
                joined.append(both)
            fields = joined
        numbers = sorted(self._source.column(c.column).number for c in self._columns)  # type: ignore[union-attr]
        place_of = {number: index for index, number in enumerate(numbers)}
        arrays, unchanged, bad = [], {}, {}
        for index, mapped in enumerate(self._columns):
            have = self._source.column(mapped.column)
            assert have is not None
            where = fields[place_of[have.number]]
            column = wire.decode(have.form, mapped.element, buffer, where)
            arrays.append(column.values)
            missing = where.length == wire.UNCHANGED
            if missing.any():
                unchanged[index] = missing
            if column.bad is not None:
                bad[index] = column.bad
        return Changes(
            truncated=group.truncated,
            operations=operations,
            inserted=inserted,
            batch=pa.RecordBatch.from_arrays(arrays, names=[c.element.code for c in self._columns]),
            unchanged=unchanged,
            bad=bad,
            moved=moved,
            place=group.place,
            committed_at=committed,
        )

    def expected_columns(self) -> list[tuple[str, int]]:
        """Name and type of each published column in the table's order, as the log announces them."""
        assert self._source is not None
        names = {c.column for c in self._columns}
        return [(c.column, c.type_id) for c in self._source.columns if c.column in names]


class _Reader:
    """The reading thread's work: from messages to groups; alone uses the replication connection."""

    def __init__(
        self,
        capture: LogCapture,
        connection: Any,
        groups: "queue.Queue[_Group | DataPlaneError]",
        stopping: threading.Event,
        place: Place,
    ) -> None:
        self._capture, self._connection, self._groups, self._stopping = capture, connection, groups, stopping
        self._cursor = connection.cursor()
        self._place = place
        self._group = _Group(place=place)
        self._bytes = 0
        self._told = 0
        self._told_at = 0.0
        self._ticked = lsn_number(place.position)
        #: Of the transaction being read: its commit's position and how many row changes were seen; 0 between transactions.
        self._transaction, self._seen, self._stamp = 0, 0, 0
        #: Whether a part of the transaction that ended last was handed on before its end.
        self._parted = False

    def run(self) -> None:
        """Read until told to stop."""
        cursor = self._cursor
        name = self._capture._name
        cursor.start_replication(
            slot_name=name,
            start_lsn=self._place.position or 0,
            options={"proto_version": "1", "publication_names": name, "binary": "true"},
            decode=False,
        )
        read, take = cursor.read_message, self._take
        while not self._stopping.is_set():
            message = read()
            if message is not None:
                take(message.payload)
                continue
            if not self._transaction:
                if self._group.messages or self._group.truncated or self._parted:
                    self._offer()
                else:
                    self._tick(cursor.wal_end or 0)
            self._tell(cursor)
            select.select([self._connection], [], [], 0.002 if self._group.messages and not self._transaction else 0.25)
        self._tell(cursor, force=True)

    def _take(self, payload: bytes) -> None:
        kind = payload[0]
        if kind in (73, 85, 68):  # I, U, D
            self._seen += 1
            if self._seen <= self._place.done and lsn_text(self._transaction) == self._place.transaction:
                return
            self._group.messages.append(payload)
            self._bytes += len(payload)
            if len(self._group.messages) >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
                self._mark_part()
                self._hand_on()
        elif kind == 66:  # B
            self._transaction, self._stamp, _ = _BEGIN.unpack_from(payload, 1)
            self._seen = 0
        elif kind == 67:  # C
            _, _, end, stamp = _COMMIT.unpack_from(payload, 1)
            self._transaction = 0
            self._group.place = Place(position=lsn_text(end))
            self._ticked = max(self._ticked, end)
            if self._group.messages or self._group.truncated:
                self._group.committed = stamp
        elif kind == 84:  # T
            self._seen += 1
            if self._seen <= self._place.done and lsn_text(self._transaction) == self._place.transaction:
                return
            self._group.messages.clear()
            self._bytes = 0
            self._group.truncated = True
        elif kind == 82:  # R
            self._check_relation(payload)

    def _mark_part(self) -> None:
        self._group.place = Place(position=self._group.place.position, transaction=lsn_text(self._transaction), done=self._seen)
        self._parted = True
        self._group.committed = self._stamp

    def _check_relation(self, payload: bytes) -> None:
        expected = self._capture.expected_columns()
        offset = payload.index(b"\x00", payload.index(b"\x00", 5) + 1) + 2
        (count,) = struct.unpack_from(">h", payload, offset)
        offset += 2
        found = []
        for _ in range(count):
            end = payload.index(b"\x00", offset + 1)
            found.append((payload[offset + 1 : end].decode("utf-8"), struct.unpack_from(">I", payload, end + 1)[0]))
            offset = end + 9
        if found != expected:
            if self._group.messages or self._group.truncated:
                if self._transaction:
                    self._mark_part()
                self._hand_on()
            before, after = {n for n, _ in expected}, {n for n, _ in found}
            gone, came = sorted(before - after), sorted(after - before)
            other = [n for n, t in found if n in before and (n, t) not in expected]
            words = [Sentence("The published columns of {table} changed.", table=self._capture._table)]
            words += [Sentence("Gone: {columns}.", columns=", ".join(gone))] if gone else []
            words += [Sentence("New: {columns}.", columns=", ".join(came))] if came else []
            words += [Sentence("Of another type: {columns}.", columns=", ".join(other))] if other else []
            words += [] if gone or came or other else [Sentence("They stand in another order.")]
            raise SchemaDrift(Sentence.joined(*words))

    def _offer(self) -> None:
        """Hand the group on if somebody is free for it; else let it grow."""
        with suppress(queue.Full):
            self._groups.put_nowait(self._group)
            self._next_group()
            self._parted = False

    def _hand_on(self) -> None:
        while not self._stopping.is_set():
            try:
                self._groups.put(self._group, timeout=5.0)
            except queue.Full:
                # The source ends a stream that says nothing for a minute.
                self._tell(self._cursor, force=True)
                continue
            self._next_group()
            return

    def _next_group(self) -> None:
        self._group = _Group(place=Place(position=self._group.place.position))
        self._bytes = 0

    def _tick(self, position: int) -> None:
        """Nothing of ours happened up to here: say so, that positions move on while the table is quiet."""
        if position > self._ticked and self._groups.empty():
            self._ticked = position
            self._group.place = Place(position=lsn_text(position))
            self._groups.put(self._group)
            self._next_group()

    def _tell(self, cursor: Any, *, force: bool = False) -> None:
        confirmed, now = self._capture._confirmed, time.monotonic()
        if force or (confirmed > self._told and now - self._told_at >= 0.5) or now - self._told_at >= 10:
            cursor.send_feedback(write_lsn=confirmed, flush_lsn=confirmed, apply_lsn=confirmed, force=True)
            self._told, self._told_at = confirmed, now
