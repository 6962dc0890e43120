"""`gongxiang migrate`: makes or updates the database and this installation's keys; repeatable, safe beside running programs.

One database, three schemas, a role each: `gx_owner` owns everything and logs in nowhere, `gx_site` has `public` and `link`,
`gx_gateway` has `exchange` and `link`.
"""

import argparse
import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

import gongxiang
from gongxiang.machine import certificate
from gongxiang.machine.environment import DATABASE_NAME, role_url
from gongxiang.machine.home import Home, secret
from gongxiang.machine.postgres import own_server
from gongxiang.machine.processes import port_taken
from gongxiang.protocol.keyring import Keyring

#: Programs' roles and the schema that is theirs alone.
ROLES = {"gx_site": "public", "gx_gateway": "exchange"}
#: Key of the advisory lock that lets one migration run at a time.
LOCK = 0x67786D67


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything comes from the settings."""


def run(arguments: argparse.Namespace) -> int:
    """Migrate the installation of the environment."""
    home = Home.from_environment()
    home.make()
    with running_database(home) as url:
        migrate(home, url, say=print)
    return 0


@contextlib.contextmanager
def running_database(home: Home) -> Iterator[str]:
    """The address of the product's database as its administrator; starts our own server meanwhile if it is not running."""
    external = os.environ.get("GONGXIANG_DATABASE_URL")
    if external:
        yield external
        return
    server = own_server(home)
    ours = not port_taken(server.port)
    if ours:
        server.prepare()
        server.start()
    try:
        make_database(server.url(), DATABASE_NAME)
        yield server.url(DATABASE_NAME)
    finally:
        if ours:
            server.stop()


def make_database(url: str, name: str) -> None:
    """Make an empty database unless it exists; `url` is the superuser's."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))


@contextlib.contextmanager
def site_settings() -> Iterator[None]:
    """Let this process use the site's code on the installation of the environment, as the site's role; for single commands."""
    home = Home.from_environment()
    with running_database(home) as url:
        os.environ["GONGXIANG_SITE_DATABASE_URL"] = role_url(home, url, "gx_site")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongxiang.platform.wiring.settings")
        import django
        from django.db import connections

        django.setup()
        try:
            yield
        finally:
            connections.close_all()


def migrate(home: Home, url: str, *, say: Callable[[str], object]) -> None:
    """Bring keys, roles, schemas and tables of the database at `url` (its administrator's) up to this version."""
    Keyring.from_environment().make()
    certificate.make(home.keys)
    with psycopg.connect(url, autocommit=True) as lock:
        lock.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        _make_roles(url, home)
        with psycopg.connect(url) as connection:
            _make_schemas(connection)
            _run_files(connection, "protocol/schema")
            _run_files(connection, "gateway/schema")
        _run_django(url)
        with psycopg.connect(url) as connection:
            _grant(connection)
    say("database: up to date")


def _make_roles(url: str, home: Home) -> None:
    # Roles belong to the whole server, the lock to one database: two databases prepared at once can meet here.
    for attempt in range(5):
        try:
            with psycopg.connect(url) as connection:
                _make_roles_once(connection, home)
        except (psycopg.errors.InternalError_, psycopg.errors.UniqueViolation, psycopg.errors.DuplicateObject):
            if attempt == 4:
                raise
            time.sleep(0.1 * 2**attempt)
        else:
            return


def _make_roles_once(connection: psycopg.Connection, home: Home) -> None:
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'gx\\_%'")}
    if "gx_owner" not in known:
        connection.execute("CREATE ROLE gx_owner NOLOGIN")
    for role in ROLES:
        if role not in known:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        word = sql.Literal(secret(home, f"{role}.password"))
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), word))
    # Gives an administrator who is no superuser the right to act as the owner; a superuser has it.
    connection.execute("GRANT gx_owner TO CURRENT_USER")


def _make_schemas(connection: psycopg.Connection) -> None:
    row = connection.execute("SELECT current_database()").fetchone()
    assert row is not None
    database = sql.Identifier(row[0])
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO gx_site, gx_gateway").format(database))
    connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO gx_owner").format(database))
    connection.execute("ALTER SCHEMA public OWNER TO gx_owner")
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    connection.execute("SET LOCAL ROLE gx_owner")
    connection.execute("CREATE SCHEMA IF NOT EXISTS link")
    connection.execute("CREATE SCHEMA IF NOT EXISTS exchange")
    connection.execute("RESET ROLE")


def _run_files(connection: psycopg.Connection, folder: str) -> None:
    """Run the SQL files of a folder in name order as the owner; each is written to be run again."""
    connection.execute("SET LOCAL ROLE gx_owner")
    connection.execute("SET LOCAL lock_timeout = '10s'")
    for path in sorted((Path(gongxiang.__file__).parent / folder).glob("*.sql")):
        connection.execute(path.read_bytes())
    connection.execute("RESET ROLE")


def _run_django(url: str) -> None:
    """Run the site's migrations as the owner."""
    os.environ["GONGXIANG_SITE_DATABASE_URL"] = f"{url}{'&' if '?' in url else '?'}options={quote('-c role=gx_owner')}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongxiang.platform.wiring.settings")
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()


def _grant(connection: psycopg.Connection) -> None:
    """Give each program its own schema and nothing of the other's."""
    for role, schema in ROLES.items():
        names = {"role": sql.Identifier(role), "schema": sql.Identifier(schema)}
        for statement in (
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        ):
            connection.execute(sql.SQL(statement).format(**names))
    connection.execute("REVOKE INSERT, UPDATE, DELETE ON public.django_migrations FROM gx_site")
