"""Everything a fault run needs, as real processes on servers of its own: two PostgreSQL servers, gateway, worker, two nodes.

The harness plays the supervisor (what was killed is started again) and the platform's officers (orders); programs, databases,
keys and certificates are real.
"""

import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from gongxiang.machine.migrate import make_database
from gongxiang.machine.postgres import Server
from gongxiang.machine.processes import free_ports, tied_to_parent
from gongxiang.protocol.disposal import DestroyTable
from gongxiang.protocol.messages import CloseStream
from gongxiang.protocol.segments import SegmentKind
from gongxiang.protocol.terms import Comparison, Condition, DataType, ElementSpec, Mask, MaskKind
from tests.faults.relay import Relay
from tests.faults.writer import CREATE, Writer
from tests.support import databases
from tests.support.chain import Chain, Grant, NodeProcess, Resource, until
from tests.support.dataplane import ROOT, Plane, running_plane

ELEMENTS = (
    ElementSpec(code="id", type=DataType.TEXT, key=True, nullable=False),
    ElementSpec(code="name", type=DataType.TEXT),
    ElementSpec(code="phone", type=DataType.TEXT),
    ElementSpec(code="area", type=DataType.TEXT, nullable=False),
    ElementSpec(code="amount", type=DataType.DECIMAL, precision=20, scale=2),
    ElementSpec(code="note", type=DataType.TEXT),
    ElementSpec(code="at", type=DataType.INSTANT, nullable=False),
)
WHOLE = tuple(spec.code for spec in ELEMENTS)
#: Seconds after which something that has to come about is held not to: far more than a loaded, slow machine needs.
PATIENCE = 240.0
#: The programs that a row passes.
SIDES = ("provider", "consumer", "gateway")
ONLY_A = (Condition(element="area", operator=Comparison.EQ, values=("A",)),)
MASKS = {"id": Mask(kind=MaskKind.KEEP, prefix=3), "phone": Mask(kind=MaskKind.KEEP, prefix=3, suffix=2)}


def kill_points() -> list[str]:
    """Every named place on a row's way through node, gateway and node; files and the worker's letters have their own tests."""
    names: set[str] = set()
    for path in sorted((ROOT / "src" / "gongxiang").glob("**/*.py")):
        for name in re.findall(r'killpoints\.reach\(\s*f?"([^"]+)"', path.read_text("utf-8")):
            names |= {name.replace("{kind}", kind) for kind in SegmentKind} if "{kind}" in name else {name}
        # Two names in one call: the last rows and the others.
        for one, other in re.findall(r'killpoints\.reach\("([^"]+)" if [^"]+ else "([^"]+)"\)', path.read_text("utf-8")):
            names |= {one, other}
    return sorted(n for n in names if n.partition(".")[0] in SIDES and not n.startswith("gateway.file_"))


@dataclass(kw_only=True)
class Mortal:
    """One program that is killed and started again."""

    name: str
    process: Callable[[], "subprocess.Popen[bytes] | None"]
    start: Callable[..., Any]

    def kill(self) -> None:
        """`kill -9`, its children with it where it leads a group of its own."""
        process = self.process()
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait(60)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        process = self.process()
        return process is not None and process.poll() is None


@dataclass(kw_only=True)
class World:
    """The running whole."""

    chain: Chain
    business: Server
    house: Server
    relay: Relay
    writer: Writer
    resource: Resource
    grants: list[Grant]
    folder: Path
    worker: "subprocess.Popen[bytes] | None" = None
    kills: dict[str, int] = field(default_factory=dict)
    mortals: dict[str, Mortal] = field(default_factory=dict)

    @property
    def plane(self) -> Plane:
        """The gateway and the platform's orders."""
        return self.chain.plane

    def start_worker(self, **more: str) -> None:
        """Run the platform's worker."""
        environment = {
            **self.plane.environment,
            "GONGXIANG_DATABASE_URL": self.plane.database.url,
            "GONGXIANG_SITE_DATABASE_URL": self.plane.database.url_for("gx_site"),
            **more,
        }
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "gongxiang.cli", "worker"], env=environment, cwd=ROOT, stdout=log, stderr=log,
                preexec_fn=tied_to_parent(signal.SIGKILL),
            )  # fmt: skip

    def start_gateway(self, **more: str) -> None:
        """Run the gateway; while its database is down it cannot get ready, and is waited for later."""
        plane = self.plane
        with (self.folder / "gateway.log").open("ab") as log:
            plane.process = subprocess.Popen(
                [sys.executable, "-m", "gongxiang.gateway.app"], env={**plane.environment, **more}, cwd=ROOT,
                stdout=log, stderr=log, preexec_fn=tied_to_parent(signal.SIGKILL),
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """Kill one program and start it again, as the supervisor would."""
        mortal = self.mortals[name]
        mortal.kill()
        self.kills[name] = self.kills.get(name, 0) + 1
        mortal.start()

    def supervise(self) -> list[str]:
        """Start again what died by itself; their names."""
        dead = [mortal for mortal in self.mortals.values() if not mortal.alive]
        for mortal in dead:
            mortal.start()
        return [mortal.name for mortal in dead]

    def kill_at(self, point: str, stimulus: Callable[[], None], seconds: float = PATIENCE) -> bool:
        """Let the program that knows this place die there; whether it came there in time."""
        mortal = self.mortals[point.partition(".")[0]]
        mortal.kill()
        mortal.start(GONGXIANG_KILL_AT=point)
        stimulus()
        with contextlib.suppress(AssertionError):
            until(lambda: not mortal.alive, seconds)
        reached = not mortal.alive
        if reached:
            self.kills[point] = self.kills.get(point, 0) + 1
        else:
            mortal.kill()
        mortal.start()
        return reached

    # ---- what must be true at the end -----------------------------------------------------------------------------------

    def arrived(self, grant: Grant) -> bool:
        """Whether the consumer has just what it should have; what died by itself meanwhile is started again."""
        self.supervise()
        try:
            return self.differences(grant) == ([], [])
        except psycopg.OperationalError:
            return False  # a server that is coming back

    def check(self, seconds: float = PATIENCE) -> None:
        """Stop the business, let everything arrive, compare; then compare again with the product's own digests."""
        self.writer.pause()
        assert self.writer.failed == [], self.writer.failed[:3]
        for grant in self.grants:
            try:
                until(lambda grant=grant: self.arrived(grant), seconds)  # type: ignore[misc]
            except AssertionError:
                missing, surplus = self.differences(grant)
                words = f"missing {len(missing)}: {str(missing[:2])[:300]}, surplus {len(surplus)}: {str(surplus[:2])[:300]}"
                raise AssertionError(f"{grant.table}: {words}; {self.where(missing, surplus)}\n{self.chain.words()}") from None
        outcome = self.grants[0].reconcile(seconds)
        assert outcome["equal"], outcome

    def where(self, missing: list[Any], surplus: list[Any]) -> str:
        """Whether the provider's own exchange database has what differs, for a failing test."""
        with psycopg.connect(self.chain.provider.exchange.url) as connection:
            ids = {row[0] for row in connection.execute(f"SELECT id FROM shared.{self.resource.exchange_table}").fetchall()}
            state = connection.execute("SELECT state FROM gongxiang.streams").fetchall()
        lost = [row for row in missing if str(row).split("'")[1] not in ids]
        kept = [row for row in surplus if str(row).split("'")[1] in ids]
        cursors = [flow["seq"] for flow in self.chain.consumer.status()["flows"]]
        known = {}
        for node in (self.chain.provider, self.chain.consumer):
            book = json.loads((node.home / "orders.json").read_text())
            bodies = [json.loads(order["body"]) for order in book["orders"]]
            revisions = [body["terms"]["revision"] for body in bodies if "terms" in body]
            known[node.name] = (book["after"], revisions, node.status().get("gateway"))
        return (
            f"{len(lost)} missing and {len(kept)} surplus keys differ at the provider already; cursors {cursors};"
            f" last order {self.plane.last_order}, nodes know {known}; {state}"
        )

    def differences(self, grant: Grant) -> tuple[list[Any], list[Any]]:
        """What should be at the consumer and is not, and what is there and should not be; computed here, not by the product."""
        assert grant.terms is not None
        assert self.chain.provider.source is not None
        with psycopg.connect(self.chain.provider.source.url) as connection:
            query = f"SELECT {', '.join(WHOLE)} FROM {grant.resource.table}"
            rows = [dict(zip(WHOLE, row, strict=True)) for row in connection.execute(query.encode()).fetchall()]
        if grant.terms.conditions:
            rows = [row for row in rows if row["area"] == "A"]
        for row in rows:
            for code, mask in grant.terms.masks.items():
                row[code] = _masked(row[code], mask.prefix, mask.suffix)
        elements = [code for code in WHOLE if code in grant.terms.elements]
        expected = sorted((tuple(row[code] for code in elements) for row in rows), key=repr)
        with psycopg.connect(self.chain.consumer.exchange.url) as connection:
            try:
                query = f"SELECT {', '.join(elements)} FROM received.{grant.table}"
                found = sorted(connection.execute(query.encode()).fetchall(), key=repr)
            except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
                return expected, []  # the table of the revision asked for is not swapped in yet
        if expected == found:
            return [], []
        wanted, there = list(map(repr, expected)), list(map(repr, found))
        return _without(wanted, there), _without(there, wanted)

    def verify_evidence(self) -> None:
        """The platform's records are whole."""
        done = subprocess.run(
            [sys.executable, "-m", "gongxiang.cli", "evidence", "verify"], cwd=ROOT, capture_output=True, text=True,
            env={**self.plane.environment, "GONGXIANG_DATABASE_URL": self.plane.database.url},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def _masked(text: str | None, prefix: int, suffix: int) -> str | None:
    if text is None or len(text) <= prefix + suffix:
        return text and "*" * len(text)
    return text[:prefix] + "*" * (len(text) - prefix - suffix) + (text[-suffix:] if suffix else "")


def _without(some: list[str], others: list[str]) -> list[str]:
    left = list(others)
    found = []
    for one in some:
        if one in left:
            left.remove(one)
        else:
            found.append(one)
    return found


@contextlib.contextmanager
def running_world(folder: Path, *, seed: int) -> Iterator[World]:
    """Start everything; end and remove everything."""
    databases.template()  # keys, certificate and roles' passwords of this session's installation
    base = databases.test_home().path / f"faults-{uuid.uuid4().hex[:6]}"
    base.mkdir(mode=0o711)
    servers = []
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        for name in ("business", "house"):
            server = Server(folder=base / name, port=free_ports(1), log=base / f"{name}.log", password="test")
            server.prepare()
            _make_quick(server)
            server.start()
            stack.callback(server.stop)
            servers.append(server)
        business, house = servers
        for server, names in ((business, ["source"]), (house, ["gongxiang", "shared", "received"])):
            for name in names:
                make_database(server.url(), name)
        platform = databases.Database(name="gongxiang", url=house.url("gongxiang"))
        databases._migrate(platform)
        plane = stack.enter_context(running_plane(platform, folder))
        relay = Relay(plane.port + 3)
        stack.callback(relay.close)
        provider = NodeProcess(
            plane=plane, name="provider", folder=folder / "provider", gateway_port=relay.port,
            source=databases.Database(name="source", url=business.url("source")),
            exchange=databases.Database(name="shared", url=house.url("shared")),
        )  # fmt: skip
        consumer = NodeProcess(
            plane=plane, name="consumer", folder=folder / "consumer", gateway_port=relay.port,
            exchange=databases.Database(name="received", url=house.url("received")),
        )  # fmt: skip
        chain = Chain(plane=plane, provider=provider, consumer=consumer)
        for node in (provider, consumer):
            node.enrol()
            node.start()
            stack.callback(node.stop, signal.SIGKILL)
        writer = Writer(business.url("source"), "person", seed=seed)
        chain.source(CREATE.format("person"))
        chain.source(
            "INSERT INTO person SELECT 'p' || n, '初' || n, '1390000' || n, substr('AB', 1 + n % 2, 1), n, NULL, now()"
            " FROM generate_series(1, 500) n"
        )
        resource = chain.share("person", ELEMENTS, exchange_table="r_person")
        grants = [Grant(resource=resource, table="g_whole"), Grant(resource=resource, table="g_masked")]
        world = World(
            chain=chain,
            business=business,
            house=house,
            relay=relay,
            writer=writer,
            resource=resource,
            grants=grants,
            folder=folder,
        )
        stack.callback(lambda: world.worker and (world.worker.kill(), world.worker.wait(10)))
        world.start_worker()
        world.mortals = {
            "provider": Mortal(name="provider", process=lambda: provider.process, start=provider.start),
            "consumer": Mortal(name="consumer", process=lambda: consumer.process, start=consumer.start),
            "gateway": Mortal(name="gateway", process=lambda: plane.process, start=world.start_gateway),
            "worker": Mortal(name="worker", process=lambda: world.worker, start=world.start_worker),
            "house": Mortal(name="house", process=lambda: house.process, start=house.start),
            "business": Mortal(name="business", process=lambda: business.process, start=business.start),
        }
        grants[0].open(WHOLE)
        grants[1].open(("id", "name", "phone", "amount"), ONLY_A, masks=MASKS)
        until(lambda: all(world.differences(grant) == ([], []) for grant in grants), PATIENCE, chain.words)
        writer.start()
        stack.callback(writer.stop)
        yield world


def _make_quick(server: Server) -> None:
    """No power is lost here, processes only: what the kernel has is safe, so nothing needs to reach the platter."""
    with (server.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write("fsync = 'off'\nfull_page_writes = 'off'\nshared_buffers = '64MB'\n")


def one_more(world: World, chance: random.Random, *, large: bool = False) -> tuple[Resource, Grant]:
    """A further resource with a grant, a first load from the source: small, or of more than one database row may hold."""
    name = f"more_{uuid.uuid4().hex[:8]}"
    world.chain.source(CREATE.format(name))
    # Random, so that no compression makes it small: some 5 MB in all, above the 1 MiB of bodies kept in the database.
    note = "(SELECT string_agg(md5(random()::text || n || m), '') FROM generate_series(1, 4000) m)" if large else "NULL"
    world.chain.source(f"INSERT INTO {name} SELECT 'p' || n, 'x', NULL, 'A', n, {note}, now() FROM generate_series(1, 80) n")
    resource = world.chain.share(name, ELEMENTS, exchange_table=f"r_{name}")
    grant = Grant(resource=resource, table=f"g_{name}")
    grant.open(WHOLE)
    world.chain.source(f"UPDATE {name} SET name = 'y', area = 'B' WHERE amount < {chance.randrange(80)}")
    return resource, grant


def enrol_a_stranger(world: World) -> None:
    """A further machine uses a code; whether the answer reaches it depends on who is killed meanwhile."""
    plane = world.plane
    folder = world.folder / uuid.uuid4().hex[:8]
    node = NodeProcess(plane=plane, name="further", folder=folder, exchange=world.chain.consumer.exchange)
    node.configure()
    node.offer("a-code")
    until(lambda: not world.mortals["gateway"].alive or node.command("enroll", "--code", "a-code").returncode == 0, PATIENCE)


def destroy(world: World, grant: Grant) -> UUID:
    """End the grant, and have its consumer destroy what it received; the order's id."""
    until(lambda: world.arrived(grant), PATIENCE, world.chain.words)
    grant.end()
    consumer = world.chain.consumer
    order = DestroyTable(request_id=uuid.uuid4(), grant_id=grant.grant_id, node_id=consumer.node_id)
    world.plane.order(order, consumer.node_id)
    return order.request_id


def close(world: World, resource: Resource, grant: Grant) -> None:
    """Let a further resource go, with its slot."""
    grant.end()
    provider = world.chain.provider
    order = CloseStream(resource_id=resource.resource_id, node_id=provider.node_id, reason="no longer needed")
    world.plane.order(order, provider.node_id)


def environment_number(name: str, default: int) -> int:
    """A number of the environment."""
    return int(os.environ.get(name) or default)
