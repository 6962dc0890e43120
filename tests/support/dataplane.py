"""A real gateway process and nodes that speak to it over TLS, with the platform's part played by signed orders."""

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa

from gongxiang.gateway.enrolment import code_digest
from gongxiang.machine.processes import free_ports, tied_to_parent
from gongxiang.protocol.batches import OP, UPSERT, batch_schema, decode_batch, encode_batch
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.messages import (
    AdmitNode,
    Lease,
    MappedColumn,
    Message,
    OfferEnrolment,
    OpenGrant,
    OpenStream,
    order_bytes,
)
from gongxiang.protocol.receipts import Receipt
from gongxiang.protocol.requests import sign_request
from gongxiang.protocol.segments import Segment, SegmentHeader, SegmentKind, open_segments, seal_segment
from gongxiang.protocol.signing import SoftwareKey, generate
from gongxiang.protocol.terms import DataType, ElementSpec, Terms
from tests.support import databases

ROOT = Path(__file__).resolve().parents[2]
ELEMENTS = (
    ElementSpec(code="code", type=DataType.TEXT, key=True, nullable=False),
    ElementSpec(code="name", type=DataType.TEXT),
    ElementSpec(code="level", type=DataType.INTEGER),
)


def write_order(connection: psycopg.Connection, order: Message, node_ids: Iterable[uuid.UUID], signer: SoftwareKey) -> int:
    """Sign an order and write it, without a commit; gives its number."""
    body, at = canonical(order.to_json()).decode(), now()
    row = connection.execute("SELECT nextval('link.orders_id_seq')").fetchone()
    signature = signer.sign(order_bytes(number=row[0], issued_at=at, body=body))
    connection.execute(
        "INSERT INTO link.orders (id, kind, node_ids, issued_at, body, key_id, signature) OVERRIDING SYSTEM VALUE"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [row[0], order.kind, list(node_ids), at, body, signer.key_id, signature],
    )
    return int(row[0])


@dataclass(kw_only=True)
class Plane:
    """One gateway process, its database and the platform's signature."""

    database: databases.Database
    port: int
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    last_order: int = 0
    nodes: "list[Node]" = field(default_factory=list)

    # ---- the process ----------------------------------------------------------------------------------------------------

    def start(self, **more: str) -> None:
        """Start the gateway and wait until it has read its orders."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gongxiang.gateway.app"],
            env={**self.environment, **more},
            cwd=ROOT,
            preexec_fn=tied_to_parent(signal.SIGKILL),
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if self.people("GET", "health")[1]["status"] == "ok":
                    return
            except OSError:
                pass
            assert self.process.poll() is None, f"the gateway ended: {self.process.returncode}"
            time.sleep(0.05)
        raise AssertionError("the gateway did not get ready")

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End the gateway."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)
        for node in self.nodes:
            node.hang_up()

    # ---- the platform ---------------------------------------------------------------------------------------------------

    def order(self, order: Message, *node_ids: uuid.UUID, key: SoftwareKey | None = None) -> int:
        """Issue an order as the site does; gives its number."""
        signer = key or Keyring.from_environment().signer("platform")
        with psycopg.connect(self.database.url_for("gx_site")) as connection:
            self.last_order = write_order(connection, order, node_ids, signer)
        return self.last_order

    def lease(self, seconds: float = 900) -> None:
        """Confirm all orders for so long."""
        until = now() + timedelta(seconds=seconds)
        self.order(Lease(order_id=self.last_order, valid_until=until, root_size=0, root=""))

    def facts(self, kind: str = "") -> list[dict[str, Any]]:
        """The facts so far, of one kind."""
        with psycopg.connect(self.database.url) as connection:
            rows = connection.execute("SELECT body FROM link.facts WHERE %s IN ('', kind) ORDER BY id", [kind]).fetchall()
        return [json.loads(row[0]) for row in rows]

    def wait_for_fact(self, kind: str, seconds: float = 30, **parts: Any) -> dict[str, Any]:
        """The first fact of a kind with these parts."""
        deadline = time.monotonic() + seconds
        while True:
            for fact in self.facts(kind):
                if all(fact[name] == value for name, value in parts.items()):
                    return fact
            assert time.monotonic() < deadline, f"no {kind} with {parts} among {self.facts()}"
            time.sleep(0.02)

    # ---- doors ----------------------------------------------------------------------------------------------------------

    def people(self, method: str, path: str) -> tuple[int, Any]:
        """A call at the people's door."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port + 2, timeout=60)
        try:
            connection.request(method, f"/x/v1/{path}")
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def node(self, *, admitted: bool = True) -> "Node":
        """A node, enrolled by code and admitted."""
        node = Node(plane=self, node_id=uuid.uuid4(), department_id=uuid.uuid4(), key=generate())
        self.nodes.append(node)
        code = uuid.uuid4().hex
        self.order(
            OfferEnrolment(
                node_id=node.node_id, node_name="front-end", department_id=node.department_id,
                code_digest=code_digest(code), expires_at=now() + timedelta(minutes=10),
            )
        )  # fmt: skip
        status, _, value = eventually(lambda: node.enrol(code), lambda got: got[0] == 200)
        assert status == 200, value
        if admitted:
            self.order(AdmitNode(node_id=node.node_id, department_id=node.department_id, public_key=node.key.public_key))
            path = f"streams/{uuid.uuid4()}/head"
            eventually(lambda: node.call("GET", path)[2]["error"]["code"], lambda code: code != "node_not_admitted")
        return node

    def flow(self, provider: "Node", consumer: "Node", **terms: Any) -> "Flow":
        """A stream and a grant on it, open at the gateway."""
        flow = Flow(plane=self, provider=provider, consumer=consumer, resource_id=uuid.uuid4())
        flow.open_stream()
        flow.open_grant(**terms)
        return flow


@dataclass(kw_only=True)
class Node:
    """A front-end machine's identity and its calls."""

    plane: Plane
    node_id: uuid.UUID
    department_id: uuid.UUID
    key: SoftwareKey
    connection: http.client.HTTPSConnection | None = None

    def raw(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        """A call with these headers; JSON is read."""
        if self.connection is None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.connection = http.client.HTTPSConnection("127.0.0.1", self.plane.port + 3, timeout=60, context=context)
        try:
            self.connection.request(method, f"/x/v1/{path}", body=body or None, headers=headers or {})
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.hang_up()
            raise
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, json.loads(content) if found["content-type"] == "application/json" else content

    def hang_up(self) -> None:
        """Close the connection; the next call opens one."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def call(self, method: str, path: str, body: bytes = b"", **how: Any) -> tuple[int, dict[str, str], Any]:
        """A signed call."""
        how = {"at": now(), "node_id": self.node_id, "signer": self.key, **how}
        return self.raw(method, path, body, sign_request(method=method, path=f"/x/v1/{path}", body=body, **how))

    def enrol(self, code: str) -> tuple[int, dict[str, str], Any]:
        """Use a code."""
        body = {"code": code, "public_key": self.key.public_key, "host": "h", "software": "test"}
        return self.raw_enrol(canonical(body))

    def raw_enrol(self, body: bytes) -> tuple[int, dict[str, str], Any]:
        """Enrol with this body; waits as the gateway advises, for all nodes of a test come from one address."""
        return eventually(lambda: self.raw("POST", "enrol", body), lambda got: got[0] != 429)


@dataclass(kw_only=True)
class Flow:
    """One resource's stream and one grant on it; seals what a provider's node would."""

    plane: Plane
    provider: Node
    consumer: Node
    resource_id: uuid.UUID
    grant_id: uuid.UUID = field(default_factory=uuid.uuid4)
    schema_version: int = 1
    revision: int = 0
    epoch: int = 0
    seq: int = 0
    digest: str = ""

    def open_stream(self, elements: tuple[ElementSpec, ...] = ELEMENTS) -> None:
        """Order the provider's node to capture."""
        columns = tuple(MappedColumn(column=spec.code, element=spec) for spec in elements)
        order = OpenStream(
            resource_id=self.resource_id, resource_name="areas", node_id=self.provider.node_id, source_table="public.areas",
            exchange_table="r_1", columns=columns, schema_version=self.schema_version,
        )  # fmt: skip
        self.plane.order(order, self.provider.node_id)

    def terms(self, **more: Any) -> Terms:
        """Terms of the next revision."""
        at = now()
        values: dict[str, Any] = {
            "grant_id": self.grant_id, "revision": self.revision, "resource_id": self.resource_id,
            "provider_id": self.provider.department_id, "consumer_id": self.consumer.department_id,
            "elements": ("code", "name"), "valid_from": at - timedelta(days=1), "valid_until": at + timedelta(days=1),
        }  # fmt: skip
        return Terms(**values | more)

    def open_grant(self, **terms: Any) -> None:
        """Order the next revision of the grant; waits until the gateway knows it."""
        self.revision += 1
        order = OpenGrant(
            terms=self.terms(**terms), provider_node_id=self.provider.node_id, consumer_node_id=self.consumer.node_id,
            exchange_table="r_1",
        )  # fmt: skip
        number = self.plane.order(order, self.provider.node_id, self.consumer.node_id)
        eventually(
            lambda: [o["id"] for o in self.consumer.call("GET", "orders?after=0")[2]["orders"]], lambda ids: number in ids
        )

    def seal(
        self, kind: SegmentKind, rows: list[dict[str, Any]] | None = None, *, old: tuple[str, ...] = (), **header: Any
    ) -> Segment:
        """The next segment, not yet sent."""
        schema = batch_schema(header.pop("elements", ELEMENTS), old)
        full = [{OP: UPSERT, **row} for row in rows or ()]
        return self.seal_batch(kind, pa.RecordBatch.from_pylist(full, schema=schema), **header)

    def seal_batch(self, kind: SegmentKind, batch: Any, **header: Any) -> Segment:
        """As `seal`, of a batch."""
        values: dict[str, Any] = {
            "stream_id": self.resource_id, "schema_version": self.schema_version, "seq": self.seq + 1, "kind": kind,
            "epoch": self.epoch + (kind is SegmentKind.BEGIN), "position": f"0/{self.seq + 1:X}", "rows": batch.num_rows,
            "upserts": batch.num_rows, "committed_at": now() if kind is SegmentKind.CHANGES else None,
            "prev_digest": self.digest,
        }  # fmt: skip
        signer = header.pop("signer", self.provider.key)
        return seal_segment(SegmentHeader(**values | header), encode_batch(batch), signer)

    def send(self, segment: Segment) -> tuple[int, dict[str, str], Any]:
        """Send it; the chain moves on if it was taken."""
        answer = self.provider.call("POST", f"streams/{self.resource_id}/segments", segment.data())
        if answer[0] == 200 and not answer[2]["repeat"]:
            self.epoch, self.seq, self.digest = segment.header.epoch, segment.header.seq, segment.digest
        return answer

    def push(self, kind: SegmentKind, rows: list[dict[str, Any]] | None = None, **how: Any) -> Segment:
        """Seal and send; it must be taken."""
        segment = self.seal(kind, rows, **how)
        status, _, value = self.send(segment)
        assert status == 200, value
        return segment

    def load(self, *rows: dict[str, Any], targets: tuple[str, ...] = ()) -> None:
        """A whole load epoch."""
        self.push(SegmentKind.BEGIN, targets=targets)
        self.push(SegmentKind.LOAD, list(rows), targets=targets)
        self.push(SegmentKind.LOAD_END, targets=targets)

    def pull(
        self, after: int = 0, epoch: int = 0, wait: float = 0.0, max_bytes: int = 1 << 22
    ) -> tuple[int, dict[str, str], Any]:
        """What the consumer's node gets; segments are verified."""
        path = f"grants/{self.grant_id}/segments?after={after}&epoch={epoch}&wait={wait}&max_bytes={max_bytes}"
        status, headers, value = self.consumer.call("GET", path)
        if status == 200:
            gateway_key = Keyring.from_environment().public_key("gateway")
            value = list(open_segments(value, gateway_key))
        return status, headers, value

    def rows(self, segments: list[Segment]) -> list[dict[str, Any]]:
        """All rows in segments."""
        return [row for segment in segments for row in decode_batch(segment.body).to_pylist()]

    def receipt(self, segment: Segment, **more: Any) -> tuple[int, dict[str, str], Any]:
        """Give a receipt for a segment."""
        values: dict[str, Any] = {
            "grant_id": self.grant_id, "revision": self.revision, "epoch": segment.header.epoch, "seq": segment.header.seq,
            "upserts": 1, "deletes": 0, "rows_in_table": 1, "lag_ms": 3, "digest": segment.digest, "at": now(),
        }  # fmt: skip
        signer = more.pop("signer", self.consumer.key)
        receipt = Receipt(**values | more).signed(signer)
        return self.consumer.call("POST", f"grants/{self.grant_id}/receipts", canonical(receipt))


@contextmanager
def running_plane(database: databases.Database, folder: Path, **more: str) -> Iterator[Plane]:
    """A gateway on a fresh database, with a lease."""
    port = free_ports(5)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "GONGXIANG_PORT": str(port),
        "GONGXIANG_GATEWAY_DATABASE_URL": database.url_for("gx_gateway"),
        "GONGXIANG_OBJECT_STORE": str(folder / "objects"),
        **more,
    }
    plane = Plane(database=database, port=port, environment=environment)
    plane.lease()
    plane.start()
    try:
        yield plane
    finally:
        plane.stop(signal.SIGKILL)


def now() -> datetime:
    """The machine's time; these tests do not move the product's clock."""
    return datetime.now(UTC)


def eventually(ask: Any, good: Any, seconds: float = 90.0) -> Any:
    """The first good answer within some seconds."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if good(answer):
            return answer
        assert time.monotonic() < deadline, answer
        time.sleep(0.02)
