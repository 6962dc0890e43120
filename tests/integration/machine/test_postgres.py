"""Our own PostgreSQL: from either source of binaries, as root or not, back at once after a kill."""

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from gongxiang.machine import postgres
from gongxiang.machine.postgres import Server, every_installation
from gongxiang.machine.processes import free_ports


@pytest.fixture(params=["system", "wheel"])
def server(request, monkeypatch):
    offered = [one for one in every_installation() if one.origin == request.param]
    if not offered and request.param == "system":
        pytest.skip("no PostgreSQL of the system here; the wheel's is tested")
    monkeypatch.setattr(postgres, "every_installation", lambda: iter(offered))
    folder = Path(tempfile.mkdtemp(prefix="gx-own-"))
    folder.chmod(0o711)
    made = Server(folder=folder / "pg", port=free_ports(1), log=folder / "log", password="word")
    made.prepare()
    made.start()
    yield made
    made.stop()
    shutil.rmtree(folder)


@pytest.mark.slow
def test_it_runs_without_rights_asks_for_a_password_and_survives_a_kill(server):
    assert server.binaries.major >= 15
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SHOW wal_level").fetchone() == ("logical",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        connection.execute("CREATE TABLE people (name text PRIMARY KEY, CHECK (name <> '吉雅'))")
    for name in ("萨仁", "萨仁", "吉雅"):
        with psycopg.connect(server.url(), autocommit=True) as connection, contextlib.suppress(psycopg.IntegrityError):
            connection.execute(sql.SQL("INSERT INTO people VALUES ({})").format(name))
    logged = server.log.read_text("utf-8")
    assert "people" in logged
    assert "萨仁" not in logged, "no values in the log"
    assert "吉雅" not in logged
    assert Path(f"/proc/{server.process.pid}").stat().st_uid != 0
    assert len(str(server.socket_folder / f".s.PGSQL.{server.port}")) < postgres.SOCKET_PATH
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url(password="wrong"))

    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_data_of_another_version_are_not_touched(tmp_path):
    made = Server(folder=tmp_path / "pg", port=1, log=tmp_path / "log", password="word")
    made.data.mkdir(parents=True)
    (made.data / "PG_VERSION").write_text("9")
    with pytest.raises(postgres.NoPostgres, match="PostgreSQL 9"):
        made.prepare()
