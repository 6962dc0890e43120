"""PostgreSQL as a target: rows and cursor of a grant's flow in one transaction of the consumer's exchange database.

Received tables stand in schema `received`, the node's own state in schema `gongxiang`. A load goes into a table of its own
without a key; changes meanwhile wait in a third one, so that each key's latest word wins when the key is made at the end.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
import pyarrow as pa
from psycopg import sql
from psycopg.rows import dict_row

from gongxiang.node import copybinary, errors, killpoints
from gongxiang.node.apply import swap
from gongxiang.node.apply.target import Cursor
from gongxiang.node.collapse import Changes
from gongxiang.node.tablereader import Reading, TableSnapshot
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.terms import DataType, ElementSpec
from gongxiang.protocol.types import postgres_type

SCHEMA = "received"
_STATE = """
CREATE SCHEMA IF NOT EXISTS gongxiang;
CREATE SCHEMA IF NOT EXISTS received;
CREATE TABLE IF NOT EXISTS gongxiang.flows (
  grant_id         uuid PRIMARY KEY,
  revision         int NOT NULL,
  schema_version   int NOT NULL,
  epoch            bigint NOT NULL,
  seq              bigint NOT NULL,
  digest           text NOT NULL,
  position         text NOT NULL,
  "table"          text NOT NULL UNIQUE,
  elements         jsonb NOT NULL,
  loading          bigint NOT NULL,
  loading_elements jsonb NOT NULL,
  built            boolean NOT NULL,
  upserts          bigint NOT NULL,
  deletes          bigint NOT NULL,
  rows             bigint NOT NULL,
  loading_rows     bigint NOT NULL,
  late             bigint NOT NULL,
  committed_at     timestamptz,
  applied_at       timestamptz NOT NULL
);
CREATE TABLE IF NOT EXISTS gongxiang.set_aside (
  name text NOT NULL, definition text NOT NULL, reason text NOT NULL, at timestamptz NOT NULL
);
"""
_FIELDS = tuple(field.name for field in dataclasses.fields(Cursor))
#: How long a lock on the readers' table is waited for; new readers queue behind us meanwhile.
_LOCK_PATIENCE = "3s"


class PostgresTarget:
    """See `apply.target.Target`."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.Connection[Any] | None = None
        self._staged: tuple[ElementSpec, ...] = ()
        #: What an operator must hear, e.g. a view that could not be kept; taken by the flow.
        self.notices: list[str] = []

    # ---- connection and state -------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect and make sure that the node's own tables exist."""
        self.close()
        with self._named():
            connection = psycopg.connect(
                self._dsn, autocommit=True, connect_timeout=5, application_name="gongxiang node", row_factory=dict_row
            )
            # Keys are few against the table: without statistics on staged rows the planner must not scan it.
            connection.execute("SET search_path TO pg_catalog, pg_temp")
            connection.execute("SET enable_hashjoin TO off")
            connection.execute("SET enable_mergejoin TO off")
            connection.execute(f"SET lock_timeout TO '{_LOCK_PATIENCE}'")
            if not connection.execute("SELECT to_regclass('gongxiang.set_aside') IS NOT NULL AS there").fetchone()["there"]:  # type: ignore[index]
                with suppress(psycopg.errors.UniqueViolation, psycopg.errors.DuplicateTable):
                    connection.execute(_STATE)
        self._connection, self._staged = connection, ()

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None

    def cursors(self) -> list[Cursor]:
        """Every flow this database knows."""
        with self._named():
            return [_cursor(row) for row in self._at.execute("SELECT * FROM gongxiang.flows ORDER BY grant_id").fetchall()]

    def cursor(self, grant_id: UUID) -> Cursor | None:
        """Where this flow stands."""
        with self._named():
            row = self._at.execute("SELECT * FROM gongxiang.flows WHERE grant_id = %s", (grant_id,)).fetchone()
        return _cursor(row) if row else None

    def check(self, cursor: Cursor) -> None:
        """Raise TableTampered if the readers' table is not the one that was delivered."""
        with self._named():
            found = self._columns(cursor.table)
        if not cursor.elements:
            if found:
                raise errors.TableTampered(
                    "A table {schema}.{table} stands there that this node did not make.", schema=SCHEMA, table=cursor.table
                )
            return
        if not found:
            raise errors.TableTampered(
                "The table {schema}.{table} is missing or has lost its columns.", schema=SCHEMA, table=cursor.table
            )
        expected = {spec.code: (postgres_type(spec), spec.key) for spec in cursor.elements}
        wrong = sorted(
            {code for code, form in expected.items() if _usual(found.get(code)) != _usual(form)} | (set(found) - set(expected))
        )
        if wrong:
            raise errors.TableTampered(
                "The table {schema}.{table} was changed by hand: {columns}.",
                schema=SCHEMA,
                table=cursor.table,
                columns=", ".join(wrong),
            )

    # ---- loads ----------------------------------------------------------------------------------------------------------

    def begin_load(self, before: Cursor | None, after: Cursor) -> Cursor:
        """Make the table for `after.loading` beside the readers' one; an unfinished load is thrown away."""
        self.check(before or dataclasses.replace(after, elements=()))
        after = dataclasses.replace(after, built=False, loading_rows=0, late=0)
        with self._transaction():
            self._drop_beside(before)
            beside, late = _beside(after)
            columns = sql.SQL(", ").join(_definition(spec) for spec in after.loading_elements)
            plain = sql.SQL(", ").join(_definition(spec, constrained=spec.key) for spec in after.loading_elements)
            key = _names(_key(after.loading_elements))
            for table in (beside, late):
                self._run("DROP TABLE IF EXISTS {}", table)
            self._run("CREATE TABLE {} ({}) WITH (autovacuum_enabled = off)", beside, columns)
            self._run("CREATE TABLE {} (_op smallint NOT NULL, {}, PRIMARY KEY ({}))", late, plain, key)
            killpoints.reach("consumer.begin.created")
            self._keep(before, after)
        killpoints.reach("consumer.begin.committed")
        return after

    def add_load(self, before: Cursor, after: Cursor, batches: Sequence[pa.RecordBatch]) -> Cursor:
        """Put loaded rows into the table beside; they are newer than whatever changed of them before."""
        specs, (beside, late) = before.loading_elements, _beside(before)
        codes = [spec.code for spec in specs]
        if before.late:
            self._stage(specs)
        with self._transaction():
            chosen = [batch.select(codes) for batch in batches]
            if before.late:
                count = self._copy(sql.Identifier("pg_temp", "gx_in"), specs, chosen)
                removed = self._run("DELETE FROM {} l USING pg_temp.gx_in i WHERE {}", late, _same_key(specs, "l", "i"))
                self._run("INSERT INTO {} ({}) SELECT {} FROM pg_temp.gx_in", beside, _names(codes), _names(codes))
            else:
                count, removed = self._copy(beside, specs, chosen), 0
            killpoints.reach("consumer.load.copied")
            after = dataclasses.replace(
                after, loading_rows=before.loading_rows + count, late=before.late - removed, upserts=before.upserts + count
            )
            self._keep(before, after)
        killpoints.reach("consumer.load.committed")
        return after

    def finish_load(self, before: Cursor, after: Cursor) -> Cursor:
        """Complete the table beside and put it in the readers' table's place; the old one is gone with its rows."""
        if not before.built:
            before = self._build(before)
        late = _beside(before)[1]
        after = dataclasses.replace(
            after, elements=before.loading_elements, rows=before.loading_rows, loading=0, loading_elements=(), built=False,
            loading_rows=0, late=0,
        )  # fmt: skip
        with self._transaction() as connection:
            found = swap.replace(
                connection, schema=SCHEMA, table=before.table, by=_beside_name(before), ours=bool(before.elements)
            )
            self._run("DROP TABLE {}", late)
            killpoints.reach("consumer.swap.done")
            self._keep(before, after)
        self.notices += found
        killpoints.reach("consumer.swap.committed")
        # Readers have their table; the server would look at it by itself a minute later.
        with suppress(psycopg.Error):
            self._run("ANALYZE {}", _table(after))
        return after

    def forget(self, cursor: Cursor) -> None:
        """Throw an unfinished load away; the readers' table stays."""
        with self._transaction():
            self._drop_beside(cursor)
            self._keep(cursor, dataclasses.replace(cursor, loading=0, loading_elements=(), loading_rows=0, late=0, built=False))

    def _build(self, cursor: Cursor) -> Cursor:
        """Merge what changed during the load and make the key: everything that takes long, before the short swap."""
        (beside, late), specs = _beside(cursor), cursor.loading_elements
        with self._transaction():
            self._run("SET LOCAL enable_hashjoin TO on")
            self._run("SET LOCAL maintenance_work_mem TO '128MB'")
            rows = cursor.loading_rows
            if cursor.late:
                codes = [spec.code for spec in specs]
                self._run("ANALYZE {}", late)
                rows -= self._run("DELETE FROM {} b USING {} l WHERE {}", beside, late, _same_key(specs, "b", "l"))
                statement = "INSERT INTO {} ({}) SELECT {} FROM {} WHERE _op = 1"
                rows += self._run(statement, beside, _names(codes), _names(codes), late)
            key = _names(_key(specs))
            self._run("ALTER TABLE {} ADD PRIMARY KEY ({})", beside, key)
            self._run("ALTER TABLE {} RESET (autovacuum_enabled)", beside)
            killpoints.reach("consumer.load_end.keyed")
            built = dataclasses.replace(cursor, built=True, loading_rows=rows, late=0)
            self._keep(cursor, built)
        killpoints.reach("consumer.load_end.built")
        return built

    # ---- changes --------------------------------------------------------------------------------------------------------

    def add_changes(self, before: Cursor, after: Cursor, changes: Changes) -> Cursor:
        """Apply changes: to the readers' table, or while loading to the table of late changes."""
        if changes.empty:
            with self._transaction():
                self._keep(before, after)
            killpoints.reach("consumer.changes.committed")
            return after
        after = dataclasses.replace(
            after, upserts=before.upserts + changes.upserts_seen, deletes=before.deletes + changes.deletes_seen
        )
        specs = before.loading_elements if before.loading else before.elements
        self._stage(specs)
        with self._transaction():
            if changes.truncate:
                after = self._truncate(before, after)
            if changes.upserts.num_rows or changes.deletes.num_rows:
                batches = [_with_operation(changes.deletes, 2), _with_operation(changes.upserts, 1)]
                staged = sql.Identifier("pg_temp", "gx_in")
                self._copy(staged, specs, [batch for batch in batches if batch.num_rows], operation=True)
            killpoints.reach("consumer.changes.staged")
            if before.loading:
                fresh = self._upsert(_beside(before)[1], specs, operation=True)
                after = dataclasses.replace(after, late=after.late + fresh)
            else:
                table, gone, fresh = _table(before), 0, 0
                if changes.deletes.num_rows:
                    same = _same_key(specs, "t", "i")
                    gone = self._run("DELETE FROM {} t USING pg_temp.gx_in i WHERE i._op = 2 AND {}", table, same)
                if changes.upserts.num_rows:
                    fresh = self._upsert(table, specs, operation=False)
                after = dataclasses.replace(after, rows=after.rows - gone + fresh)
            killpoints.reach("consumer.changes.applied")
            self._keep(before, after)
        killpoints.reach("consumer.changes.committed")
        return after

    def _truncate(self, before: Cursor, after: Cursor) -> Cursor:
        if not before.loading:
            self._run("TRUNCATE {}", _table(before))
            return dataclasses.replace(after, rows=0)
        for table in _beside(before):
            self._run("TRUNCATE {}", table)
        return dataclasses.replace(after, loading_rows=0, late=0)

    def _upsert(self, table: sql.Identifier, specs: tuple[ElementSpec, ...], *, operation: bool) -> int:
        """Insert or update the staged rows; how many keys are new."""
        key = _key(specs)
        codes = [*(["_op"] if operation else []), *(spec.code for spec in specs)]
        assignments = [sql.SQL("{0} = excluded.{0}").format(sql.Identifier(code)) for code in codes if code not in key]
        action = sql.SQL("DO UPDATE SET ") + sql.SQL(", ").join(assignments) if assignments else sql.SQL("DO NOTHING")
        chosen = sql.SQL("" if operation else " WHERE _op = 1")
        query = sql.SQL(
            "WITH put AS (INSERT INTO {table} ({codes}) SELECT {codes} FROM pg_temp.gx_in{chosen}"
            " ON CONFLICT ({key}) {action} RETURNING (xmax = 0) AS fresh) SELECT count(*) FILTER (WHERE fresh) AS n FROM put"
        ).format(table=table, codes=_names(codes), chosen=chosen, key=_names(key), action=action)
        row = self._at.execute(query).fetchone()
        return int(row["n"]) if row else 0

    # ---- reading --------------------------------------------------------------------------------------------------------

    def snapshot(self, cursor: Cursor) -> TableSnapshot:
        """The readers' table exactly as of `cursor`; raises TargetBusy if it moved on."""
        reading = Reading(self._dsn)
        found = reading.one("SELECT seq FROM gongxiang.flows WHERE grant_id = $1::uuid", str(cursor.grant_id))
        if found is None or int(found[0]) != cursor.seq:
            reading.close()
            raise errors.TargetBusy("The table moved on from position {seq} before it could be read.", seq=cursor.seq)
        return TableSnapshot(reading, schema=SCHEMA, table=cursor.table, elements=cursor.elements)

    # ---- inner ----------------------------------------------------------------------------------------------------------

    @property
    def _at(self) -> psycopg.Connection[dict[str, Any]]:
        if self._connection is None:
            self.open()
        assert self._connection is not None
        return cast("psycopg.Connection[dict[str, Any]]", self._connection)

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise named(error) from error

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection[Any]]:
        with self._named():
            connection = self._at
            with connection.transaction():
                yield connection

    def _run(self, statement: LiteralString, *parts: sql.Composable) -> int:
        return self._at.execute(sql.SQL(statement).format(*parts)).rowcount

    def _copy(
        self, table: sql.Identifier, specs: Sequence[ElementSpec], batches: Sequence[pa.RecordBatch], *, operation: bool = False
    ) -> int:
        names = [*(["_op"] if operation else []), *(spec.code for spec in specs)]
        kinds = [*(["smallint"] if operation else []), *(postgres_type(spec) for spec in specs)]
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(table, _names(names))
        with self._at.cursor() as cursor:
            return copybinary.copy_into(cursor, statement, batches, kinds)

    def _stage(self, specs: tuple[ElementSpec, ...]) -> None:
        """The session's own table that a batch is copied into before it is applied."""
        if self._staged == specs:
            return
        with self._named():
            columns = sql.SQL(", ").join(_definition(spec, constrained=False) for spec in specs)
            self._run("DROP TABLE IF EXISTS pg_temp.gx_in")
            self._run("CREATE TEMP TABLE gx_in (_op smallint, {}) ON COMMIT DELETE ROWS", columns)
        self._staged = specs

    def _keep(self, before: Cursor | None, after: Cursor) -> None:
        """Write the cursor; raise TargetRefused if another hand moved it meanwhile."""
        values = _row(after) | {"applied_at": clock.now()}
        if before is None:
            marks = sql.SQL(", ").join(sql.Placeholder() * len(values))
            statement = sql.SQL("INSERT INTO gongxiang.flows ({}) VALUES ({})").format(_names(values), marks)
            self._at.execute(statement, list(values.values()))
            return
        assignments = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
        statement = sql.SQL("UPDATE gongxiang.flows SET {} WHERE grant_id = %s AND seq = %s AND epoch = %s").format(assignments)
        if self._at.execute(statement, [*values.values(), before.grant_id, before.seq, before.epoch]).rowcount != 1:
            raise errors.TargetRefused("Another process moved this flow's cursor: is a second node running on this database?")

    def _drop_beside(self, cursor: Cursor | None) -> None:
        if cursor is not None and cursor.loading:
            for table in _beside(cursor):
                self._run("DROP TABLE IF EXISTS {}", table)

    def _columns(self, table: str) -> dict[str, tuple[str, bool]]:
        """Column -> (type, whether in the primary key) of a received table; empty if there is none."""
        rows = self._at.execute(
            """SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
                      coalesce(a.attnum = ANY (i.indkey), false) AS key
                 FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
                WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped""",
            (f'{SCHEMA}."{table}"',),
        ).fetchall()
        return {row["name"]: (row["type"], row["key"]) for row in rows}


def named(error: psycopg.Error) -> errors.DataPlaneError:
    """The named error of what the database said; its words never carry values (DETAIL is left out)."""
    state, said = error.sqlstate or "", (error.diag.message_primary or str(error)).strip()
    if state == "53100" or "No space left" in said or "File too large" in said:
        return errors.TargetDiskFull("The exchange database has no space left: {said}.", said=said)
    if state in ("55P03", "57014", "40001", "40P01"):
        return errors.TargetBusy("The exchange database is busy: {said}.", said=said)
    if not state or state[:2] in ("08", "53", "57", "58") or state == "25006":
        return errors.TargetDown("The exchange database cannot be used: {said}.", said=said)
    if state[:2] == "23" or state in ("42703", "42P01", "42P10", "42804", "42830"):
        return errors.TableTampered("The received table does not take what was delivered: {said}.", said=said)
    if state.startswith("XX"):
        return errors.TargetDown("The exchange database reports damage: {said}.", said=said)
    return errors.TargetRefused("The exchange database refused: {said} ({state}).", said=said, state=state)


def _cursor(row: dict[str, Any]) -> Cursor:
    values = {name: row[name] for name in _FIELDS}
    for name in ("elements", "loading_elements"):
        values[name] = tuple(ElementSpec(**{**spec, "type": DataType(spec["type"])}) for spec in row[name])
    return Cursor(**values)


def _row(cursor: Cursor) -> dict[str, Any]:
    values = {name: getattr(cursor, name) for name in _FIELDS}
    for name in ("elements", "loading_elements"):
        values[name] = canonical(list(values[name])).decode()
    return values


def _usual(form: tuple[str, bool] | None) -> tuple[str, bool] | None:
    """A type as `format_type` prints it."""
    if form is None:
        return None
    kind = {"timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone"}.get(form[0], form[0])
    return kind, form[1]


def _key(specs: Sequence[ElementSpec]) -> list[str]:
    return [spec.code for spec in specs if spec.key]


def _names(names: Any) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _definition(spec: ElementSpec, *, constrained: bool = True) -> sql.Composed:
    kind = sql.SQL(postgres_type(spec))
    return sql.SQL("{} {}{}").format(sql.Identifier(spec.code), kind, sql.SQL(" NOT NULL" if constrained and spec.key else ""))


def _same_key(specs: Sequence[ElementSpec], one: str, other: str) -> sql.Composed:
    return sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier(one, code), sql.Identifier(other, code)) for code in _key(specs)
    )


def _table(cursor: Cursor) -> sql.Identifier:
    return sql.Identifier(SCHEMA, cursor.table)


def _beside_name(cursor: Cursor) -> str:
    return f"{cursor.table}__e{cursor.loading}"


def _beside(cursor: Cursor) -> tuple[sql.Identifier, sql.Identifier]:
    """The table being loaded and the one of changes that came meanwhile."""
    return sql.Identifier(SCHEMA, _beside_name(cursor)), sql.Identifier(SCHEMA, f"{_beside_name(cursor)}_late")


def _with_operation(batch: pa.RecordBatch, operation: int) -> pa.RecordBatch:
    column = pa.repeat(pa.scalar(operation, pa.int16()), batch.num_rows)
    return pa.RecordBatch.from_arrays([column, *batch.columns], names=["_op", *batch.schema.names])
