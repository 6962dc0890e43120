"""Real databases for tests: a server, a template built by the real migrations, a copy for each test that commits.

Each test process has a server of its own: a transaction that one test holds open hides newer rows from every reader in commit
order on the same server, as it must, and another process's tests would wait for it.

Evidence is append-only, so nothing can be flushed between tests: a database that was written to is thrown away.
`GONGXIANG_TEST_SERVER=postgresql://…` uses a server that runs already; otherwise the session starts its own.
"""

import contextlib
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from gongxiang.machine import certificate
from gongxiang.machine.environment import role_url
from gongxiang.machine.home import Home
from gongxiang.machine.postgres import Server
from gongxiang.machine.processes import free_ports
from gongxiang.protocol.keyring import Keyring

ROOT = Path(__file__).resolve().parents[2]
_LOCK = 0x67787470
_server: Server | None = None
_folder: tempfile.TemporaryDirectory[str] | None = None
_count = 0


@dataclass(frozen=True, kw_only=True)
class Database:
    """One database of the test server; `url` is its administrator's."""

    name: str
    url: str

    def url_for(self, role: str) -> str:
        """The address for `gx_site` or `gx_gateway`."""
        return role_url(test_home(), self.url, role)


def prepare_environment() -> None:
    """Give this process an installation of its own; on a server that runs already, all of a session share one."""
    global _folder
    own_server = "PYTEST_XDIST_WORKER" in os.environ and "GONGXIANG_TEST_SERVER" not in os.environ
    if own_server or "GONGXIANG_TEST_HOME" not in os.environ:
        _folder = tempfile.TemporaryDirectory(prefix="gx-test-", ignore_cleanup_errors=True)
        Path(_folder.name).chmod(0o711)
        os.environ["GONGXIANG_TEST_HOME"] = _folder.name
    os.environ["GONGXIANG_HOME"] = os.environ["GONGXIANG_TEST_HOME"]
    os.environ["GONGXIANG_PROFILE"] = "test"
    for name in ("GONGXIANG_DATABASE_URL", "GONGXIANG_CLOCK_OFFSET", "GONGXIANG_MASTER_KEY_FILE", "GONGXIANG_PORT"):
        os.environ.pop(name, None)


def test_home() -> Home:
    """The session's installation."""
    return Home.from_environment()


test_home.__test__ = False  # type: ignore[attr-defined]


def start_server() -> str:
    """The test server's address as superuser; starts one the first time."""
    global _server
    if "GONGXIANG_TEST_SERVER" not in os.environ:
        home = test_home()
        home.make()
        log = home.logs / "postgres.log"
        _server = Server(folder=home.path / "pg", port=free_ports(1), log=log, password="test", volatile=True)
        _server.prepare()
        _server.start()
        os.environ["GONGXIANG_TEST_SERVER"] = _server.url()
    return os.environ["GONGXIANG_TEST_SERVER"]


def stop_server() -> None:
    """End what this process started and remove its folder."""
    global _server, _folder
    if _server is not None:
        _server.stop()
        shutil.rmtree(_server.folder, ignore_errors=True)
        _server = None
        os.environ.pop("GONGXIANG_TEST_SERVER", None)
    if _folder is not None:
        _folder.cleanup()
        _folder = None
        os.environ.pop("GONGXIANG_TEST_HOME", None)


def named(name: str) -> Database:
    """A database of the test server."""
    parts = urlsplit(start_server())
    return Database(name=name, url=urlunsplit(parts._replace(path=f"/{name}")))


@functools.cache
def _schema_digest() -> str:
    """Changes when anything that shapes the database changes."""
    source = ROOT / "src" / "gongxiang"
    files = [*source.glob("**/migrations/*.py"), *source.glob("**/schema/*.sql"), source / "machine" / "migrate.py"]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(source)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def template() -> Database:
    """The template: built once for each server and installation (once for all, on a kept server) by `gongxiang migrate`."""
    return _template(start_server(), str(test_home().path))


@functools.cache
def _template(server: str, home: str) -> Database:
    """Remembered by what it depends on: benches start and end several servers in one process."""
    made = named(f"gx_template_{_schema_digest()}")
    Keyring.from_environment().make()
    certificate.make(test_home().keys)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        found = connection.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", (made.name,)).fetchone()
        if found == (True,):
            return made
        if found is None:
            _create(connection, made.name, "template0")
        _migrate(made)
        connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(made.name)))
    return made


def _migrate(database: Database) -> None:
    environment = {
        **os.environ, "GONGXIANG_DATABASE_URL": database.url, "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "gongxiang.platform.wiring.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "gongxiang.cli", "migrate"], env=environment, capture_output=True, text=True, cwd=ROOT
    )
    if done.returncode:
        raise RuntimeError(f"gongxiang migrate failed:\n{done.stdout}{done.stderr}")


def _create(connection: psycopg.Connection, name: str, source: str) -> None:
    # Copying files takes a checkpoint: cheap where nothing is flushed, as on a server of our own, dear elsewhere.
    flushes = connection.execute("SHOW fsync").fetchone() == ("on",)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}")
    strategy = sql.SQL("WAL_LOG" if flushes else "FILE_COPY")
    connection.execute(statement.format(sql.Identifier(name), sql.Identifier(source), strategy))


def create_copy() -> Database:
    """A fresh database of this test process with the product's tables, roles and rights."""
    global _count
    source = template()
    _count += 1
    made = named(f"gx_test_{os.getpid()}_{_count}")
    with psycopg.connect(start_server(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(made.name)))
        _create(connection, made.name, source.name)
        name = sql.Identifier(made.name)
        # Rights on the database itself are not copied with it.
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO gx_site, gx_gateway").format(name))
    return made


def create_empty() -> Database:
    """A fresh empty database, e.g. a department's."""
    global _count
    _count += 1
    made = named(f"gx_test_{os.getpid()}_{_count}")
    with psycopg.connect(start_server(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(made.name)))
        _create(connection, made.name, "template0")
    return made


def drop(database: Database) -> None:
    """Throw a database away, with the replication slots on it."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(start_server(), autocommit=True) as connection:
        query = "SELECT slot_name, active_pid FROM pg_replication_slots WHERE database = %s"
        for slot, active in connection.execute(query, (database.name,)).fetchall():
            if active:
                connection.execute("SELECT pg_terminate_backend(%s, 5000)", (active,))
            connection.execute("SELECT pg_drop_replication_slot(%s)", (slot,))
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database.name)))


@contextlib.contextmanager
def own_server() -> Iterator[tuple[Server, str]]:
    """A server that a test may stop and start, with the template's tables; and the site's address on it."""
    source = template()
    with tempfile.TemporaryDirectory(prefix="gx-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        made = Server(
            folder=Path(folder) / "pg", port=free_ports(1), log=Path(folder) / "log", password="test", volatile=True
        )  # fmt: skip
        made.prepare()
        made.start()
        try:
            with psycopg.connect(made.url(), autocommit=True) as connection:
                connection.execute("CREATE ROLE gx_owner")
                for role in ("gx_site", "gx_gateway"):
                    word = unquote(urlsplit(source.url_for(role)).password or "")
                    statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                    connection.execute(statement.format(sql.Identifier(role), sql.Literal(word)))
            dump = [made.binaries.program("pg_dump"), "-d", source.url]
            load = [made.binaries.program("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-d", made.url()]
            written = subprocess.run(dump, capture_output=True, check=True)
            loaded = subprocess.run(load, input=written.stdout, capture_output=True)
            assert loaded.returncode == 0, loaded.stderr.decode()
            yield made, role_url(test_home(), made.url(), "gx_site")
        finally:
            made.stop()


@contextlib.contextmanager
def copy() -> Iterator[Database]:
    """A copy for as long as the block lasts."""
    made = create_copy()
    try:
        yield made
    finally:
        drop(made)
