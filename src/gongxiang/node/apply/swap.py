"""One table takes another's place and name in the caller's transaction; readers see the old one or the new one, whole.

What the department hung on its received table is carried over: privileges, further indexes, views. A view that needs a column
which is no longer granted cannot stay: its definition is kept in `gongxiang.set_aside`, and the operator is told.
"""

from typing import Any

import psycopg
from psycopg import sql

from gongxiang.node import errors
from gongxiang.protocol import clock
from gongxiang.protocol.sentences import Sentence

_VIEWS = """
WITH RECURSIVE hanging (oid, depth) AS (
  SELECT r.ev_class, 1 FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
   WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = %(oid)s
     AND r.ev_class <> d.refobjid
  UNION
  SELECT r.ev_class, h.depth + 1 FROM hanging h
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = h.oid
    JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> h.oid
   WHERE h.depth < 50
)
SELECT c.oid, max(h.depth) AS depth, n.nspname AS schema, c.relname AS name, c.relkind = 'm' AS stored,
       pg_get_viewdef(c.oid) AS definition, pg_get_userbyid(c.relowner) AS owner
  FROM hanging h JOIN pg_class c ON c.oid = h.oid JOIN pg_namespace n ON n.oid = c.relnamespace
 GROUP BY c.oid, n.nspname ORDER BY 2
"""
_PRIVILEGES = """
SELECT a.privilege_type AS privilege, a.is_grantable AS grantable, r.rolname AS grantee, NULL AS column
  FROM pg_class c, aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
 WHERE c.oid = %(oid)s AND a.grantee <> c.relowner
UNION ALL
SELECT a.privilege_type, a.is_grantable, r.rolname, t.attname
  FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) a
  LEFT JOIN pg_roles r ON r.oid = a.grantee
 WHERE c.oid = %(oid)s AND a.grantee <> c.relowner
"""
_INDEXES = """
SELECT i.relname AS name, pg_get_indexdef(i.oid) AS definition
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
 WHERE x.indrelid = %(oid)s AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.conrelid = x.indrelid)
"""
_FOREIGN_KEYS = """
SELECT conname AS name, conrelid::regclass::text AS on_table, conrelid, pg_get_constraintdef(oid) AS definition
  FROM pg_constraint WHERE contype = 'f' AND confrelid = %(oid)s
"""


def replace(connection: psycopg.Connection[Any], *, schema: str, table: str, by: str, ours: bool) -> list[str]:
    """Put `by` in the place of `table`; what an operator must hear. Raises TableTampered if `table` is not the node's."""
    old = _oid(connection, schema, table)
    name, new = sql.Identifier(schema, table), sql.Identifier(schema, by)
    if old is not None and not ours:
        raise errors.TableTampered(
            "A table {schema}.{table} stands there that this node did not make.", schema=schema, table=table
        )
    notices: list[str] = []
    views: list[dict[str, Any]] = []
    privileges: dict[int | None, list[dict[str, Any]]] = {}
    indexes: list[dict[str, Any]] = []
    if old is not None:
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(name))
        views, indexes = _read(connection, _VIEWS, old), _read(connection, _INDEXES, old)
        privileges = {None: _read(connection, _PRIVILEGES, old)}
        for view in reversed(views):
            privileges[view["oid"]] = _read(connection, _PRIVILEGES, view["oid"])
            kind = sql.SQL("MATERIALIZED VIEW" if view["stored"] else "VIEW")
            connection.execute(sql.SQL("DROP {} {}").format(kind, sql.Identifier(view["schema"], view["name"])))
        for key in _read(connection, _FOREIGN_KEYS, old):
            drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
            connection.execute(drop.format(sql.SQL(key["on_table"]), sql.Identifier(key["name"])))
            notices.append(_set_aside(connection, f"{key['on_table']}.{key['name']}", key["definition"], "foreign key"))
        connection.execute(sql.SQL("DROP TABLE {}").format(name))
    connection.execute(sql.SQL("ALTER TABLE {} RENAME TO {}").format(new, sql.Identifier(table)))
    _rename_key(connection, schema, table)
    for index in indexes:
        if why := _try(connection, sql.SQL(index["definition"])):
            notices.append(_set_aside(connection, index["name"], index["definition"], why))
    _give(connection, name, privileges.get(None, []))
    for view in views:
        identifier = sql.Identifier(view["schema"], view["name"])
        kind = sql.SQL("MATERIALIZED VIEW" if view["stored"] else "VIEW")
        statement = sql.SQL("CREATE {} {} AS {}").format(kind, identifier, sql.SQL(view["definition"]))
        if why := _try(connection, statement):
            notices.append(_set_aside(connection, f"{view['schema']}.{view['name']}", view["definition"], why))
            continue
        owner = sql.SQL("ALTER {} {} OWNER TO {}").format(kind, identifier, sql.Identifier(view["owner"]))
        _try(connection, owner)
        _give(connection, identifier, privileges.get(view["oid"], []))
    return notices


def _oid(connection: psycopg.Connection[Any], schema: str, table: str) -> int | None:
    row = connection.execute("SELECT to_regclass(%s)::oid AS oid", (f'{schema}."{table}"',)).fetchone()
    return row["oid"] if row else None


def _read(connection: psycopg.Connection[Any], query: str, oid: int) -> list[dict[str, Any]]:
    return connection.execute(query.encode(), {"oid": oid}).fetchall()


def _rename_key(connection: psycopg.Connection[Any], schema: str, table: str) -> None:
    query = "SELECT conname AS name FROM pg_constraint WHERE conrelid = to_regclass(%s) AND contype = 'p'"
    row = connection.execute(query, (f'{schema}."{table}"',)).fetchone()
    if row:
        statement = sql.SQL("ALTER TABLE {} RENAME CONSTRAINT {} TO {}")
        wanted = sql.Identifier(f"{table}_pkey")
        connection.execute(statement.format(sql.Identifier(schema, table), sql.Identifier(row["name"]), wanted))


def _give(connection: psycopg.Connection[Any], name: sql.Identifier, privileges: list[dict[str, Any]]) -> None:
    for item in privileges:
        column = sql.SQL(" ({})").format(sql.Identifier(item["column"])) if item["column"] else sql.SQL("")
        grantee = sql.Identifier(item["grantee"]) if item["grantee"] else sql.SQL("PUBLIC")
        option = sql.SQL(" WITH GRANT OPTION" if item["grantable"] else "")
        privilege = sql.SQL(item["privilege"])
        _try(connection, sql.SQL("GRANT {}{} ON {} TO {}{}").format(privilege, column, name, grantee, option))


def _try(connection: psycopg.Connection[Any], statement: sql.SQL | sql.Composed) -> str:
    """Run it in a savepoint; why it cannot be, or an empty text."""
    try:
        with connection.transaction():
            connection.execute(statement)
    except (psycopg.errors.ProgrammingError, psycopg.errors.NotSupportedError) as error:
        return error.diag.message_primary or str(error)
    return ""


def _set_aside(connection: psycopg.Connection[Any], name: str, definition: str, reason: str) -> str:
    connection.execute(
        "INSERT INTO gongxiang.set_aside (name, definition, reason, at) VALUES (%s, %s, %s, %s)",
        (name, definition, reason, clock.now()),
    )
    return Sentence(
        "{name} could not be kept when the received table was replaced ({reason}); its definition is in gongxiang.set_aside.",
        name=name,
        reason=reason,
    )
