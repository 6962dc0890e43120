"""A provider's stream against real databases, and a receiver that verifies every segment and keeps what it says."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from gongxiang.node.describe import describe_table
from gongxiang.node.errors import Transient
from gongxiang.node.provider import ProviderStream
from gongxiang.protocol.batches import DELETE, KNOWN_OLD, OP, TRUNCATE, decode_batch, elements_of
from gongxiang.protocol.messages import Alarm, MappedColumn, Message, OpenGrant, OpenStream, StreamState
from gongxiang.protocol.segments import Segment, SegmentKind, open_segment
from gongxiang.protocol.signing import Algorithm, SoftwareKey, generate
from gongxiang.protocol.terms import Condition, ElementSpec, Terms
from gongxiang.protocol.types import texts


@dataclass(frozen=True)
class Head:
    epoch: int
    seq: int
    digest: str
    position: str = ""
    repeat: bool = False


@dataclass
class Receiver:
    """Stands for the gateway: checks chain and signature, and keeps the rows as a consumer would."""

    key: SoftwareKey
    segments: list[Segment] = field(default_factory=list)
    #: What everyone sees: key texts -> row texts.
    table: dict[tuple[str, ...], tuple[str | None, ...]] = field(default_factory=dict)
    loading: dict[tuple[str, ...], tuple[str | None, ...]] | None = None
    targeted: dict[str, dict[tuple[str, ...], tuple[str | None, ...]]] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    failing: Exception | None = None
    arrived: threading.Event = field(default_factory=threading.Event)
    times: list[float] = field(default_factory=list)

    def head(self, resource_id: UUID) -> Head | None:
        if self.failing:
            raise self.failing
        if not self.segments:
            return None
        last = self.segments[-1]
        return Head(last.header.epoch, last.header.seq, last.digest, last.header.position)

    def post_segment(self, resource_id: UUID, data: bytes) -> Head:
        if self.failing:
            raise self.failing
        segment = open_segment(data, self.key.public_key)
        header = segment.header
        if self.segments and header.seq <= self.segments[-1].header.seq:
            assert segment.digest == self.segments[header.seq - self.segments[0].header.seq].digest, "a fork of the chain"
            return Head(header.epoch, header.seq, segment.digest, repeat=True)
        if self.segments:
            assert header.seq == self.segments[-1].header.seq + 1
            assert header.prev_digest == self.segments[-1].digest
        self.take(segment)
        self.segments.append(segment)
        self.times.append(time.monotonic())
        self.arrived.set()
        return Head(header.epoch, header.seq, segment.digest)

    def take(self, segment: Segment) -> None:
        header = segment.header
        if header.kind is SegmentKind.BEGIN:
            if header.targets:
                for name in header.targets:
                    self.targeted[name] = {}
            else:
                self.loading = {}
        if header.kind is SegmentKind.LOAD_END:
            if header.targets:
                self.ended |= set(header.targets)
            else:
                assert self.loading is not None
                self.table, self.loading = self.loading, None
                self.ended.add("")
        if not segment.body:
            return
        batch = decode_batch(segment.body)
        batch.validate(full=True)
        assert header.rows == batch.num_rows
        specs = elements_of(batch.schema)
        tables: list[Any]
        if header.kind is SegmentKind.LOAD and header.targets:
            tables = [self.targeted[name] for name in header.targets]
        elif header.kind is SegmentKind.LOAD:
            tables = [self.loading]
        else:
            tables = [t for t in (self.table, self.loading, *self.targeted.values()) if t is not None]
        columns = [texts(batch.column(spec.code), spec).to_pylist() for spec in specs]
        keys = [index for index, spec in enumerate(specs) if spec.key]
        for row, operation in enumerate(batch.column(OP).to_pylist()):
            values = tuple(column[row] for column in columns)
            key = tuple(str(values[index]) for index in keys)
            for table in tables:
                if operation == TRUNCATE:
                    table.clear()
                elif operation == DELETE:
                    table.pop(key, None)
                else:
                    table[key] = values

    def changes(self) -> list[Any]:
        """All batches of changes so far."""
        return [decode_batch(s.body) for s in self.segments if s.header.kind is SegmentKind.CHANGES]


@dataclass
class Provider:
    """One table, one stream, one receiver."""

    source: str
    exchange: str
    home: Path
    table: str = "public.t"
    filters: Mapping[str, str] = field(default_factory=dict)
    resource_id: UUID = field(default_factory=uuid4)
    facts: list[Message] = field(default_factory=list)
    key: SoftwareKey = field(default_factory=lambda: generate(Algorithm.ED25519))
    schema_version: int = 1
    stream: ProviderStream | None = None

    def __post_init__(self) -> None:
        self.receiver = Receiver(self.key)
        self.columns: tuple[MappedColumn, ...] = ()

    def map(self, *only: str) -> None:
        """Map every column that can be carried, or only these."""
        found = describe_table(self.source, self.table)
        assert not found.problem, found.problem
        self.columns = tuple(
            MappedColumn(
                column=c.column,
                element=ElementSpec(
                    code=f"c{i}", type=c.type, key=c.key, nullable=c.nullable, precision=c.precision, scale=c.scale
                ),
            )
            for i, c in enumerate(found.columns)
            if c.type is not None and (not only or c.column in only)
        )

    def order(self) -> OpenStream:
        return OpenStream(
            resource_id=self.resource_id, resource_name="试验", node_id=UUID(int=1), source_table=self.table,
            exchange_table="r_test_000001", columns=self.columns, schema_version=self.schema_version,
        )  # fmt: skip

    def start(self, grants: Mapping[UUID, OpenGrant] | None = None) -> ProviderStream:
        if not self.columns:
            self.map()
        self.stream = ProviderStream(
            order=self.order(), source_dsn=self.source, exchange_dsn=self.exchange, client=self.receiver, signer=self.key,
            report=self.facts.append, home=self.home,
        )  # fmt: skip
        self.stream.set_grants(grants or {})
        self.stream.start()
        return self.stream

    def stop(self, *, drop: bool = False) -> None:
        if self.stream is not None:
            self.stream.stop(drop=drop)
            self.stream = None

    def grant(self, *conditions: Condition, revision: int = 1, grant_id: UUID | None = None) -> OpenGrant:
        terms = Terms(
            grant_id=grant_id or uuid4(), revision=revision, resource_id=self.resource_id, provider_id=UUID(int=2),
            consumer_id=UUID(int=3), elements=tuple(c.element.code for c in self.columns), conditions=conditions,
            valid_from=datetime(2026, 1, 1, tzinfo=UTC), valid_until=datetime(2036, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        return OpenGrant(terms=terms, provider_node_id=UUID(int=1), consumer_node_id=UUID(int=4), exchange_table="r")

    def sql(self, *statements: str) -> None:
        """Business writes, each committed by itself."""
        with psycopg.connect(self.source, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def rows(self, dsn: str | None = None, table: str | None = None) -> list[tuple[Any, ...]]:
        names = ", ".join(f'"{c.column}"' if dsn is None else f'"{c.element.code}"' for c in self.columns)
        with psycopg.connect(dsn or self.source) as connection:
            return connection.execute(f"SELECT row({names})::text FROM {table or self.table} ORDER BY 1").fetchall()

    def shared(self) -> list[tuple[Any, ...]]:
        return self.rows(self.exchange, "shared.r_test_000001")

    def state(self) -> str:
        assert self.stream is not None
        return str(self.stream.status()["state"])

    def alarms(self) -> list[str]:
        return [f.code for f in self.facts if isinstance(f, Alarm)]

    def states(self) -> list[str]:
        return [f.state for f in self.facts if isinstance(f, StreamState)]


def eventually(test: Callable[[], Any], *, within: float = 90.0, what: str = "") -> Any:
    """Wait until `test` is true."""
    until = time.monotonic() + within
    while True:
        found = test()
        if found:
            return found
        assert time.monotonic() < until, f"not within {within} s: {what}"
        time.sleep(0.02)


class Away(Transient):
    """The gateway is away."""


__all__ = ["KNOWN_OLD", "Away", "Provider", "Receiver", "eventually", "timedelta"]
