"""The demo banner, really running: what `make run` starts, in a folder of its own, ended by its pid.

`GONGXIANG_BROWSER_DEMO=HOME:PORT` takes a demo that runs already, for work on the pages; the story leaves its marks there.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from gongxiang.machine.environment import DATABASE_NAME
from gongxiang.machine.home import Home
from gongxiang.machine.postgres import own_server
from gongxiang.machine.processes import free_ports
from gongxiang.platform.parties.totp import code_at

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 420.0
T = TypeVar("T")


def until(what: str, found: Callable[[], T], seconds: float = 20.0) -> T:
    """The first true answer of `found`, asked for some seconds."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)
    return value


@dataclass
class Demo:
    """One demo installation."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    #: user name -> one-time codes that were shown already: each works once.
    shown: dict[str, set[str]] = field(default_factory=dict)

    @property
    def site(self) -> str:
        """The front door."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def words(self) -> Path:
        """What `gongxiang up` said."""
        return self.home.parent / "words"

    @property
    def environment(self) -> dict[str, str]:
        """What every command of this installation is started with."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GONGXIANG_", "DJANGO_", "PYTEST_"))}
        return {**kept, "GONGXIANG_HOME": str(self.home), "GONGXIANG_PORT": str(self.port), "PYTHONPATH": str(ROOT / "src")}

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self.words.open("ab") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gongxiang.cli", "up", "--demo"], env=self.environment, cwd=ROOT,
                stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True,
            )  # fmt: skip
        until("the demo is ready", self._ready, READY_WITHIN)

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"gongxiang up --demo ended:\n{self.words.read_text('utf-8')}"
        return bool(Home(path=self.home, port=self.port).state().get("ready"))

    def stop(self) -> None:
        """End it and remove what it left."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.run("reset", "--yes")

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`gongxiang WORDS` beside the running demo."""
        return subprocess.run(
            [sys.executable, "-m", "gongxiang.cli", *words], env=self.environment, cwd=ROOT, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    # ---- what `gongxiang demo info` tells --------------------------------------------------------------------------------

    def info(self) -> dict[str, Any]:
        """`gongxiang demo info --json`, asked anew."""
        told = self.run("demo", "info", "--json")
        assert told.returncode == 0, told.stderr
        value: dict[str, Any] = json.loads(told.stdout)
        return value

    @cached_property
    def accounts(self) -> dict[str, dict[str, Any]]:
        """Account by user name."""
        kept = json.loads((self.home / "demo" / "accounts.json").read_text("utf-8"))
        return {
            one["name"]: {**one, "recovery_codes": kept[one["name"]].get("recovery_codes", [])}
            for one in self.info()["accounts"]
        }

    def next_code(self, username: str) -> str:
        """A code that was not shown yet: the authenticator's of this half minute or its neighbours, else a recovery code."""
        account, shown = self.accounts[username], self.shown.setdefault(username, set())

        def fresh() -> str:
            now = datetime.now(UTC)
            codes = [code_at(account["totp_secret"], now + timedelta(seconds=s)) for s in (0, -30, 30)]
            return next((code for code in (*codes, *account["recovery_codes"]) if code not in shown), "")

        code = until(f"a fresh code of {username}", fresh, 60)
        shown.add(code)
        return code

    # ---- the product's clock ---------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """What the product's clock shows."""
        path = self.home / "clock.offset"
        return datetime.now(UTC) + timedelta(seconds=float(path.read_text() if path.exists() else 0))

    def move_clock(self, to: datetime) -> None:
        """Let the product's clock go on from there."""
        made = self.home / "clock.offset.new"
        made.write_text(f"{(to - datetime.now(UTC)).total_seconds():.3f}")
        made.chmod(0o600)
        made.replace(self.home / "clock.offset")

    # ---- databases -------------------------------------------------------------------------------------------------------

    @property
    def superuser(self) -> str:
        """The product's database, as whoever owns the machine."""
        return own_server(Home(path=self.home, port=self.port)).url(DATABASE_NAME)

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the product's database, to find what to open; never to change anything."""
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = on")
            return connection.execute(query, values or None).fetchall()

    def one(self, query: str, *values: Any) -> Any:
        """The first value, or None."""
        rows = self.sql(query, *values)
        return rows[0][0] if rows else None


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """A demo for as long as the block lasts."""
    if given := os.environ.get("GONGXIANG_BROWSER_DEMO"):
        home, _colon, port = given.rpartition(":")
        yield Demo(home=Path(home), port=int(port))
        return
    folder.chmod(0o711)
    demo = Demo(home=folder / "home", port=free_ports(5))
    try:
        demo.start()
        yield demo
    finally:
        demo.stop()
