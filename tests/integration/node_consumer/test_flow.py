"""A grant's flow against a real exchange database and segments sealed in the test."""

import dataclasses
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from gongxiang.node import errors
from gongxiang.node.apply.postgresql import PostgresTarget
from gongxiang.node.flow import Flow
from gongxiang.protocol import signing
from gongxiang.protocol.messages import Alarm, FlowState, Message, OpenGrant
from gongxiang.protocol.receipts import Receipt
from gongxiang.protocol.terms import DataType, ElementSpec, Terms
from tests.integration.node_consumer.source import GRANT, MemorySource
from tests.support.databases import Database

ELEMENTS = (
    ElementSpec(code="gx_key", type=DataType.TEXT, key=True, nullable=False),
    ElementSpec(code="name", type=DataType.TEXT),
)
TABLE = "r_flow"
NODE = uuid4()


class Desk:
    """Keeps what a flow reports."""

    def __init__(self) -> None:
        self.facts: list[Message] = []
        self.receipts: list[Receipt] = []

    def report(self, fact: Message) -> None:
        self.facts.append(fact)

    def receipt(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)

    @property
    def states(self) -> list[str]:
        return [fact.state for fact in self.facts if isinstance(fact, FlowState)]

    @property
    def alarms(self) -> list[str]:
        return [fact.code for fact in self.facts if isinstance(fact, Alarm)]


def grant_order() -> OpenGrant:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    terms = Terms(
        grant_id=GRANT, revision=1, resource_id=uuid4(), provider_id=uuid4(), consumer_id=uuid4(), elements=("name",),
        valid_from=at, valid_until=at + timedelta(days=365),
    )  # fmt: skip
    return OpenGrant(terms=terms, provider_node_id=uuid4(), consumer_node_id=NODE, exchange_table=TABLE)


@dataclasses.dataclass
class Scene:
    database: Database
    source: MemorySource
    desk: Desk
    flow: Flow
    key: signing.SoftwareKey

    def rows(self) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.url, autocommit=True) as connection:
            if connection.execute(f"SELECT to_regclass('received.{TABLE}')").fetchone() == (None,):
                return []
            return connection.execute(f'SELECT * FROM received.{TABLE} ORDER BY gx_key COLLATE "C"').fetchall()

    def run(self, statement: str) -> None:
        with psycopg.connect(self.database.url, autocommit=True) as connection:
            connection.execute(statement)

    def restart(self) -> None:
        self.flow.stop()
        self.source.wake()
        self.flow.join(5)
        self.flow = make_flow(self.database, self.source, self.desk, self.key)
        self.flow.start()

    def first_load(self) -> None:
        self.source.begin()
        self.source.load(("a", "张三"), ("b", "李四"))
        self.source.load_end()
        wait_for(lambda: self.rows() == [("a", "张三"), ("b", "李四")])


def wait_for(condition: Callable[[], Any], seconds: float = 8.0) -> Any:
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.02)
    return found


def make_flow(database: Database, source: MemorySource, desk: Desk, key: signing.SoftwareKey) -> Flow:
    return Flow(
        grant=grant_order(), source=source, target=PostgresTarget(database.url), gateway_key=source.key.public_key, signer=key,
        node_id=NODE, office=desk,
    )  # fmt: skip


@pytest.fixture
def scene(make_database: Callable[[], Database]) -> Iterator[Scene]:
    database, source, desk, key = make_database(), MemorySource(ELEMENTS), Desk(), signing.generate()
    made = Scene(database=database, source=source, desk=desk, flow=make_flow(database, source, desk, key), key=key)
    made.flow.start()
    yield made
    made.flow.stop()
    source.wake()
    made.flow.join(5)


def test_rows_come_change_and_go_and_a_signed_receipt_says_so(scene: Scene) -> None:
    scene.first_load()
    scene.source.put("c", "王五🙂")
    scene.source.drop("a")
    wait_for(lambda: scene.rows() == [("b", "李四"), ("c", "王五🙂")])
    scene.source.truncate()
    wait_for(lambda: scene.rows() == [])
    receipt = wait_for(lambda: next((r for r in scene.desk.receipts if r.seq == scene.source.seq), None))
    assert (receipt.rows_in_table, receipt.upserts, receipt.deletes, receipt.digest) == (0, 3, 1, scene.source.digest)
    receipt.check(scene.key.public_key)
    assert scene.desk.states == ["opening", "loading", "live"]


def test_a_restart_goes_on_from_the_cursor(scene: Scene) -> None:
    scene.first_load()
    scene.restart()
    scene.source.put("c", "x")
    wait_for(lambda: len(scene.rows()) == 3)
    scene.source.begin()
    scene.source.load(("z", "new"))
    wait_for(lambda: scene.flow.cursor and scene.flow.cursor.loading_rows == 1)
    scene.restart()
    assert len(scene.rows()) == 3
    scene.source.put("y", "late")
    scene.source.load_end()
    wait_for(lambda: scene.rows() == [("y", "late"), ("z", "new")])


def test_suspended_nothing_is_applied_and_nothing_is_lost(scene: Scene) -> None:
    scene.first_load()
    scene.flow.suspend("misuse")
    wait_for(lambda: scene.flow.state == "suspended")
    scene.source.put("c", "x")
    time.sleep(0.3)
    assert len(scene.rows()) == 2
    scene.flow.resume()
    wait_for(lambda: len(scene.rows()) == 3)
    assert scene.desk.states[-2:] == ["suspended", "live"]


@pytest.mark.parametrize("error", [errors.GrantSuspended(), errors.LeaseExpired()])
def test_the_gateway_s_refusal_suspends_with_words(scene: Scene, error: Exception) -> None:
    scene.first_load()
    scene.source.closed = error
    scene.source.wake()
    wait_for(lambda: scene.flow.state == "suspended" and scene.flow.detail)
    scene.source.closed = None
    scene.source.put("c", "x")
    wait_for(lambda: len(scene.rows()) == 3)


def test_an_ended_grant_keeps_what_was_delivered(scene: Scene) -> None:
    scene.first_load()
    scene.source.begin()
    scene.source.load(("z", "never delivered"))
    wait_for(lambda: scene.flow.cursor and scene.flow.cursor.loading_rows == 1)
    scene.flow.end("its period is over")
    wait_for(lambda: scene.flow.state == "closed")
    assert len(scene.rows()) == 2
    with psycopg.connect(scene.database.url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'received'").fetchone() == (1,)


def test_a_narrowed_revision_leaves_nothing_behind(scene: Scene) -> None:
    scene.first_load()
    scene.source.revision = 2
    scene.source.begin(ELEMENTS[:1])
    scene.source.load(("b",))
    scene.source.load_end()
    wait_for(lambda: scene.rows() == [("b",)])


def test_a_missing_segment_is_named_and_nothing_is_applied(scene: Scene) -> None:
    scene.first_load()
    scene.source.put("c", "lost on the way")
    scene.flow.suspend("")
    wait_for(lambda: scene.flow.state == "suspended")
    scene.source.put("d", "x")
    scene.source.put("e", "x")
    del scene.source.segments_made[-2]
    before = scene.flow.cursor
    scene.flow.resume()
    wait_for(lambda: scene.desk.alarms == ["chain_broken"])
    assert scene.flow.state == "failed"
    assert scene.flow.cursor is not None
    assert before is not None
    assert scene.flow.cursor.seq <= before.seq + 1
    assert ("e", "x") not in scene.rows()


def test_an_altered_segment_is_named_and_not_applied(scene: Scene) -> None:
    scene.first_load()
    scene.flow.suspend("")
    wait_for(lambda: scene.flow.state == "suspended")
    scene.source.put("c", "x")
    seq, data = scene.source.segments_made[-1]
    scene.source.segments_made[-1] = (seq, data[:-20] + bytes(20))
    scene.flow.resume()
    wait_for(lambda: scene.desk.alarms == ["segment_altered"])
    assert len(scene.rows()) == 2
    scene.source.segments_made[-1] = (seq, data)
    scene.flow.nudge()
    wait_for(lambda: len(scene.rows()) == 3)


def test_a_table_changed_by_hand_stops_the_flow_with_words(scene: Scene) -> None:
    scene.first_load()
    scene.run(f"ALTER TABLE received.{TABLE} RENAME COLUMN name TO nom")
    scene.source.put("c", "x")
    wait_for(lambda: scene.desk.alarms == ["table_tampered"])
    scene.run(f"ALTER TABLE received.{TABLE} RENAME COLUMN nom TO name")
    scene.flow.nudge()
    wait_for(lambda: len(scene.rows()) == 3)
    assert scene.flow.state == "live"


def test_an_exchange_database_that_goes_away_loses_nothing(scene: Scene) -> None:
    scene.first_load()
    for name in "cdefg":
        scene.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gongxiang node'"
            " AND datname = current_database()"
        )
        scene.source.put(name, "x")
    wait_for(lambda: len(scene.rows()) == 7)


def test_any_interleaving_of_changes_converges(scene: Scene) -> None:
    """Property: what a plain dictionary holds after the same history is what the table holds."""
    chance = random.Random(20261122)
    keys = [f"k{number:02}" for number in range(30)]
    truth: dict[str, str] = {}
    scene.source.begin()
    loaded = sorted(chance.sample(keys, 20))
    truth.update(dict.fromkeys(loaded, "first"))
    order = keys.copy()
    position = 0
    for step in range(400):
        if step == 200:
            scene.source.begin()
            position = 0
        if step % 40 == 39 and position < len(order):
            chunk = order[position : position + 8]
            position += 8
            scene.source.load(*[(key, truth[key]) for key in chunk if key in truth])
            if position >= len(order):
                scene.source.load_end()
        rows: list[tuple[Any, ...]] = []
        for _ in range(chance.randrange(1, 4)):
            key = chance.choice(keys)
            if chance.random() < 0.35:
                truth.pop(key, None)
                rows.append((2, key))
            else:
                truth[key] = f"v{step}"
                rows.append((1, key, truth[key]))
        scene.source.change(*rows)
        if step in (60, 130, 250, 333):
            scene.restart()
    wait_for(lambda: scene.flow.cursor and scene.flow.cursor.seq == scene.source.seq, 20)
    assert scene.rows() == sorted(truth.items())
    assert scene.flow.cursor is not None
    assert scene.flow.cursor.rows == len(truth)


def test_lag_is_small(scene: Scene) -> None:
    scene.first_load()
    lags = []
    with psycopg.connect(scene.database.url, autocommit=True) as connection:
        for number in range(30):
            began = time.perf_counter()
            scene.source.put(f"n{number:03}", "x")
            query = f"SELECT 1 FROM received.{TABLE} WHERE gx_key = %s"
            while connection.execute(query, (f"n{number:03}",)).fetchone() is None:
                time.sleep(0.0005)
            lags.append(time.perf_counter() - began)
    assert statistics.median(lags) < 0.04
