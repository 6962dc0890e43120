"""The present rows of resources that are served by interface, kept from their segments; never shown but through a policy.

Each state starts with a whole load and takes every change behind it, rows and place in one commit, so a crash repeats
nothing and loses nothing. A later load for everyone is built beside and takes the place of the earlier state when whole.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from gongxiang.gateway.book import Book
from gongxiang.gateway.database import Database
from gongxiang.gateway.store import Entry, SegmentStore
from gongxiang.protocol.batches import DELETE, OP, TRUNCATE, decode_batch, elements_of
from gongxiang.protocol.canonical import canonical, plain
from gongxiang.protocol.errors import DataPlaneError
from gongxiang.protocol.segments import Segment, SegmentKind
from gongxiang.protocol.services import LONGEST_VALUE, NOT_ASKED_BY
from gongxiang.protocol.terms import DataType, ElementSpec
from gongxiang.protocol.types import texts

#: Seconds between two looks at what was sealed meanwhile.
EVERY = 0.2
#: The newest whole load of which nothing is trimmed: its `begin` is followed by a `load_end` before any other `begin`.
_WHOLE = (
    "SELECT b.seq, b.targets FROM exchange.segments b JOIN exchange.streams s USING (resource_id)"
    " WHERE b.resource_id = %s AND b.kind = 'begin' AND (SELECT n.kind FROM exchange.segments n"
    "  WHERE n.resource_id = b.resource_id AND n.seq > b.seq AND n.kind IN ('begin', 'load_end') ORDER BY n.seq LIMIT 1)"
    "  = 'load_end' AND (SELECT count(*) FROM exchange.segments n WHERE n.resource_id = b.resource_id AND n.seq >= b.seq)"
    "  = s.seq - b.seq + 1 ORDER BY b.seq DESC LIMIT 1"
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class State:
    """Where one state stands."""

    resource_id: UUID
    begin_seq: int
    epoch: int
    elements: tuple[ElementSpec, ...]
    seq: int
    ready: bool


@dataclass(kw_only=True)
class Changes:
    """What a segment does to rows, the last word on each key; `cleared` comes before all of it."""

    cleared: bool = False
    rows: dict[bytes, tuple[str, list[int]] | None] = field(default_factory=dict, repr=False)


def token(resource_id: UUID, code: str, text: str) -> int:
    """A number for one value of one element of one resource: equal values agree, others nearly never do."""
    found = hashlib.sha256(canonical([str(resource_id), code, text])).digest()
    return int.from_bytes(found[:8], signed=True)


def changes_of(segment: Segment) -> Changes:
    """What a load or change segment does, computed in any thread."""
    batch = decode_batch(segment.body)
    specs = elements_of(batch.schema)
    resource_id = segment.header.stream_id
    columns = {spec.code: texts(batch.column(spec.code), spec).to_pylist() for spec in specs}
    keys = [spec.code for spec in specs if spec.key]
    asked_by = [spec.code for spec in specs if spec.type not in NOT_ASKED_BY]
    changes = Changes()
    for index, operation in enumerate(batch.column(OP).to_pylist()):
        if operation == TRUNCATE:
            changes = Changes(cleared=True)
            continue
        key = hashlib.sha256(canonical([columns[code][index] for code in keys])).digest()
        if operation == DELETE:
            changes.rows[key] = None
            continue
        row = {code: values[index] for code, values in columns.items()}
        tokens = {
            token(resource_id, code, text)
            for code in asked_by
            if (text := row[code]) is not None and len(text) <= LONGEST_VALUE
        }
        changes.rows[key] = json.dumps(row, ensure_ascii=True), sorted(tokens)
    return changes


def read_elements(text: str) -> tuple[ElementSpec, ...]:
    """The elements of a state as it was written."""
    return tuple(ElementSpec(**{**one, "type": DataType(one["type"])}) for one in json.loads(text))


async def needed_from(database: Database, resource_id: UUID) -> int:
    """The first sequence that a resource's states still need; the newest whole load while there is none."""
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT min(seq) + 1 FROM exchange.service_states WHERE resource_id = %s", [resource_id]
        )
        row = await cursor.fetchone()
        if row is not None and row[0] is not None:
            return int(row[0])
        row = await (await connection.execute(_WHOLE, [resource_id])).fetchone()
    return int(row[0]) if row else 0


class States:
    """Keeps the states of all resources that are served."""

    def __init__(self, database: Database, store: SegmentStore, book: Book) -> None:
        self._database, self._store, self._book = database, store, book
        #: Where each served resource's stream stood when all its states had taken everything.
        self._settled: dict[UUID, int] = {}

    async def keep_for_ever(self, ready: asyncio.Event) -> None:
        """Look again and again, once the orders are known."""
        await ready.wait()
        with contextlib.suppress(DataPlaneError):
            await self._drop_unserved()
        while True:
            for resource_id, seq in await self._moved():
                try:
                    await self.keep(resource_id)
                    self._settled[resource_id] = seq
                except DataPlaneError as error:
                    _log.warning("the rows of resource %s could not be kept: %s", resource_id, error.message)
                except Exception as error:
                    # One resource does not stand in the way of the others; without words, for Arrow's quote values.
                    _log.error("the rows of resource %s could not be kept: %s", resource_id, type(error).__name__)
            await asyncio.sleep(EVERY)

    async def _moved(self) -> list[tuple[UUID, int]]:
        served = self._book.served_resources()
        gone = self._settled.keys() - served
        try:
            if gone:
                await self._drop_unserved()
                for resource_id in gone:
                    del self._settled[resource_id]
            if not served:
                return []
            async with self._database.connection() as connection:
                cursor = await connection.execute(
                    "SELECT resource_id, seq FROM exchange.streams WHERE resource_id = ANY(%s)", [list(served)]
                )
                return [row for row in await cursor.fetchall() if self._settled.get(row[0]) != row[1]]
        except DataPlaneError:
            return []

    async def _drop_unserved(self) -> None:
        """Nothing is kept of a resource of which no grant is served any more."""
        served = list(self._book.served_resources())
        async with self._database.transaction() as connection:
            for table in ("service_states", "service_rows"):
                await connection.execute(
                    f"DELETE FROM exchange.{table} WHERE resource_id <> ALL(%s)",  # noqa: S608
                    [served],
                )

    async def keep(self, resource_id: UUID) -> None:
        """Start a state if there is a newer whole load, and bring all states of the resource forward."""
        known = await self._known(resource_id)
        async with self._database.connection() as connection:
            whole = await (await connection.execute(_WHOLE, [resource_id])).fetchone()
        # A load for some grants says nothing that the changes have not said.
        if whole is not None and (not known or (whole[0] > known[-1].begin_seq and not whole[1])):
            known.append(await self._start(resource_id, whole[0]))
        for state in known:
            await self._advance(state)

    async def _known(self, resource_id: UUID) -> list[State]:
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT resource_id, begin_seq, epoch, elements, seq, ready FROM exchange.service_states"
                " WHERE resource_id = %s ORDER BY begin_seq",
                [resource_id],
            )
            rows = await cursor.fetchall()
        return [
            State(resource_id=r[0], begin_seq=r[1], epoch=r[2], elements=read_elements(r[3]), seq=r[4], ready=r[5])
            for r in rows
        ]

    async def _start(self, resource_id: UUID, begin_seq: int) -> State:
        (begin,) = await self._store.read(resource_id, [begin_seq])
        elements = elements_of(decode_batch(begin.body).schema)
        written = canonical(plain(elements)).decode("utf-8")
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO exchange.service_states (resource_id, begin_seq, epoch, elements, seq, ready)"
                " VALUES (%s, %s, %s, %s, %s, false) ON CONFLICT DO NOTHING",
                [resource_id, begin_seq, begin.header.epoch, written, begin_seq],
            )
        (state,) = [one for one in await self._known(resource_id) if one.begin_seq == begin_seq]
        return state

    async def _advance(self, state: State) -> None:
        while entries := await self._store.entries(state.resource_id, state.seq):
            for entry in entries:
                if entry.seq != state.seq + 1:
                    _log.warning("the rows of resource %s lack segment %d and are built anew", state.resource_id, state.seq + 1)
                    await self._drop(state)
                    return
                moved = await self._step(state, entry)
                if moved is None:
                    return
                state = moved

    async def _step(self, state: State, entry: Entry) -> State | None:
        """The state after one segment; None where it cannot take it, because its elements are others or it is gone."""
        changes, ready = Changes(), state.ready
        if entry.kind in (SegmentKind.LOAD, SegmentKind.LOAD_END, SegmentKind.CHANGES):
            (segment,) = await self._store.read(state.resource_id, [entry.seq])
            own = segment.header.epoch == state.epoch
            if entry.kind is SegmentKind.LOAD_END:
                ready = ready or own
            elif entry.kind is SegmentKind.CHANGES or own:
                if await asyncio.to_thread(lambda: elements_of(decode_batch(segment.body).schema)) != state.elements:
                    return None
                changes = await asyncio.to_thread(changes_of, segment)
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "UPDATE exchange.service_states SET seq = %s, ready = %s"
                " WHERE resource_id = %s AND begin_seq = %s AND seq = %s",
                [entry.seq, ready, state.resource_id, state.begin_seq, state.seq],
            )
            if cursor.rowcount != 1:
                return None
            await _apply(connection, state, changes)
            if ready and not state.ready:
                await _forget(connection, state.resource_id, "begin_seq < %s", [state.begin_seq])
        return State(**{**vars(state), "seq": entry.seq, "ready": ready})

    async def _drop(self, state: State) -> None:
        async with self._database.transaction() as connection:
            await _forget(connection, state.resource_id, "begin_seq = %s", [state.begin_seq])


async def _apply(connection: Any, state: State, changes: Changes) -> None:
    place = [state.resource_id, state.begin_seq]
    if changes.cleared:
        await connection.execute("DELETE FROM exchange.service_rows WHERE resource_id = %s AND begin_seq = %s", place)
    gone = [key for key, row in changes.rows.items() if row is None]
    if gone:
        await connection.execute(
            "DELETE FROM exchange.service_rows WHERE resource_id = %s AND begin_seq = %s AND key = ANY(%s)", [*place, gone]
        )
    rows = [(*place, key, *row) for key, row in changes.rows.items() if row is not None]
    if rows:
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO exchange.service_rows (resource_id, begin_seq, key, body, tokens) VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT (resource_id, begin_seq, key) DO UPDATE SET body = excluded.body, tokens = excluded.tokens",
                rows,
            )


async def _forget(connection: Any, resource_id: UUID, which: str, values: list[Any]) -> None:
    for table in ("service_states", "service_rows"):
        await connection.execute(
            f"DELETE FROM exchange.{table} WHERE resource_id = %s AND {which}",  # noqa: S608
            [resource_id, *values],
        )
