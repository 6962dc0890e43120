"""The shape of a source table: which columns are carried as what, and why some are not; for mounting and capture.

Reads catalogues only, never a row. Every refusal names the column, its type and what the department can do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from gongxiang.node.errors import SourceDown
from gongxiang.protocol.messages import DescribedColumn, MappedColumn
from gongxiang.protocol.sentences import Sentence
from gongxiang.protocol.terms import DataType, ElementSpec
from gongxiang.protocol.types import MAX_PRECISION, postgres_type

#: Fractional digits of a `numeric` that declares none; a value with more stops the stream with words.
UNDECLARED_SCALE = 10

#: PostgreSQL type -> (how it is carried, its form on the wire).
_CARRIED: dict[str, tuple[DataType, str]] = {
    "int2": (DataType.INTEGER, "int2"),
    "int4": (DataType.INTEGER, "int4"),
    "int8": (DataType.INTEGER, "int8"),
    "oid": (DataType.INTEGER, "oid"),
    "numeric": (DataType.DECIMAL, "numeric"),
    "float4": (DataType.DOUBLE, "float4"),
    "float8": (DataType.DOUBLE, "float8"),
    "bool": (DataType.BOOLEAN, "bool"),
    "text": (DataType.TEXT, "text"),
    "varchar": (DataType.TEXT, "varchar"),
    "bpchar": (DataType.TEXT, "bpchar"),
    "name": (DataType.TEXT, "name"),
    "xml": (DataType.TEXT, "xml"),
    "time": (DataType.TEXT, "time"),
    "date": (DataType.DATE, "date"),
    "timestamp": (DataType.TIMESTAMP, "timestamp"),
    "timestamptz": (DataType.INSTANT, "timestamptz"),
    "bytea": (DataType.BYTES, "bytea"),
    "uuid": (DataType.UUID, "uuid"),
    "json": (DataType.JSON, "json"),
    "jsonb": (DataType.JSON, "jsonb"),
}

_RELATION = """
SELECT c.oid, n.nspname, c.relname, c.relkind::text, c.relpersistence::text, c.relreplident::text, c.reltuples::bigint,
       coalesce((SELECT sum(p.reltuples)::bigint FROM pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid
                 WHERE c.relkind = 'p' AND t.isleaf), 0),
       i.indkey::int2[]::int[], has_table_privilege(c.oid, 'SELECT'), pg_has_role(c.relowner, 'MEMBER')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE n.nspname = %s AND c.relname = %s
"""

COLUMNS = """
SELECT a.attnum, a.attname, a.atttypid::bigint, a.atttypmod, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       a.attgenerated::text, coalesce(col_description(a.attrelid, a.attnum), ''),
       b.typname, b.typtype::text, b.typelem <> 0 AND b.typlen = -1, b.typname,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, tn.nspname = 'pg_catalog'
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
CROSS JOIN LATERAL (
  WITH RECURSIVE up AS (SELECT t.oid, t.typtype, t.typbasetype
                        UNION ALL SELECT d.oid, d.typtype, d.typbasetype FROM up JOIN pg_type d ON d.oid = up.typbasetype
                        WHERE up.typtype = 'd')
  SELECT oid FROM up WHERE typtype <> 'd') base
JOIN pg_type b ON b.oid = base.oid JOIN pg_namespace tn ON tn.oid = b.typnamespace
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""


@dataclass(frozen=True, kw_only=True)
class SourceColumn:
    """One column as the source has it."""

    column: str
    number: int
    type_id: int
    type_modifier: int
    source_type: str
    comment: str
    nullable: bool
    #: Place in the primary key from 1; 0 is outside.
    key: int
    #: Form on the wire (`gongxiang.node.wire`); "" where it cannot be carried.
    form: str
    type: DataType | None
    precision: int = 0
    scale: int = 0
    #: Most characters of a text, where it declares them.
    length: int = 0
    refusal: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceTable:
    """A table as the source has it; `problem` says why nothing of it can be captured from the log."""

    oid: int
    schema: str
    name: str
    columns: tuple[SourceColumn, ...]
    rows: int
    problem: str

    def column(self, name: str) -> SourceColumn | None:
        """The column of this name."""
        return next((c for c in self.columns if c.column == name), None)


@dataclass(frozen=True, kw_only=True)
class Description:
    """What `TableDescribed` carries of a table."""

    columns: tuple[DescribedColumn, ...]
    rows: int
    problem: str


def quote(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_table(table: str) -> str:
    """`schema.table` as SQL identifiers; a bare name is of schema public."""
    schema, name = split_table(table)
    return f"{quote(schema)}.{quote(name)}"


def split_table(table: str) -> tuple[str, str]:
    """Schema and name of `schema.table`; a bare name is of schema public."""
    schema, dot, name = table.partition(".")
    return (schema, name) if dot else ("public", table)


def describe_table(dsn: str, table: str) -> Description:
    """The shape of one table of the source database; raises SourceDown if it does not answer."""
    try:
        with psycopg.connect(dsn, connect_timeout=10, autocommit=True) as connection:
            found = read_table(connection, table)
    except psycopg.OperationalError as error:
        raise SourceDown("The source database does not answer: {said}", said=str(error).strip()) from error
    if found is None:
        return Description(columns=(), rows=0, problem=missing_table(table))
    columns = tuple(
        DescribedColumn(
            column=c.column,
            source_type=c.source_type,
            comment=c.comment,
            nullable=c.nullable,
            key=c.key > 0,
            type=c.type,
            precision=c.precision,
            scale=c.scale,
            length=c.length,
            refusal=c.refusal,
        )
        for c in found.columns
    )
    return Description(columns=columns, rows=found.rows, problem=found.problem)


def read_table(connection: psycopg.Connection[Any], table: str) -> SourceTable | None:
    """The table's shape over an open connection; None if there is no such table."""
    schema, name = split_table(table)
    relation = connection.execute(_RELATION, (schema, name)).fetchone()
    if relation is None:
        return None
    oid, schema, name, kind, persistence, identity, rows, leaf_rows, key, may_read, is_owner = relation
    key = list(key or ())
    columns = tuple(column_of(row, key) for row in connection.execute(COLUMNS, (oid,)).fetchall())
    return SourceTable(
        oid=oid,
        schema=schema,
        name=name,
        columns=columns,
        rows=max(int(leaf_rows if kind == "p" else rows), 0),
        problem=problem_of(f"{schema}.{name}", kind, persistence, identity, columns, may_read, is_owner),
    )


def column_of(row: Sequence[Any], key: list[int]) -> SourceColumn:
    """One column from its row of the catalogues; `key` are the numbers of the primary key's columns in its order."""
    number, name, type_id, modifier, source_type, nullable, generated, comment, *base = row
    type_name, type_kind, is_array, _, base_modifier, built_in = base
    place = key.index(number) + 1 if number in key else 0
    carried: DataType | None = None
    form, refusal, precision, scale = "", "", 0, 0
    what = f"{name} ({source_type})"
    if generated:
        refusal = Sentence(
            "Column {what} is generated: its values do not stand in the log. Leave it out, or store it as a plain column.",
            what=what,
        )
    elif type_kind == "e":
        carried, form = DataType.TEXT, "enum"
    elif is_array:
        refusal = Sentence(
            "Column {what} is an array, which has no element type. Leave it out, or keep its items in a table of their own.",
            what=what,
        )
    elif type_kind == "c":
        refusal = Sentence(
            "Column {what} is a composite type. Leave it out, or keep its parts in columns of their own.", what=what
        )
    elif type_kind in ("r", "m"):
        refusal = Sentence(
            "Column {what} is a range. Leave it out, or keep lower and upper bound in columns of their own.", what=what
        )
    elif built_in and type_name in _CARRIED:
        carried, form = _CARRIED[type_name]
    else:
        refusal = Sentence(
            "Column {what} has a type that is not carried. Leave it out, or keep it as text in a column of its own.", what=what
        )
    if carried is DataType.DECIMAL:
        precision, scale = _digits(base_modifier)
        if precision > MAX_PRECISION or not 0 <= scale <= precision:
            carried, form, refusal = (
                None,
                "",
                Sentence(
                    "Column {what} has more than {most} digits or an odd scale. Declare it as numeric(38, s) or less.",
                    what=what,
                    most=MAX_PRECISION,
                ),
            )
            precision = scale = 0
    return SourceColumn(
        column=name,
        number=number,
        type_id=type_id,
        type_modifier=modifier,
        source_type=source_type,
        comment=comment,
        nullable=nullable,
        key=place,
        form=form,
        type=carried,
        precision=precision,
        scale=scale,
        length=max(0, base_modifier - 4) if type_name in ("varchar", "bpchar") and built_in else 0,
        refusal=refusal,
    )


def _digits(modifier: int) -> tuple[int, int]:
    if modifier < 4:
        return MAX_PRECISION, UNDECLARED_SCALE
    packed = modifier - 4
    return packed >> 16 & 0xFFFF, ((packed & 0x7FF) ^ 1024) - 1024


def missing_table(table: str) -> str:
    """That there is no such table, in words."""
    schema, name = split_table(table)
    return Sentence(
        "There is no table {schema}.{name} in the source database, or this account may not see it. Check the spelling "
        "(upper and lower case count) and the account's rights.",
        schema=schema,
        name=name,
    )


def problem_of(
    table: str,
    kind: str,
    persistence: str,
    identity: str,
    columns: tuple[SourceColumn, ...],
    may_read: bool,
    is_owner: bool,
) -> str:
    """Why nothing of the table can be captured from the log; empty if it can."""
    if kind not in ("r", "p"):
        return Sentence("{table} is not a table (a view or foreign table has no log). Mount the tables behind it.", table=table)
    if persistence != "p":
        return Sentence(
            "{table} is unlogged or temporary: its changes do not stand in the log. ALTER TABLE … SET LOGGED, or take another.",
            table=table,
        )
    if not any(c.key for c in columns):
        return Sentence(
            "{table} has no primary key, so its changes cannot be told apart. Add one, or choose another way of capture.",
            table=table,
        )
    if identity != "d":
        name = {"f": "FULL", "n": "NOTHING", "i": "USING INDEX"}.get(identity, identity)
        return Sentence(
            "{table} has REPLICA IDENTITY {name}. Publishing some of its columns would break the department's own UPDATEs, "
            "so it is not touched. If nothing else needs that setting: ALTER TABLE … REPLICA IDENTITY DEFAULT.",
            table=table,
            name=name,
        )
    unfit = [c for c in columns if c.key and c.refusal]
    if unfit:
        return Sentence.joined(Sentence("The primary key of {table} cannot be carried.", table=table), unfit[0].refusal)
    if not may_read:
        return Sentence("This account may not read {table}. GRANT SELECT ON {table} TO the node's account.", table=table)
    if not is_owner:
        return Sentence(
            "This account does not own {table}, so it cannot publish it. Make it a member of the owner's role, or let the "
            "owner create the publication that the node's handbook shows.",
            table=table,
        )
    return ""


def unfit_columns(found: SourceTable, columns: Sequence[MappedColumn]) -> list[str]:
    """Why the mapped columns do not (or no longer) fit the table, in words; empty if they do."""
    problems: list[str] = []
    for mapped in columns:
        have, want = found.column(mapped.column), mapped.element
        if have is None:
            problems.append(
                Sentence(
                    "Column {column} is gone from {schema}.{name} (dropped or renamed).",
                    column=mapped.column,
                    schema=found.schema,
                    name=found.name,
                )
            )
        elif have.type is None:
            problems.append(have.refusal)
        elif not _carries(have, want):
            problems.append(
                Sentence(
                    "Column {column} is now {type}; element {element} was published as {published}.",
                    column=mapped.column,
                    type=have.source_type,
                    element=want.code,
                    published=postgres_type(want),
                )
            )
        elif bool(have.key) != want.key:
            now = Sentence("Column {column} is now part of the primary key.", column=mapped.column)
            no_longer = Sentence("Column {column} is no longer part of the primary key.", column=mapped.column)
            problems.append(now if have.key else no_longer)
    outside = [c.column for c in found.columns if c.key and c.column not in {m.column for m in columns}]
    if outside:
        problems.append(
            Sentence(
                "The primary key's column {columns} is not catalogued; without it, updates would fail.",
                columns=", ".join(outside),
            )
        )
    return problems


def _carries(have: SourceColumn, want: ElementSpec) -> bool:
    if have.type is not want.type:
        return False
    if want.type is DataType.DECIMAL:
        precision = want.precision or MAX_PRECISION
        return have.scale <= want.scale and have.precision - have.scale <= precision - want.scale
    return True


def select_list(found: SourceTable, columns: Sequence[MappedColumn]) -> str:
    """The mapped columns for a SELECT, each cast to the form it has in exchange tables."""
    parts = []
    for mapped in columns:
        have = found.column(mapped.column)
        form = have.form if have else ""
        target = postgres_type(mapped.element)
        # A cast to numeric(p, s) would round silently; the decoder marks what does not fit instead.
        same = form == "numeric" or target in (
            form,
            {"int8": "bigint", "bool": "boolean", "float8": "double precision"}.get(form),
        )
        parts.append(quote(mapped.column) if same else f"{quote(mapped.column)}::{target}")
    return ", ".join(parts)
