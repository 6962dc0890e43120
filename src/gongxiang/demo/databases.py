"""The demo departments' databases and exchange nodes: separate databases of our own server, a role for each node."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import UUID

import psycopg
from psycopg import sql

from gongxiang.demo import business
from gongxiang.demo.banner import Banner, Office
from gongxiang.demo.progress import Notes, wait_for
from gongxiang.machine.home import Home
from gongxiang.machine.postgres import own_server
from gongxiang.platform.delivery import actions, queries
from gongxiang.protocol import clock
from gongxiang.protocol.keyring import write_private

#: Offices with a node; the first one's business system holds the data that is shared.
WITH_NODE = ("minzheng", "shijian")
#: Its node has enrolled and waits to be admitted; it is not run.
WAITING_NODE = "yibao"


def make_databases(home: Home, notes: Notes) -> None:
    """Business and exchange databases of the offices with a node; each node's role reads its own and nothing else."""
    url = own_server(home).url()
    for key in (*WITH_NODE, WAITING_NODE):
        password = notes.kept.setdefault("database_passwords", {}).setdefault(key, secrets.token_urlsafe(18))
        owner, node = f"{key}_business", f"{key}_node"
        with psycopg.connect(url, autocommit=True) as connection:
            _make_role(connection, owner, "NOLOGIN")
            _make_role(connection, node, "LOGIN REPLICATION", password)
            # A publication of a table can be made by the table's owner only: the department lends its node that right.
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(owner), sql.Identifier(node)))
            for name, holder in ((f"{key}_business", owner), (f"{key}_exchange", node)):
                _make_database(connection, name, holder)
                connection.execute(
                    sql.SQL("GRANT CREATE, CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(node))
                )
        notes.kept.setdefault("dsn", {})[key] = {
            "source": _with(url, node, password, f"{key}_business"),
            "exchange": _with(url, node, password, f"{key}_exchange"),
        }
    business.fill(_database(url, "minzheng_business"), "minzheng_business")
    notes.save()


def install_nodes(home: Home, notes: Notes, banner: Banner, say: Callable[[str], None]) -> dict[str, UUID]:
    """Offer, enrol and admit a node for each office that has one, as its operator and the authority would."""
    ids: dict[str, UUID] = {}
    for key in WITH_NODE:
        node = _enrol_node(home, notes, banner.offices[key])
        actions.admit_node(node_id=node.pk, confirmed_key=node.public_key, by=banner.platform_operator, at=clock.now())
        ids[key] = node.pk
        say(f"  {node.name}")
    notes.kept["nodes"] = {key: str(value) for key, value in ids.items()}
    notes.save()
    return ids


def leave_node_waiting(home: Home, notes: Notes, banner: Banner) -> None:
    """A node that has enrolled; the platform operator admits it after comparing its key (`gongxiang node status`)."""
    node = _enrol_node(home, notes, banner.offices[WAITING_NODE], folder="waiting-nodes")
    notes.kept["nodes"][WAITING_NODE] = str(node.pk)
    notes.save()


def _enrol_node(home: Home, notes: Notes, office: Office, *, folder: str = "nodes") -> Any:
    offered, code = actions.offer_node(
        department_id=office.department.id,
        name=f"{office.department.short_name}前置机",
        by=office.node_operator,
        at=clock.now(),
    )
    _enrol(_write_config(home, notes, office, folder), code)
    return wait_for(f"the enrolment of {offered.name}", partial(_enrolled, office, offered.pk))


def _enrolled(office: Office, node_id: UUID) -> Any:
    rows = queries.nodes_visible_to(office.node_operator)
    return next((node for node in rows if node.pk == node_id and node.public_key), None)


def _enrol(config: Path, code: str) -> None:
    command = [sys.executable, "-m", "gongxiang.cli", "node", "enroll", "--config", str(config), "--code", code]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ, timeout=60)


def _write_config(home: Home, notes: Notes, office: Office, folder: str) -> Path:
    dsn = notes.kept["dsn"][office.key]
    path = home.path / folder / f"{office.key}.toml"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    text = (
        f'[node]\nname = "{office.department.short_name}前置机"\nhome = "{home.path / folder / office.key}"\n\n'
        f'[gateway]\nurl = "{home.node_door}"\nfingerprint = "{queries.gateway_fingerprint()}"\n\n'
        f'[source]\ndsn = "{dsn["source"]}"\n\n[exchange]\ndsn = "{dsn["exchange"]}"\n'
    )
    write_private(path, text.encode("utf-8"))
    return path


def _make_role(connection: psycopg.Connection, name: str, rights: str, password: str = "") -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
    if not exists:
        connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(name), sql.SQL(rights)))  # type: ignore[arg-type]
    if password:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(password)))


def _make_database(connection: psycopg.Connection, name: str, owner: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' OWNER {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(owner)))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def _database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _with(url: str, role: str, password: str, database: str) -> str:
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{address}", path=f"/{database}"))
