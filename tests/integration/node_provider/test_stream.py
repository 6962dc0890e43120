"""A stream from the source to sealed segments, as the receiver sees it."""

import random
import threading
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest

from gongxiang.node import load, loading, measuring, provider
from gongxiang.node.capture import log as log_capture
from gongxiang.protocol.messages import FACTS, Message, parse
from gongxiang.protocol.quality import TableMeasured
from gongxiang.protocol.segments import SegmentKind
from gongxiang.protocol.terms import Comparison, Condition
from tests.integration.node_provider.harness import Provider, eventually

TYPES = """
CREATE TYPE mood AS ENUM ('高兴', '难过');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE t (
  id bigint, part varchar(8), small int2, number int4, positive positive, exact numeric(38,12), plain numeric,
  money numeric(12,2), real float4, double float8, ok boolean, fixed char(12), text text,
  mood mood, day date, clock time, stamp timestamp,
  moment timestamptz, raw bytea, who uuid, doc json, tree jsonb, PRIMARY KEY (id, part))
"""
FULL = """
INSERT INTO t VALUES
 ({0}, '甲', 32767, -2147483648, 7, 99999999999999999999999999.999999999999, 12345678901234567890.0123456789, -0.05, 1.5e-7,
  'Infinity', true, '补  ', E'换行\\n表\\t😀 '' "', '高兴', '0001-01-01', '23:59:59.000001', '9999-12-31 23:59:59.999999',
  '2026-03-29 02:30:00.5+08', '\\x00ff10', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{{"a":  [1, "二"]}}', '{{"b": null}}'),
 ({0}, '乙', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 ({0}, '', -32768, 0, 1, -0.000000000001, 0, 0, 'NaN', '-0', false, '', '', '难过', '2000-02-29', '00:00', '2000-01-01',
  '1970-01-01Z', '', '00000000-0000-0000-0000-000000000000', '[]', '1.50')
"""


def test_empty_values_and_doubled_rows_are_counted_and_no_value_leaves(make_provider) -> None:
    made: Provider = make_provider(
        "CREATE TABLE t (id int PRIMARY KEY, name text, day date, doc jsonb)",
        """INSERT INTO t VALUES (1, E' \\t\u3000', NULL, '{}'), (2, NULL, NULL, '{}'), (3, '甲的名字', '2020-01-01', '{}'),
           (4, '甲的名字', '2020-01-01', '{}'), (5, '甲的名字', '2020-01-01', '{}')""",
    )
    made.start()
    follows(made)
    found = measuring.measure(made.exchange, made.order(), node_id=UUID(int=1))
    assert found is not None
    assert [(one.element, one.rows) for one in found.empty] == [("c0", 0), ("c1", 2), ("c2", 2), ("c3", 0)]
    assert (found.rows, found.doubled_keys, found.doubled_rows, found.epoch) == (5, 0, 2, 1)
    assert parse(found.to_json(), FACTS) == found
    assert "甲的名字" not in repr(found)
    assert "2020" not in str(found.to_json()["empty"])
    # Once a day, one at a time, and nothing of a stream that is still loading.
    told: list[Message] = []
    measurer = measuring.Measurer(dsn=made.exchange, node_id=UUID(int=1), report=told.append)
    measurer._due[made.resource_id] = 0.0
    for _look in range(3):
        measurer.look({made.resource_id: made.order()})
    eventually(lambda: told, what="counted")
    measurer.look({made.resource_id: made.order()})
    assert [one.rows for one in told if isinstance(one, TableMeasured)] == [5]
    with psycopg.connect(made.exchange) as connection:
        connection.execute("UPDATE gongxiang.streams SET state = jsonb_set(state, '{loading}', '\"copy\"')")
    assert measuring.measure(made.exchange, made.order(), node_id=UUID(int=1)) is None


def words(row: tuple[object, ...]) -> str:
    """A row as text in which 1.50 and 1.5 are the same."""
    return repr(tuple(value.normalize() if isinstance(value, Decimal) else value for value in row))


def follows(made: Provider) -> None:
    """Exchange table and receiver hold what the source holds."""
    eventually(lambda: made.state() == "live", what="live")
    eventually(lambda: made.shared() == made.rows(), within=90, what="exchange table equals source")
    last = made.stream.status()["seq"]
    eventually(lambda: made.receiver.segments and made.receiver.segments[-1].header.seq >= last, what="all sent")
    assert len(made.receiver.table) == len(made.rows())


def test_every_type_by_load_and_by_stream(make_provider):
    made: Provider = make_provider(TYPES, FULL.format(1))
    made.start()
    eventually(lambda: made.state() == "live")
    made.sql(FULL.format(2), "UPDATE t SET text = text || '改', part = part || 'x' WHERE id = 1")
    eventually(lambda: len(made.receiver.table) == 6 and len(made.receiver.segments) >= 4)
    eventually(lambda: ("1", "甲x") in made.receiver.table)
    with psycopg.connect(made.exchange) as connection:
        plain = "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21"
        one = connection.execute(f"SELECT {plain} FROM shared.r_test_000001 WHERE c0 = 2 ORDER BY c1").fetchall()
    with psycopg.connect(made.source) as connection:
        cast = (
            "id, part, small, number, positive, exact, plain, money, real::float8, double, ok, fixed::text, text, mood::text, "
        )
        cast += "day, clock::text, stamp, moment, raw, who, doc, tree"
        two = connection.execute(f"SELECT {cast} FROM t WHERE id = 2").fetchall()
    assert sorted(map(words, one)) == sorted(map(words, two))
    loaded, streamed = made.receiver.table["1", "x"], made.receiver.table["2", ""]
    assert loaded[2:12] == streamed[2:12]
    assert loaded[13:] == streamed[13:]
    assert streamed[5] == "-0.000000000001"
    assert made.receiver.table["2", "甲"][5] == "99999999999999999999999999.999999999999"


def test_unchanged_large_values_come_from_the_exchange_table(make_provider):
    made: Provider = make_provider(
        "CREATE TABLE t (id int PRIMARY KEY, big text, n int); ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
        "INSERT INTO t SELECT i, repeat('大值', 3000) || i, 0 FROM generate_series(1, 20) i",
    )
    made.start()
    follows(made)
    made.sql(
        "UPDATE t SET n = 1 WHERE id <= 5",
        "BEGIN; INSERT INTO t VALUES (30, repeat('新', 5000), 0); UPDATE t SET n = 2 WHERE id = 30; COMMIT",
        "UPDATE t SET id = 100 WHERE id = 3",
        "BEGIN; UPDATE t SET n = 5 WHERE id = 7; UPDATE t SET id = 107 WHERE id = 7; UPDATE t SET n = 6 WHERE id = 107; COMMIT",
        "BEGIN; UPDATE t SET big = repeat('换', 4000) WHERE id = 8; UPDATE t SET n = 9 WHERE id = 8; COMMIT",
        "BEGIN; UPDATE t SET id = 200 WHERE id = 9; INSERT INTO t VALUES (9, 'x', 1); DELETE FROM t WHERE id = 200; COMMIT",
    )
    follows(made)
    assert all(row[1] is not None for row in made.receiver.table.values())


def test_truncate(make_provider):
    made: Provider = make_provider("CREATE TABLE t (id int PRIMARY KEY, n int)", "INSERT INTO t VALUES (1, 1), (2, 2)")
    made.start()
    follows(made)
    made.sql("BEGIN; INSERT INTO t VALUES (3, 3); TRUNCATE t; INSERT INTO t VALUES (2, 5), (4, 4); COMMIT")
    follows(made)
    assert set(made.receiver.table) == {("2",), ("4",)}
    made.sql("TRUNCATE t")
    eventually(lambda: made.receiver.table == {})
    follows(made)


def test_large_and_many_small_transactions(make_provider):
    made: Provider = make_provider("CREATE TABLE t (id int PRIMARY KEY, n int, x text)")
    made.start()
    eventually(lambda: made.state() == "live")
    made.sql("INSERT INTO t SELECT i, 0, 'x' || i FROM generate_series(1, 35000) i")
    with psycopg.connect(made.source) as connection:
        for i in range(300):
            connection.execute("UPDATE t SET n = n + 1 WHERE id = %s", (i % 7 + 1,))
            connection.commit()
    made.sql("UPDATE t SET n = n + 1", "DELETE FROM t WHERE id % 3 = 0")
    follows(made)
    assert made.receiver.segments[-1].header.committed_at is not None


def test_old_values_of_filter_elements(make_provider):
    made: Provider = make_provider(
        "CREATE TABLE t (id int PRIMARY KEY, kind text, n int)", "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, NULL, 3)"
    )
    made.map()
    grant = made.grant(Condition(element="c1", operator=Comparison.EQ, values=("a",)))
    made.start({grant.terms.grant_id: grant})
    follows(made)
    made.sql(
        "BEGIN; UPDATE t SET kind = 'b' WHERE id = 1; UPDATE t SET kind = 'c' WHERE id = 1; DELETE FROM t WHERE id = 2; "
        "UPDATE t SET kind = 'a' WHERE id = 3; INSERT INTO t VALUES (4, 'a', 4), (5, 'x', 5); "
        "DELETE FROM t WHERE id = 5; COMMIT"
    )
    follows(made)
    rows = {row["c0"]: row for batch in made.receiver.changes() for row in batch.to_pylist()}
    assert {k: (v["_op"], v["c1"], v["_old_c1"], v["_known_old"]) for k, v in rows.items()} == {
        1: (1, "c", "a", True), 2: (2, None, "b", True), 3: (1, "a", None, True), 4: (1, "a", None, False)
    }  # fmt: skip


def test_a_second_grant_and_a_narrowed_revision_are_loaded_on_the_running_stream(make_provider, monkeypatch):
    monkeypatch.setattr(loading, "CHUNK_ROWS", 700)
    made: Provider = make_provider(
        "CREATE TABLE t (id int PRIMARY KEY, n int)", "INSERT INTO t SELECT i, 0 FROM generate_series(1, 3000) i"
    )
    made.map()
    first = made.grant()
    stream = made.start({first.terms.grant_id: first})
    follows(made)
    assert [s.header.kind for s in made.receiver.segments if s.header.kind is SegmentKind.BEGIN] == [SegmentKind.BEGIN]
    second = made.grant(Condition(element="c1", operator=Comparison.GE, values=("5",)))
    stream.set_grants({first.terms.grant_id: first, second.terms.grant_id: second})
    for i in range(60):
        made.sql(f"UPDATE t SET n = n + 1 WHERE id % 60 = {i}")
    name = f"{second.terms.grant_id}@1"
    eventually(lambda: name in made.receiver.ended)
    follows(made)
    assert made.receiver.targeted[name] == made.receiver.table
    again = made.grant(revision=2, grant_id=first.terms.grant_id)
    stream.set_grants({first.terms.grant_id: again, second.terms.grant_id: second})
    made.sql("INSERT INTO t VALUES (9001, 1)")
    follows(made)
    assert made.stream.status()["epoch"] == 2, "the same projection needs no new load"
    narrow = made.grant(
        Condition(element="c0", operator=Comparison.LT, values=("9",)), revision=3, grant_id=first.terms.grant_id
    )
    stream.set_grants({first.terms.grant_id: narrow, second.terms.grant_id: second})
    eventually(lambda: f"{first.terms.grant_id}@3" in made.receiver.ended)


@pytest.mark.parametrize("weave", [False, True], ids=["copied", "woven"])
def test_writes_during_the_load(make_provider, monkeypatch, weave):
    monkeypatch.setattr(load, "CHUNK_ROWS", 150)
    monkeypatch.setattr(log_capture, "GROUP_ROWS", 40)
    monkeypatch.setattr(provider, "WATCH_EVERY", 0.0)
    if weave:
        monkeypatch.setattr(loading, "WEAVE_AFTER", 2000)
    made: Provider = make_provider(
        "CREATE TABLE t (id int PRIMARY KEY, n int, big text); ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
        "INSERT INTO t SELECT i * 2, 0, repeat('大', 1200) FROM generate_series(1, 3000) i",
    )
    made.map()
    done = threading.Event()
    random_source = random.Random(7)

    def write() -> None:
        with psycopg.connect(made.source, autocommit=True) as connection:
            while not done.wait(0.003):
                key, other = random_source.randrange(1, 7000), random_source.randrange(1, 7000)
                connection.execute(
                    random_source.choice(
                        [
                            f"INSERT INTO t VALUES ({key}, 1, repeat('新', 900)) ON CONFLICT (id) DO UPDATE SET n = t.n + 1",
                            f"UPDATE t SET n = n + 1 WHERE id BETWEEN {key} AND {key + 20}",
                            f"DELETE FROM t WHERE id = {key}",
                            f"UPDATE t SET id = {other} WHERE id = {key} AND NOT EXISTS (SELECT FROM t WHERE id = {other})",
                            f"UPDATE t SET big = repeat('换', 800) WHERE id = {key}",
                        ]
                    )
                )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made.start()
        eventually(lambda: made.state() == "live", within=60)
    finally:
        done.set()
        writer.join()
    follows(made)
    with psycopg.connect(made.source) as connection:
        texts = {(str(i),): (str(i), str(n), b) for i, n, b in connection.execute("SELECT id, n, big FROM t").fetchall()}
    assert made.receiver.table == texts


@pytest.mark.parametrize("weave", [False, True], ids=["copied", "woven"])
def test_a_key_changed_from_what_is_unread_into_what_was_read(make_provider, monkeypatch, weave):
    monkeypatch.setattr(load, "CHUNK_ROWS", 150)
    monkeypatch.setattr(provider, "WATCH_EVERY", 0.0)
    if weave:
        monkeypatch.setattr(loading, "WEAVE_AFTER", 0)
    made: Provider = make_provider(
        "CREATE TABLE t (id int PRIMARY KEY, n int, big text); ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
        "INSERT INTO t SELECT i * 2, 0, repeat('大', 1200) FROM generate_series(1, 1000) i",
    )
    plain, moved = load.SourceRows.read, []

    def read(rows, after, **how):
        if after is not None and not moved:
            moved.append(after)
            made.sql(
                "UPDATE t SET id = 1 WHERE id = 1990", "UPDATE t SET id = 3 WHERE id = 1992", "UPDATE t SET n = 5 WHERE id = 3"
            )
            made.sql("UPDATE t SET id = 5 WHERE id = 1994", "UPDATE t SET id = 7 WHERE id = 5", "DELETE FROM t WHERE id = 1")
        return plain(rows, after, **how)

    monkeypatch.setattr(load.SourceRows, "read", read)
    made.start()
    follows(made)
    assert moved
    assert {key for key in made.receiver.table if int(key[0]) < 8} == {("2",), ("3",), ("4",), ("6",), ("7",)}
    assert made.receiver.table["3",][1] == "5"


def test_wide_rows_are_read_in_bounded_pieces(make_provider, monkeypatch):
    monkeypatch.setattr("gongxiang.node.exchange.READ_BYTES", 1 << 20)
    made: Provider = make_provider(
        "CREATE TABLE t (id int PRIMARY KEY, raw bytea); ALTER TABLE t ALTER raw SET STORAGE EXTERNAL",
        "INSERT INTO t SELECT i, decode(repeat('ab', 100000), 'hex') FROM generate_series(1, 60) i",
    )
    made.map()
    stream = made.start()
    follows(made)
    loads = [s.header.rows for s in made.receiver.segments if s.header.kind is SegmentKind.LOAD]
    assert len(loads) > 3
    grant = made.grant()
    stream.set_grants({grant.terms.grant_id: grant})
    eventually(lambda: f"{grant.terms.grant_id}@1" in made.receiver.ended)
    assert made.receiver.targeted[f"{grant.terms.grant_id}@1"] == made.receiver.table
