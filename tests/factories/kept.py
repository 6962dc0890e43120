"""Scenes made once in a test process by the real acts, and put back row by row where the same scene is made again.

A banner takes a thousand statements; most tests begin with the same one and roll back. What the acts wrote (new rows, and rows
of the template that they changed) is kept, with the value the factory gave, and written again as it was. A scene is put back
only into the state it was made in: nothing was written since the template, or since the scene before it was put back.
"""

import contextlib
import copy
import functools
import itertools
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import psycopg
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from gongxiang.protocol import clock
from tests.support import databases

P = ParamSpec("P")
T = TypeVar("T")
_numbers = itertools.count(1)
_TABLES = """
SELECT c.oid::regclass::text,
  (SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum) FROM pg_attribute a
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND coalesce(pg_get_expr(d.adbin, d.adrelid), '') <> 'pg_current_xact_id()'),
  (SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum) FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary)
FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace IN ('public'::regnamespace, 'link'::regnamespace)
  AND c.relname NOT LIKE 'django_%' ORDER BY 1
"""
#: The sums of a test's own writing, which a rolled-back savepoint leaves as they are.
_WRITTEN = "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_xact_user_tables"
_REMOVED = "SELECT relid::regclass::text, n_tup_del FROM pg_stat_xact_user_tables"
_MARK = "SELECT current_setting('gx_test.scene', true)"
_EMPTY = "SELECT NOT EXISTS (SELECT FROM parties_department)"
_SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences WHERE last_value IS NOT NULL"
#: Owned by the superuser, in copies for tests only: numbers go on after the highest that was put back. The guards stay on.
_DOOR = """
CREATE SCHEMA IF NOT EXISTS gx_test;
CREATE OR REPLACE FUNCTION gx_test.reach(name text, value bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
  AS $$ SELECT setval(name::regclass, value) FROM pg_sequences
        WHERE format('%I.%I', schemaname, sequencename) = name AND coalesce(last_value, 0) < value $$;
GRANT USAGE ON SCHEMA gx_test TO gx_site;
"""


@dataclass
class _Scene:
    """What a factory gave and wrote."""

    number: int
    value: Any
    #: (table, columns, its rows as COPY writes them)
    rows: list[tuple[str, str, bytes]]
    #: (table, column of its key, keys): rows that were there and that the factory changed.
    changed: list[tuple[str, str, list[str]]]
    sequences: list[tuple[str, int]]
    registered: list[tuple[dict[Any, Any], dict[Any, Any]]]


_scenes: dict[Hashable, _Scene | None] = {}
#: What factories remember of what they made, beside the rows (who knows which password): kept with the scene.
registers: list[dict[Any, Any]] = []
#: (transaction, what was written in it) in which the scene of that number stands untouched.
_standing: tuple[tuple[int, int], int] | None = None
_at_work = False


def kept(*, first: bool = False) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a factory makes for calls with equal arguments in the same state; `first`: the state is an empty site."""

    def decorate(factory: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(factory)
        def made(*args: P.args, **kwargs: P.kwargs) -> T:
            if _at_work:
                return factory(*args, **kwargs)
            state = _state(first)
            if state is None:
                return factory(*args, **kwargs)
            key = (state, factory.__qualname__, repr(args), repr(sorted(kwargs.items())), clock.now().date())
            if not first:
                key = (*key, connection.settings_dict["NAME"])
            if key in _scenes and (scene := _scenes[key]) is not None:
                _put_back(scene)
                return _given(scene, *args, *kwargs.values())
            if key in _scenes:
                return factory(*args, **kwargs)
            value, _scenes[key] = _make(lambda: factory(*args, **kwargs))
            return value

        return made

    return decorate


def _given(scene: _Scene, *arguments: Any) -> Any:
    """The factory's value; rows that were handed to it show what became of them."""
    found = copy.deepcopy(scene.value)
    for one in arguments:
        if isinstance(one, Model):
            one.refresh_from_db()
            found = one if found == one else found
    return found


def _ask(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def _moment() -> tuple[int, int]:
    """The transaction, and how much was written in it."""
    return int(_ask("SELECT pg_current_xact_id()::text")), int(_ask(_WRITTEN))


def _state(first: bool) -> int | None:
    """The number of the scene that stands here untouched; 0 where nothing was made yet; None for anything else."""
    if first:
        return 0 if _ask(_EMPTY) else None
    if _standing is None or not connection.in_atomic_block or _ask(_MARK) != str(_standing[1]):
        return None
    return _standing[1] if _moment() == _standing[0] else None


def _stand(scene: _Scene) -> None:
    """Note that the scene stands; the mark goes with it where a savepoint is rolled back."""
    global _standing
    _standing = None
    if connection.in_atomic_block:
        _ask(f"SELECT set_config('gx_test.scene', '{scene.number}', true)")
        _standing = (_moment(), scene.number)


def _make(factory: Callable[[], T]) -> tuple[T, _Scene | None]:
    """Let the factory work and note what it wrote; None for the scene where rows of the state before are gone."""
    with contextlib.nullcontext() if connection.in_atomic_block else transaction.atomic():
        here = transaction.savepoint()
        try:
            value, scene = _noted(factory)
        except DatabaseError:
            transaction.savepoint_rollback(here)
            raise
        except BaseException:
            # What was written before a refusal stays written, as it does without keeping.
            transaction.savepoint_commit(here)
            raise
        transaction.savepoint_commit(here)
    if scene is not None:
        _stand(scene)
    return value, scene


def _noted(factory: Callable[[], T]) -> tuple[T, _Scene | None]:
    global _at_work
    tables = _rows(_TABLES)
    known = [dict(register) for register in registers]
    with connection.cursor() as cursor:
        # The transaction ids of whatever is written from here on are not below this row's.
        cursor.execute("DROP TABLE IF EXISTS pg_temp.gx_from_here; CREATE TEMPORARY TABLE gx_from_here AS SELECT 1 AS one")
        cursor.execute("SELECT xmin::text FROM gx_from_here")
        floor = int(cursor.fetchone()[0])
    counts, sequences, removed = _counts(tables), dict(_rows(_SEQUENCES)), dict(_rows(_REMOVED))
    _at_work = True
    try:
        value = factory()
    finally:
        _at_work = False
    removals = {table for table, count in _rows(_REMOVED) if removed.get(table, 0) != count}
    rows, changed = [], []
    for (table, columns, key), before, after in zip(tables, counts, _counts(tables), strict=True):
        if after == 0:
            continue
        listed, condition = ", ".join(columns), f"xmin::text::bigint >= {floor}"
        copied = _copy_out(f"COPY (SELECT {listed} FROM {table} WHERE {condition}) TO STDOUT")
        written = copied.count(b"\n")
        if table in removals and written != after - before:
            return value, None
        if not written:
            continue
        rows.append((table, listed, copied))
        if written > after - before:
            keys = [str(one) for (one,) in _rows(f"SELECT {key[0]}::text FROM {table} WHERE {condition}")]
            changed.append((table, key[0], keys))
    moved = [(name, last) for name, last in _rows(_SEQUENCES) if sequences.get(name) != last]
    registered = [
        (register, {name: one for name, one in register.items() if before.get(name) != one})
        for register, before in zip(registers, known, strict=True)
    ]
    return value, _Scene(
        number=next(_numbers), value=copy.deepcopy(value), rows=rows, changed=changed, sequences=moved, registered=registered
    )


def _counts(tables: list[tuple[Any, ...]]) -> list[int]:
    # Numbered: the parts of a UNION may come in any order where several processes count.
    parts = (f"SELECT {number}, count(*) FROM {table}" for number, (table, _columns, _key) in enumerate(tables))
    return [count for _number, count in sorted(_rows(" UNION ALL ".join(parts)))]


def _copy_out(statement: str) -> bytes:
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copied:
        return b"".join(bytes(part) for part in copied)


def _put_back(scene: _Scene) -> None:
    _open_door(str(connection.settings_dict["NAME"]))
    with transaction.atomic(), connection.cursor() as cursor:
        for table, key, keys in scene.changed:
            cursor.execute(f"DELETE FROM {table} WHERE {key}::text = ANY(%s)", [keys])
        for table, columns, rows in scene.rows:
            with cursor.cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copied:
                copied.write(rows)
        for name, last in scene.sequences:
            cursor.execute("SELECT gx_test.reach(%s, %s)", [name, last])
    for register, known in scene.registered:
        register.update(known)
    _stand(scene)


@functools.cache
def _open_door(name: str) -> None:
    with psycopg.connect(databases.named(name).url, autocommit=True) as administrator:
        administrator.execute(_DOOR)
