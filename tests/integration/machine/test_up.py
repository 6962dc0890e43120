"""`gongxiang up`, really run: it starts, restarts what dies, is one of a kind, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongxiang.machine import environment
from gongxiang.machine.processes import free_ports

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.slow


def until(what: str, condition, seconds: float = 30.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.1)
    pytest.fail(f"not within {seconds} s: {what}")


class Installation:
    def __init__(self, folder: Path) -> None:
        self.home, self.port = folder / "home", free_ports(5)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GONGXIANG_", "DJANGO_"))}
        self.environment = {
            **kept,
            "GONGXIANG_HOME": str(self.home),
            "GONGXIANG_PORT": str(self.port),
            "GONGXIANG_PROFILE": "test",
            "PYTHONPATH": str(ROOT / "src"),
        }
        self.started: list[subprocess.Popen[str]] = []

    def start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "gongxiang.cli", "up"]
        words = (self.home.parent / "words").open("a+")
        up = subprocess.Popen(command, env=self.environment, stdout=words, stderr=words, text=True, start_new_session=True)
        words.close()
        self.started.append(up)
        return up

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gongxiang.cli", *arguments]
        return subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    @property
    def words(self) -> str:
        return (self.home.parent / "words").read_text("utf-8")

    def state(self) -> dict:
        try:
            return json.loads((self.home / "state.json").read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}

    def ready(self) -> bool:
        return bool(self.state().get("ready")) and self.answers()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=3) as answer:
                return answer.status == 200
        except OSError:
            return False

    def processes(self) -> list[str]:
        """Command lines of whatever still runs for this installation."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                line = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (path / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(self.home) in line or f"GONGXIANG_HOME={self.home}" in environment:
                found.append(line)
        return found


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    for up in made.started:
        if up.poll() is None:
            up.terminate()
            up.wait(90)
    place = Path((made.home / "postgres.place").read_text("utf-8"))
    removed = made.run("reset", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert not made.home.exists()
    assert not place.exists()


@pytest.mark.timeout(120)
def test_it_starts_heals_itself_and_leaves_nothing_behind(installation):
    up = installation.start()
    until("ready", lambda: installation.ready() or up.poll() is not None, 60)
    assert up.poll() is None, installation.words

    second = installation.run("up")
    assert second.returncode == 1
    assert f"process {up.pid}" in second.stderr
    assert installation.run("reset", "--yes").returncode == 1, "not while it runs"
    examined = installation.run("doctor")
    assert examined.returncode == 0, examined.stdout

    before = installation.state()["children"]
    for name in ("site", "gateway", "worker", "front"):
        words = Path(f"/proc/{before[name]['pid']}/environ").read_bytes().decode()
        found = {line.partition("=")[0] for line in words.split("\0")}
        assert found & set(environment.SECRETS) <= set(environment.OWN[name]), name
    for name in ("site", "database", "gateway", "worker", "front"):
        os.kill(before[name]["pid"], signal.SIGKILL)
    until("restarted", lambda: "database runs again" in installation.words)
    until("answers again", installation.answers)
    after = installation.state()["children"]
    assert {name for name in before if after[name]["pid"] != before[name]["pid"]} == set(before)
    assert "site was killed (signal 9)" in installation.words

    up.send_signal(signal.SIGTERM)
    assert up.wait(90) == 0
    assert installation.processes() == []
    assert installation.state() == {}


@pytest.mark.timeout(120)
def test_a_killed_supervisor_takes_its_children_along_and_the_next_one_starts(installation):
    up = installation.start()
    until("ready", lambda: installation.ready() or up.poll() is not None, 60)
    up.kill()
    up.wait()
    until("nothing left", lambda: not installation.processes(), 15)
    again = installation.start()
    until("ready again", lambda: installation.ready() or again.poll() is not None, 60)
    assert again.poll() is None, installation.words
    again.send_signal(signal.SIGINT)
    assert again.wait(90) == 0
    assert installation.processes() == []
