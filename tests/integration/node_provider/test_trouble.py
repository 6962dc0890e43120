"""What can go wrong around a stream: nothing is lost, nothing is doubled, words are said, and the business never notices."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from gongxiang.node import provider
from gongxiang.node.capture.log import slot_name
from gongxiang.node.describe import describe_table
from gongxiang.protocol.messages import StreamState
from gongxiang.protocol.terms import DataType
from tests.integration.node_provider.harness import Away, Provider, eventually
from tests.integration.node_provider.test_stream import follows

TABLE = "CREATE TABLE t (id int PRIMARY KEY, n numeric(20, 4), x text, extra int)"
ROWS = "INSERT INTO t SELECT i, i, 'x' || i, i FROM generate_series(1, 2000) i"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(provider, "LOOK_AGAIN", 0.3)
    monkeypatch.setattr(provider, "WATCH_EVERY", 0.1)


def slots(made: Provider) -> int:
    with psycopg.connect(made.source) as connection:
        name = slot_name(made.resource_id)
        return connection.execute(
            "SELECT (SELECT count(*) FROM pg_replication_slots WHERE slot_name = %s) "
            "+ (SELECT count(*) FROM pg_publication WHERE pubname = %s)", (name, name)
        ).fetchone()[0]  # fmt: skip


def test_a_gateway_that_is_away_holds_nothing_up(make_provider):
    made: Provider = make_provider(TABLE, ROWS)
    made.start()
    follows(made)
    made.receiver.failing = Away("away")
    made.sql("UPDATE t SET x = 'y' WHERE id < 100", "DELETE FROM t WHERE id > 1900")
    eventually(lambda: made.shared() == made.rows())
    made.stop()
    made.start()
    made.sql("INSERT INTO t VALUES (5000, 1, 'z', 1)")
    eventually(lambda: made.shared() == made.rows())
    made.receiver.failing = None
    follows(made)


def test_a_lost_slot_is_a_new_epoch(make_provider):
    made: Provider = make_provider(TABLE, ROWS)
    made.start()
    follows(made)
    made.stop()
    made.sql(f"SELECT pg_drop_replication_slot('{slot_name(made.resource_id)}')", "DELETE FROM t WHERE id < 50")
    made.start()
    follows(made)
    assert made.stream.status()["epoch"] == 2
    assert "new_epoch" in made.alarms()


def test_an_exchange_database_restored_from_a_backup_is_noticed(make_provider):
    made: Provider = make_provider(TABLE, ROWS)
    made.start()
    follows(made)
    made.stop()
    with psycopg.connect(made.exchange) as connection:
        backup = connection.execute("SELECT state::text FROM gongxiang.streams").fetchone()[0]
    made.start()
    made.sql("UPDATE t SET x = 'y'")
    follows(made)
    made.stop()
    with psycopg.connect(made.exchange) as connection:
        connection.execute("UPDATE gongxiang.streams SET state = %s", (backup,))
        connection.execute("UPDATE shared.r_test_000001 SET c2 = 'x'")
    made.start()
    follows(made)
    assert made.stream.status()["epoch"] == 2


def test_an_exchange_database_that_was_lost_goes_on_with_the_gateways_chain(make_provider, make_database):
    made: Provider = make_provider(TABLE, ROWS)
    made.start()
    follows(made)
    made.stop()
    made.exchange = make_database().url
    made.start()
    follows(made)
    assert made.stream.status()["epoch"] == 2


def test_a_value_that_cannot_be_carried_stops_with_words_until_it_is_corrected(make_provider, caplog):
    made: Provider = make_provider(TABLE, ROWS)
    made.start()
    follows(made)
    made.sql("UPDATE t SET n = 'NaN', x = 'vorher' WHERE id = 7", "UPDATE t SET x = 'nachher' WHERE id = 8")
    eventually(lambda: made.state() == "stopped")
    assert "c1" in made.stream.status()["detail"]
    assert "Element c1 of one row" in caplog.text
    assert "key 7" not in caplog.text
    assert not any("7" in fact.detail for fact in made.facts if isinstance(fact, StreamState)), "no values to the platform"
    made.sql("UPDATE t SET n = 7.5 WHERE id = 7")
    follows(made)
    assert made.receiver.table["7",][1:3] == ("7.5000", "vorher")
    assert "value_not_carried" in made.alarms()


def test_a_value_that_cannot_be_carried_stops_a_load(make_provider):
    made: Provider = make_provider(TABLE, ROWS, "UPDATE t SET n = 'NaN' WHERE id = 900")
    made.start()
    eventually(lambda: made.state() == "stopped")
    made.sql("UPDATE t SET n = 1 WHERE id = 900")
    follows(made)


@pytest.mark.parametrize(
    ("change", "undo", "word"),
    [
        ("ALTER TABLE t RENAME x TO y", "ALTER TABLE t RENAME y TO x", "Column x is gone"),
        ("ALTER TABLE t DROP COLUMN x CASCADE", "ALTER TABLE t ADD COLUMN x text", "x"),
        ("ALTER TABLE t RENAME TO u", "ALTER TABLE u RENAME TO t", "public.t is gone"),
        ("ALTER TABLE t REPLICA IDENTITY FULL", "ALTER TABLE t REPLICA IDENTITY DEFAULT", "FULL"),
        ("ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE", "ALTER TABLE t ADD PRIMARY KEY (id)", "key"),
    ],
    ids=["rename", "drop", "rename table", "identity", "no key"],
)
def test_drift_stops_with_words_and_leaves_the_business_alone(make_provider, change, undo, word):
    made: Provider = make_provider(TABLE, ROWS)
    made.map("id", "n", "x")
    made.start()
    follows(made)
    made.sql(change)
    eventually(lambda: made.state() == "drifted")
    assert word in made.stream.status()["detail"]
    assert "schema_drift" in made.alarms()
    eventually(lambda: slots(made) == 0, what="nothing of ours is left in the source")
    table = "u" if "TO u" in change else "t"
    made.sql(f"UPDATE {table} SET extra = 1 WHERE id < 10", f"DELETE FROM {table} WHERE id < 5")
    made.sql(undo)
    follows(made)
    assert made.stream.status()["epoch"] == 2


def test_an_added_column_is_not_carried(make_provider):
    made: Provider = make_provider(TABLE, ROWS)
    made.start()
    follows(made)
    made.sql("ALTER TABLE t ADD COLUMN secret text DEFAULT 'geheim'", "UPDATE t SET secret = 'geheim', n = 3 WHERE id < 9")
    follows(made)
    assert made.state() == "live"
    assert not any(b"geheim" in s.body for s in made.receiver.segments)


def test_a_new_version_is_a_new_epoch(make_provider):
    made: Provider = make_provider(TABLE, ROWS)
    made.map("id", "n")
    made.start()
    follows(made)
    made.stop()
    made.map()
    made.schema_version = 2
    made.start()
    follows(made)
    assert made.stream.status()["epoch"] == 2
    assert len(next(iter(made.receiver.table.values()))) == 4


def test_databases_that_go_away_come_back(make_provider):
    made: Provider = make_provider(TABLE, ROWS)
    made.start()
    follows(made)
    for dsn in (made.source, made.exchange):
        name = dsn.rpartition("/")[2].partition("?")[0]
        admin = dsn.replace(f"/{name}", "/postgres")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            eventually(lambda: {"source_down", "exchange_down"} & set(made.alarms()))
            made.facts.clear()
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        made.sql("UPDATE t SET x = x || '!' WHERE id < 40")
        follows(made)


def test_a_table_altered_by_hand_is_loaded_anew(make_provider):
    made: Provider = make_provider(
        TABLE, ROWS, "ALTER TABLE t ALTER x SET STORAGE EXTERNAL", "UPDATE t SET x = repeat('大', 3000) WHERE id < 10"
    )
    made.start()
    follows(made)
    with psycopg.connect(made.exchange) as connection:
        connection.execute("DELETE FROM shared.r_test_000001 WHERE c0 = 5")
    made.sql("UPDATE t SET n = 1 WHERE id = 5")
    follows(made)
    assert made.stream.status()["epoch"] == 2


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("CREATE TABLE t (n int)", "primary key"),
        ("CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t REPLICA IDENTITY FULL", "FULL"),
        ("CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t REPLICA IDENTITY NOTHING", "NOTHING"),
        ("CREATE UNLOGGED TABLE t (id int PRIMARY KEY)", "unlogged"),
        ("CREATE VIEW t AS SELECT 1 AS id", "view"),
        ("CREATE TABLE t (id int[] PRIMARY KEY)", "array"),
        ("CREATE TABLE elsewhere (id int)", "no table public.t"),
    ],
)
def test_tables_that_cannot_be_captured_are_refused_with_words(make_database, statement, word):
    dsn = make_database().url
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)
    assert word in describe_table(dsn, "public.t").problem


def test_columns_that_cannot_be_carried_are_refused_with_words(make_database):
    dsn = make_database().url
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "CREATE TYPE pair AS (a int, b int); CREATE TABLE t (id int PRIMARY KEY, list text[], pair pair, span int4range, "
            "twice int GENERATED ALWAYS AS (id * 2) STORED, place point, wide numeric(50, 2), often interval, "
            "good numeric(10, 3))"
        )
        connection.execute("COMMENT ON COLUMN t.good IS '金额'")
    found = {c.column: c for c in describe_table(dsn, "t").columns}
    for name in ("list", "pair", "span", "twice", "place", "wide", "often"):
        assert found[name].type is None
        assert name in found[name].refusal
        assert "Leave it out" in found[name].refusal or "Declare" in found[name].refusal
    good = found["good"]
    assert (good.type, good.precision, good.scale, good.comment) == (DataType.DECIMAL, 10, 3, "金额")


def test_words_come_for_a_source_without_the_rights(make_provider):
    made: Provider = make_provider(TABLE, ROWS)
    role = f"gx_test_{made.resource_id.hex[:8]}"
    made.sql(f"CREATE ROLE {role} LOGIN PASSWORD 'gx'", f"GRANT SELECT ON t TO {role}")
    plain = made.source
    try:
        made.map()
        made.source = psycopg.conninfo.make_conninfo(plain, user=role, password="gx")
        made.start()
        eventually(lambda: made.state() == "stopped")
        assert "REPLICATION" in made.stream.status()["detail"]
        made.stop()
    finally:
        made.source = plain
        made.sql(f"DROP OWNED BY {role}", f"DROP ROLE {role}")


POINTS = [
    "provider.slot_created", "provider.load_begun", "provider.load_chunk_copied", "provider.load_chunk_committed:3",
    "provider.source_read", "provider.load_ended", "provider.table_keyed", "provider.table_swapped",
    "provider.changes_applied:2", "provider.changes_sealed:2", "provider.changes_committed:2",
    "provider.position_confirmed:2", "provider.segment_acknowledged:4", "provider.outbox_cleared",
    "provider.grant_load_begun", "provider.grant_chunk_committed:2", "provider.grant_load_ended",
]  # fmt: skip


@pytest.mark.faults
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_every_step(make_provider, tmp_path, point):
    made: Provider = make_provider(TABLE, "INSERT INTO t SELECT i, i, 'x' || i, i FROM generate_series(1, 1000) i")
    made.map()
    log = tmp_path / "segments"
    log.mkdir()

    def run(kill_at: str) -> subprocess.Popen:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "GONGXIANG_PROFILE": "test",
            "GONGXIANG_KILL_AT": kill_at,
        }
        arguments = [made.source, made.exchange, str(log), str(made.resource_id), made.key.export().decode()]
        return subprocess.Popen([sys.executable, str(Path(__file__).with_name("child.py")), *arguments], env=environment)

    child = run(point)
    until = time.monotonic() + 90
    number = 0
    while child.poll() is None and time.monotonic() < until:
        number += 1
        made.sql(
            f"UPDATE t SET n = n + 1, x = 'u{number}' WHERE id % 7 = {number % 7}",
            f"INSERT INTO t VALUES ({5000 + number}, 1, 'new', 1)",
        )
        time.sleep(0.05)
    assert child.returncode == -signal.SIGKILL, "the place was never reached"
    made.sql("DELETE FROM t WHERE id < 50", "UPDATE t SET id = id + 100000 WHERE id BETWEEN 100 AND 120")
    child = run("")
    try:
        eventually(lambda: (log / "live").exists() and made.shared() == made.rows(), within=90)
        eventually(lambda: _received(made, log) == len(made.rows()), within=90)
    finally:
        child.terminate()
        child.wait(60)


def _received(made: Provider, log: Path) -> int:
    """Take what the child's receiver wrote, verifying the chain as it comes; how many rows everyone sees."""
    from tests.integration.node_provider.harness import Receiver

    receiver = Receiver(made.key)
    for path in sorted(log.glob("*.seg")):
        receiver.post_segment(made.resource_id, path.read_bytes())
    assert receiver.table or receiver.loading is not None
    return len(receiver.table)
