"""The whole chain as real processes: a source database, two nodes enrolled by the command line, a gateway, a consumer's table.

The platform's part is played by signed orders (`tests.support.dataplane.Plane`); everything else is what runs in production.
"""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from gongxiang.gateway.enrolment import code_digest
from gongxiang.machine import certificate
from gongxiang.machine.processes import tied_to_parent
from gongxiang.protocol.messages import (
    AdmitNode,
    EndGrant,
    MappedColumn,
    OfferEnrolment,
    OpenGrant,
    OpenStream,
    Reconcile,
    ResumeGrant,
    SuspendGrant,
)
from gongxiang.protocol.terms import Condition, ElementSpec, Terms
from tests.support import databases
from tests.support.dataplane import ROOT, Plane, now


def until(condition: Callable[[], Any], seconds: float = 60.0, words: str | Callable[[], str] = "") -> Any:
    """The first true answer within some seconds."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not come about in {seconds} s {words if isinstance(words, str) else words()}")
        time.sleep(0.02)
    return found


@dataclass(kw_only=True)
class NodeProcess:
    """One front-end machine: its folder, its databases, its process."""

    plane: Plane
    name: str
    folder: Path
    exchange: databases.Database
    source: databases.Database | None = None
    #: Where the node reaches the gateway; a relay's port in tests that cut the network.
    gateway_port: int = 0
    node_id: uuid.UUID = field(default_factory=uuid.uuid4)
    department_id: uuid.UUID = field(default_factory=uuid.uuid4)
    process: "subprocess.Popen[bytes] | None" = None
    environment: dict[str, str] = field(default_factory=dict)
    #: Further sections of its configuration.
    sections: str = ""

    @property
    def config(self) -> Path:
        """Its TOML file."""
        return self.folder / "node.toml"

    @property
    def home(self) -> Path:
        """Its home directory."""
        return self.folder / "home"

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / "node.log"

    def configure(self, fingerprint: str = "") -> None:
        """Write the configuration."""
        self.folder.mkdir(parents=True, exist_ok=True)
        fingerprint = fingerprint or certificate.fingerprint(databases.test_home().keys)
        port = self.gateway_port or self.plane.port + 3
        source = f'[source]\ndsn = "{self.source.url}"\n' if self.source else ""
        self.config.write_text(
            f'[node]\nname = "{self.name}"\nhome = "home"\n[gateway]\nurl = "https://127.0.0.1:{port}"\n'
            f'fingerprint = "{fingerprint}"\n{source}[exchange]\ndsn = "{self.exchange.url}"\n{self.sections}',
            encoding="utf-8",
        )

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`gongxiang node WORDS --config FILE`."""
        return subprocess.run(
            [sys.executable, "-m", "gongxiang.cli", "node", *words, "--config", str(self.config)],
            env=self._environment(), cwd=ROOT, capture_output=True, text=True, timeout=180,
        )  # fmt: skip

    def offer(self, code: str, *, minutes: float = 10) -> None:
        """Let the platform offer an enrolment."""
        order = OfferEnrolment(
            node_id=self.node_id, node_name=self.name, department_id=self.department_id, code_digest=code_digest(code),
            expires_at=now() + timedelta(minutes=minutes),
        )  # fmt: skip
        self.plane.order(order)

    def enrol(self) -> None:
        """Enrol by the command line, and be admitted."""
        self.configure()
        code = uuid.uuid4().hex
        self.offer(code)
        until(lambda: self.command("enroll", "--code", code).returncode == 0, words=f"enrolment of {self.name}")
        key = self.plane.wait_for_fact("node_enrolled", node_id=str(self.node_id))["public_key"]
        self.plane.order(AdmitNode(node_id=self.node_id, department_id=self.department_id, public_key=key))

    def start(self, **more: str) -> None:
        """Run it; its words go to its log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gongxiang.cli", "node", "run", "--config", str(self.config)],
                env=self._environment() | more, cwd=ROOT, stdout=log, stderr=log, preexec_fn=tied_to_parent(signal.SIGKILL),
            )  # fmt: skip

    def stop(self, how: int = signal.SIGTERM) -> int:
        """End it; its exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(60)

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None

    def status(self) -> dict[str, Any]:
        """Its status file."""
        try:
            value: dict[str, Any] = json.loads((self.home / "status.json").read_text())
        except FileNotFoundError:
            return {}
        return value

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "GONGXIANG_PROFILE": "test", **self.environment}


@dataclass(kw_only=True)
class Resource:
    """A source table shared as a resource."""

    chain: "Chain"
    table: str
    elements: tuple[ElementSpec, ...]
    resource_id: uuid.UUID = field(default_factory=uuid.uuid4)
    exchange_table: str = "r_150626_000001"

    def open(self) -> None:
        """Order the provider's node to capture it."""
        columns = tuple(MappedColumn(column=spec.code, element=spec) for spec in self.elements)
        provider = self.chain.provider
        order = OpenStream(
            resource_id=self.resource_id, resource_name=self.table, node_id=provider.node_id,
            source_table=f"public.{self.table}", exchange_table=self.exchange_table, columns=columns, schema_version=1,
        )  # fmt: skip
        self.chain.plane.order(order, provider.node_id)


@dataclass(kw_only=True)
class Grant:
    """One grant of a resource to the consumer."""

    resource: Resource
    table: str
    grant_id: uuid.UUID = field(default_factory=uuid.uuid4)
    revision: int = 0
    terms: Terms | None = None

    @property
    def chain(self) -> "Chain":
        """The chain it belongs to."""
        return self.resource.chain

    def open(self, elements: tuple[str, ...], conditions: tuple[Condition, ...] = (), **more: Any) -> None:
        """Order the next revision."""
        self.revision += 1
        chain, at = self.chain, now()
        self.terms = Terms(
            grant_id=self.grant_id, revision=self.revision, resource_id=self.resource.resource_id,
            provider_id=chain.provider.department_id, consumer_id=chain.consumer.department_id, elements=elements,
            conditions=conditions, valid_from=at - timedelta(days=1), valid_until=at + timedelta(days=30), **more,
        )  # fmt: skip
        order = OpenGrant(
            terms=self.terms, provider_node_id=chain.provider.node_id, consumer_node_id=chain.consumer.node_id,
            exchange_table=self.table, resource_name=self.resource.table,
        )  # fmt: skip
        chain.plane.order(order, chain.provider.node_id, chain.consumer.node_id)

    def _both(self, order: Any) -> None:
        chain = self.chain
        chain.plane.order(order, chain.provider.node_id, chain.consumer.node_id)

    def suspend(self, reason: str = "misuse") -> None:
        """Close the valve."""
        self._both(SuspendGrant(grant_id=self.grant_id, reason=reason))

    def resume(self) -> None:
        """Open it again."""
        self._both(ResumeGrant(grant_id=self.grant_id))

    def end(self, reason: str = "its period is over") -> None:
        """End it."""
        self._both(EndGrant(grant_id=self.grant_id, reason=reason))

    def reconcile(self, seconds: float = 120) -> dict[str, Any]:
        """Have it reconciled; the outcome."""
        request_id = uuid.uuid4()
        self._both(Reconcile(request_id=request_id, grant_id=self.grant_id, salt=uuid.uuid4().hex))
        return self.chain.plane.wait_for_fact("reconciled", seconds, request_id=str(request_id))

    def rows(self, order: str = "1") -> list[tuple[Any, ...]]:
        """What the consumer sees; nothing while there is no table."""
        return self.chain.received(self.table, order)

    def state(self) -> str:
        """The flow's state as last reported."""
        facts = [f for f in self.chain.plane.facts("flow_state") if f["grant_id"] == str(self.grant_id)]
        return str(facts[-1]["state"]) if facts else ""


@dataclass(kw_only=True)
class Chain:
    """A gateway and two nodes."""

    plane: Plane
    provider: NodeProcess
    consumer: NodeProcess

    def source(self, statement: str, *values: Any) -> None:
        """A write of the business."""
        assert self.provider.source is not None
        with psycopg.connect(self.provider.source.url, autocommit=True) as connection:
            connection.execute(statement.encode(), values or None)

    def received(self, table: str, order: str = "1") -> list[tuple[Any, ...]]:
        """Rows of a received table."""
        with psycopg.connect(self.consumer.exchange.url, autocommit=True) as connection:
            try:
                return connection.execute(f'SELECT * FROM received."{table}" ORDER BY {order}'.encode()).fetchall()
            except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
                return []

    def share(self, table: str, elements: tuple[ElementSpec, ...], **more: Any) -> Resource:
        """Open a stream of a source table."""
        resource = Resource(chain=self, table=table, elements=elements, **more)
        resource.open()
        return resource

    def words(self) -> str:
        """What the nodes said, for a failing test."""
        return "\n".join(
            node.log.read_text(errors="replace")[-4000:] for node in (self.provider, self.consumer) if node.log.exists()
        )


@contextmanager
def running_chain(plane: Plane, folder: Path, *, start: bool = True) -> Iterator[Chain]:
    """Two enrolled nodes at a gateway, with databases of their own."""
    made = [databases.create_empty() for _ in range(3)]
    provider = NodeProcess(plane=plane, name="provider", folder=folder / "provider", source=made[0], exchange=made[1])
    provider.sections = '[files]\nfolder = "files"\n'
    consumer = NodeProcess(plane=plane, name="consumer", folder=folder / "consumer", exchange=made[2])
    try:
        for node in (provider, consumer):
            node.enrol()
            if start:
                node.start()
        yield Chain(plane=plane, provider=provider, consumer=consumer)
    finally:
        for node in (provider, consumer):
            node.stop(signal.SIGKILL)
        drop_slots(made[0])
        for database in made:
            databases.drop(database)


def drop_slots(database: databases.Database) -> None:
    """Let replication slots of a database go, so that it can be dropped."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        for _ in range(50):
            rows = connection.execute(
                "SELECT slot_name, active_pid FROM pg_replication_slots WHERE database = current_database()"
            ).fetchall()
            if not rows:
                return
            for name, pid in rows:
                if pid is None:
                    connection.execute("SELECT pg_drop_replication_slot(%s)", (name,))
                else:
                    connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
            time.sleep(0.1)
