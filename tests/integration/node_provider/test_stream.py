"""A stream from the source to sealed segments, as the receiver sees it."""

from tests.integration.node_provider.harness import Provider, eventually

TABLE = """
CREATE TABLE t (id int PRIMARY KEY, name varchar(40), note text, amount numeric(38,10), at timestamptz, ok boolean, raw bytea)
"""
ROWS = """
INSERT INTO t SELECT i, '张三😀' || i, repeat('字', i % 50), i / 7.0,
'2026-01-01 08:00+08'::timestamptz + i * interval '1 minute',
i % 2 = 0, decode(lpad(to_hex(i), 8, '0'), 'hex') FROM generate_series(1, 5000) i
"""


def test_load_then_changes(make_provider):
    provider: Provider = make_provider(TABLE, ROWS)
    provider.start()
    eventually(lambda: provider.state() == "live", what=str(provider.stream.status()))
    assert provider.shared() == provider.rows()
    provider.sql(
        "INSERT INTO t VALUES (9001, '新', NULL, -12345678901234567890123456.0123456789, NULL, NULL, '\\x00ff')",
        "UPDATE t SET name = '改' WHERE id <= 100",
        "DELETE FROM t WHERE id BETWEEN 50 AND 60",
        "UPDATE t SET id = id + 20000 WHERE id BETWEEN 200 AND 220",
    )
    eventually(lambda: provider.shared() == provider.rows())
    eventually(lambda: len(provider.receiver.table) == len(provider.rows()))
