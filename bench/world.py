"""What the data plane's benchmarks stand on: two PostgreSQL servers with fsync on, a gateway and two nodes as real processes.

Server A holds the source, the provider's exchange database and the gateway's; server B the consumer's exchange database, so
that native logical replication, the limit of streams, runs between the same two servers.
"""

import os
import statistics
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from tests.support import databases

from gongxiang.machine.postgres import Server
from gongxiang.machine.processes import free_ports
from gongxiang.protocol.terms import Comparison, Condition, DataType, ElementSpec, Mask, MaskKind

ELEMENTS = (
    ElementSpec(code="id", type=DataType.INTEGER, key=True, nullable=False),
    ElementSpec(code="name", type=DataType.TEXT),
    ElementSpec(code="id_no", type=DataType.TEXT),
    ElementSpec(code="phone", type=DataType.TEXT),
    ElementSpec(code="area", type=DataType.TEXT),
    ElementSpec(code="address", type=DataType.TEXT),
    ElementSpec(code="born", type=DataType.DATE),
    ElementSpec(code="amount", type=DataType.DECIMAL, precision=12, scale=2),
    ElementSpec(code="alive", type=DataType.BOOLEAN),
    ElementSpec(code="changed", type=DataType.INSTANT),
)
CODES = tuple(spec.code for spec in ELEMENTS)
COLUMNS = (
    "id bigint, name text, id_no text, phone text, area text, address text, born date, amount numeric(12,2), alive boolean, "
    "changed timestamptz"
)
VALUES = """
SELECT i, '张三' || i, '15062619000101' || lpad((i % 10000)::text, 4, '0'), '139' || lpad(i::text, 8, '0'),
  (ARRAY['150626', '150627', '150621'])[i % 3 + 1], '内蒙古自治区鄂尔多斯市乌审旗第' || i || '号',
  date '1950-01-01' + (i % 20000)::int, (i % 100000) / 7.0, i % 11 <> 0,
  timestamptz '2026-01-01 08:00+08' + i * interval '1 second'
FROM generate_series({}, {}) i
"""
#: One masked element and a filter, as the story has them.
MASKS = {"phone": Mask(kind=MaskKind.KEEP, prefix=3, suffix=4)}
FILTER = (Condition(element="area", operator=Comparison.IN, values=("150626", "150627", "150621")),)


@dataclass(kw_only=True)
class World:
    """Everything a benchmark drives."""

    a: Server
    b: Server
    chain: Any

    @property
    def source(self) -> str:
        return str(self.chain.provider.source.url)

    @property
    def target(self) -> str:
        return str(self.chain.consumer.exchange.url)

    def share(self, table: str) -> Any:
        """Open a stream of a source table and one grant on it; the grant."""
        from tests.support.chain import Grant

        resource = self.chain.share(table, ELEMENTS, exchange_table=f"r_{uuid.uuid4().hex[:12]}")
        grant = Grant(resource=resource, table=f"g_{uuid.uuid4().hex[:12]}")
        grant.open(CODES, FILTER, masks=MASKS)
        return grant

    def close(self, grant: Any) -> None:
        """End grant and stream and drop what they left, so that repetitions do not weigh on each other."""
        from gongxiang.protocol.messages import CloseStream

        grant.end()
        resource = grant.resource
        provider = self.chain.provider
        self.chain.plane.order(
            CloseStream(resource_id=resource.resource_id, node_id=provider.node_id, reason="bench"), provider.node_id
        )
        time.sleep(1.0)
        execute(self.target, f'DROP TABLE IF EXISTS received."{grant.table}"')
        execute(str(provider.exchange.url), f'DROP TABLE IF EXISTS shared."{resource.exchange_table}"')


@contextmanager
def world() -> Iterator[World]:
    """Start it all; nothing is left behind."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gx-bench-", ignore_cleanup_errors=True)))
        folder.chmod(0o711)
        before = dict(os.environ)
        stack.callback(lambda: (os.environ.clear(), os.environ.update(before)))
        os.environ["GONGXIANG_TEST_HOME"] = str(folder / "home")
        databases.prepare_environment()
        databases.test_home().make()
        servers = []
        port = free_ports(2)
        for number, name in enumerate(("a", "b")):
            server = Server(folder=folder / name, port=port + number, log=folder / f"{name}.log", password="bench")
            server.prepare()
            server.start()
            stack.callback(server.stop)
            execute(server.url(), "ALTER SYSTEM SET max_wal_size = '4GB'", "SELECT pg_reload_conf()")
            servers.append(server)
        os.environ["GONGXIANG_TEST_SERVER"] = servers[0].url()
        from tests.support.chain import running_chain
        from tests.support.dataplane import running_plane

        database = stack.enter_context(databases.copy())
        plane = stack.enter_context(running_plane(database, folder / "gateway"))
        chain = stack.enter_context(running_chain(plane, folder / "nodes", start=False))
        # The consumer stands on the other server.
        databases.drop(chain.consumer.exchange)
        execute(servers[1].url(), "CREATE DATABASE consumer")
        chain.consumer.exchange = databases.Database(name="consumer", url=servers[1].url("consumer"))
        chain.consumer.configure()
        for node in (chain.provider, chain.consumer):
            node.start()
        plane.lease(36000)
        yield World(a=servers[0], b=servers[1], chain=chain)


def execute(dsn: str, *statements: str) -> None:
    """Run statements, each by itself."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def ask(dsn: str, query: str) -> Any:
    """The first value of the answer."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def until(dsn: str, query: str, *, seconds: float = 600.0) -> None:
    """Wait until the query's first value is true."""
    deadline = time.monotonic() + seconds
    with psycopg.connect(dsn, autocommit=True) as connection:
        while True:
            try:
                row = connection.execute(query).fetchone()
                if row and row[0]:
                    return
            except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
                pass
            assert time.monotonic() < deadline, f"not within {seconds} s: {query}"
            time.sleep(0.01)


def make_table(world: World, name: str, rows: int) -> None:
    """A source table with its key, analysed and on disk."""
    execute(
        world.source,
        f"CREATE TABLE {name} ({COLUMNS})",
        f"INSERT INTO {name} {VALUES.format(1, rows)}",
        f"ALTER TABLE {name} ADD PRIMARY KEY (id)",
        f"VACUUM ANALYZE {name}",
        "CHECKPOINT",
    )


def copied(world: World, name: str) -> float:
    """Seconds of COPY binary | COPY binary from server A to server B, then the primary key."""
    target = f"limit_{uuid.uuid4().hex[:8]}"
    execute(world.target, f"CREATE TABLE {target} ({COLUMNS})")
    begun = time.perf_counter()
    out = subprocess.Popen(
        ["psql", "-qX", world.source, "-c", f"COPY {name} TO STDOUT (FORMAT binary)"], stdout=subprocess.PIPE
    )
    done = subprocess.run(
        ["psql", "-qX", world.target, "-c", f"COPY {target} FROM STDIN (FORMAT binary)"], stdin=out.stdout, check=False
    )
    assert done.returncode == 0
    assert out.wait() == 0
    execute(world.target, f"ALTER TABLE {target} ADD PRIMARY KEY (id)")
    seconds = time.perf_counter() - begun
    execute(world.target, f"DROP TABLE {target}", "CHECKPOINT")
    return seconds


def resident(pid: int) -> int:
    """Bytes of memory a process has in use, without its children."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def figure(name: str, ours: float, limit: float, unit: str, *, time_like: bool = False, **more: Any) -> dict[str, Any]:
    """One line: the ratio is ours to the limit for rates and the limit to ours for times, so that more is better."""
    ratio = limit / ours if time_like else ours / limit
    return {"bench": name, "ours": round(ours, 3), "limit": round(limit, 3), "ratio": round(ratio, 3), "unit": unit, **more}


def median(values: list[float]) -> float:
    """The middle of the repetitions."""
    return statistics.median(values)
