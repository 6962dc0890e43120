"""Which tables a source database has: names, comments, types and keys of all of them, for the catalogue's reverse compilation.

Reads the database's own catalogues only, never a row. What is found is bounded, and leaves in parts that one call carries.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from gongxiang.node.describe import COLUMNS, column_of, problem_of
from gongxiang.node.errors import SourceDown
from gongxiang.protocol.messages import DescribedColumn, SurveyedTable
from gongxiang.protocol.sentences import Sentence

#: Beyond these the rest is left out, and said to be.
MOST_TABLES, MOST_COLUMNS, LONGEST_COMMENT = 3000, 600, 300
#: Columns in one part: some 200 KB at most, far below what one call may carry.
PART_COLUMNS = 500
_AT_ONCE = 200

#: Ordinary and partitioned tables of the business: no partitions, no extension's tables, nothing of this product.
_TABLES = """
SELECT c.oid, n.nspname, c.relname, c.relkind::text, c.relpersistence::text, c.relreplident::text,
       greatest(CASE WHEN c.relkind = 'p' THEN (SELECT coalesce(sum(greatest(p.reltuples, 0)), 0)
                FROM pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid WHERE t.isleaf)
            ELSE c.reltuples END, 0)::bigint,
       i.indkey::int2[]::int[], has_table_privilege(c.oid, 'SELECT'), pg_has_role(c.relowner, 'MEMBER'),
       coalesce(obj_description(c.oid, 'pg_class'), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%'
  AND n.nspname <> ALL(%s)
  AND has_schema_privilege(n.oid, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname
"""
#: Schemas of this product, where a department's exchange tables lie in the same database.
_OURS = ["gongxiang", "shared", "received"]


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What was found: the first tables by name, and how many there are in all."""

    tables: tuple[SurveyedTable, ...]
    total: int


def survey(dsn: str) -> Survey:
    """The tables of the source database that this account may know of; raises SourceDown."""
    try:
        with psycopg.connect(dsn, connect_timeout=10, autocommit=True, application_name="gongxiang node survey") as connection:
            connection.execute("SET statement_timeout = '60s'")
            relations = connection.execute(_TABLES, (_OURS,)).fetchall()
            chosen = relations[:MOST_TABLES]
            columns = _columns(connection, [row[0] for row in chosen])
    except psycopg.OperationalError as error:
        raise SourceDown("The source database does not answer: {said}", said=str(error).strip()) from error
    return Survey(tables=tuple(_table(row, columns[row[0]]) for row in chosen), total=len(relations))


def parts(found: Survey) -> Iterator[tuple[SurveyedTable, ...]]:
    """The tables in parts of bounded size; at least one part, which may be empty."""
    part: list[SurveyedTable] = []
    size = 0
    for table in found.tables:
        if part and size + len(table.columns) > PART_COLUMNS:
            yield tuple(part)
            part, size = [], 0
        part.append(table)
        size += max(1, len(table.columns))
    yield tuple(part)


def _columns(connection: psycopg.Connection[Any], oids: Sequence[int]) -> dict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    query = COLUMNS.replace("SELECT a.attnum", "SELECT a.attrelid, a.attnum", 1)
    query = query.replace("a.attrelid = %s", "a.attrelid = ANY(%s)").replace(
        "ORDER BY a.attnum", "ORDER BY a.attrelid, a.attnum"
    )
    for start in range(0, len(oids), _AT_ONCE):
        for row in connection.execute(query.encode(), (list(oids[start : start + _AT_ONCE]),)):
            found[row[0]].append(row[1:])
    return found


def _table(relation: Sequence[Any], rows: Sequence[Any]) -> SurveyedTable:
    _oid, schema, name, kind, persistence, identity, count, key, may_read, is_owner, comment = relation
    columns = tuple(column_of(row, list(key or ())) for row in rows)
    told = tuple(
        DescribedColumn(
            column=c.column, source_type=c.source_type[:100], comment=_short(c.comment), nullable=c.nullable, key=c.key > 0,
            type=c.type, precision=c.precision, scale=c.scale, refusal=c.refusal, length=c.length,
        )
        for c in columns[:MOST_COLUMNS]
    )  # fmt: skip
    problem = problem_of(f"{schema}.{name}", kind, persistence, identity, columns, may_read, is_owner)
    if "." in schema or "." in name:
        problem = Sentence(
            "The name {table} has a full stop in it: it cannot be told from a schema's.", table=f"{schema}.{name}"
        )
    return SurveyedTable(
        table=f"{schema}.{name}", comment=_short(comment), rows=count, columns=told,
        columns_left_out=max(0, len(columns) - MOST_COLUMNS), problem=problem,
    )  # fmt: skip


def _short(comment: str) -> str:
    """A comment without characters that no page shows, cut."""
    text = "".join(c if c.isprintable() or c in "\n\t" else " " for c in comment)
    return text[:LONGEST_COMMENT]
