"""`gongxiang up`: runs the whole installation on one machine and restarts what dies; Ctrl-C or SIGTERM ends all of it.

Children: our PostgreSQL (unless others keep one), site, gateway, worker, front door, and the nodes configured in
`HOME/nodes/*.toml`. If the supervisor itself is killed, the kernel ends its children.
"""

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gongxiang.machine import certificate, environment
from gongxiang.machine.errors import AlreadyRunning, MachineError, PortTaken
from gongxiang.machine.home import DATABASE, GATEWAY, NODE_DOOR, SITE, Home
from gongxiang.machine.postgres import Server, own_server
from gongxiang.machine.processes import port_taken, tied_to_parent
from gongxiang.protocol import clock
from gongxiang.protocol.keyring import write_private

READY_WITHIN = 60.0
END_WITHIN = 10.0
#: A child that lived this long was well; its next restart waits the shortest pause again.
WELL_AFTER = 30.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
LOG_LIMIT = 20 * 1024 * 1024


@dataclass
class Child:
    """One program that is kept running; `probe` is the address that answers when it is ready."""

    name: str
    command: list[str]
    log: Path
    probe: str = ""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = 0
    pause: float = SHORTEST_PAUSE
    again_at: float = 0.0

    def start(self) -> None:
        """Start it, its output going to its log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=environment.of_program(self.name, os.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=tied_to_parent(),
            )
        self.started = time.monotonic()

    def ready(self) -> bool:
        """Whether it runs and answers."""
        if self.process is None or self.process.poll() is not None:
            return False
        if not self.probe:
            return True
        # Our own certificate is pinned by nodes; here only an answer is asked for.
        lax = ssl._create_unverified_context()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=lax))
        try:
            opener.open(self.probe, timeout=2).close()
        except urllib.error.HTTPError as error:
            error.close()
            return error.code < 500
        except OSError:
            return False
        return True

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text("utf-8", errors="replace").strip().split("\n") if self.log.exists() else []
        return "\n".join(f"    {line}" for line in lines[-12:])


@dataclass
class Supervisor:
    """Everything that `gongxiang up` does, in order: `up`, `watch`, `end`."""

    home: Home
    demo: bool
    children: dict[str, Child] = field(default_factory=dict)
    server: Server | None = None
    stopping: bool = False
    begun: float = field(default_factory=time.monotonic)
    ready: bool = False

    # ---- starting -------------------------------------------------------------------------------------------------------

    def up(self) -> None:
        """Bring everything up; raises MachineError if something does not come."""
        self._check_ports()
        (self.home.path / "nodes").mkdir(mode=0o700, exist_ok=True)
        external = os.environ.get("GONGXIANG_DATABASE_URL")
        # The demo departments' databases live on our own server even when the product's is elsewhere.
        if not external or self.demo:
            with self._step("database") as said:
                self.server = own_server(self.home)
                self.server.prepare()
                self.server.start(give_up=lambda: self.stopping)
                said.append(
                    f"PostgreSQL {self.server.binaries.major} ({self.server.binaries.origin}) on port {self.server.port}"
                )
        self._save()
        with self._step("migrations") as said:
            self._run("migrate")
            said.append("up to date")
        environment.settle(self.home)
        self._start_programs()
        if self.demo:
            self._run("demo", "seed", show=True)
        self._find_nodes()
        for name, child in self.children.items():
            if name.startswith("node-"):
                with self._step(name) as said:
                    said.append("started" if child.ready() else "starting")
        self.ready = True
        self._save()

    def _check_ports(self) -> None:
        own = not os.environ.get("GONGXIANG_DATABASE_URL") or self.demo
        last = DATABASE if own else NODE_DOOR
        for port in range(self.home.port, self.home.port + last + 1):
            # What an earlier supervisor left behind may need a moment to end.
            until = time.monotonic() + 3
            while port_taken(port):
                if time.monotonic() > until:
                    raise PortTaken(f"Port {port} is used by another program.")
                time.sleep(0.1)

    def _start_programs(self) -> None:
        program = [sys.executable, "-m", "gongxiang.cli"]
        port = self.home.port
        for name, probe in (
            ("gateway", f"https://127.0.0.1:{port + NODE_DOOR}/x/v1/health"),
            ("site", f"http://127.0.0.1:{port + SITE}/healthz"),
            ("worker", ""),
            ("front", f"http://127.0.0.1:{port}/healthz"),
        ):
            self._add(Child(name=name, command=[*program, name], log=self.home.logs / f"{name}.log", probe=probe))
        for name in ("gateway", "site", "worker", "front"):
            with self._step(name) as said:
                self._wait_for(self.children[name])
                said.append("ready")

    def _add(self, child: Child) -> None:
        self.children[child.name] = child
        child.start()
        self._save()

    def _wait_for(self, child: Child) -> None:
        until = time.monotonic() + READY_WITHIN
        while not self.stopping and not child.ready():
            if child.process is not None and child.process.poll() is not None:
                raise MachineError(f"{child.name} ended at once. The end of {child.log}:\n{child.last_words()}")
            if time.monotonic() > until:
                raise MachineError(f"{child.name} does not answer. The end of {child.log}:\n{child.last_words()}")
            time.sleep(0.05)
        if self.stopping:
            raise KeyboardInterrupt

    def _run(self, *arguments: str, show: bool = False) -> None:
        """Run one of our commands to its end and watch the others; its words are shown as they come, or if it fails."""
        variables = {**os.environ, "GONGXIANG_HOME": str(self.home.path), "GONGXIANG_PORT": str(self.home.port)}
        command = subprocess.Popen(
            [sys.executable, "-m", "gongxiang.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=variables,
            start_new_session=True,
            preexec_fn=tied_to_parent(),
        )
        words = list[str]()
        reader = threading.Thread(target=_read, args=(command, words, show), daemon=True)
        reader.start()
        while command.poll() is None:
            reader.join(0.3)
            self._find_nodes()
            self._restart_dead()
            if self.stopping:
                command.terminate()
                command.wait()
                raise KeyboardInterrupt
        reader.join(5)
        if command.returncode:
            raise MachineError(f"gongxiang {' '.join(arguments)} failed:\n{'' if show else ''.join(words)}")

    def _find_nodes(self) -> None:
        """Run every enrolled node configured in HOME/nodes; looked for again and again, since the demo enrols its own."""
        for path in sorted((self.home.path / "nodes").glob("*.toml")):
            name = f"node-{path.stem}"
            if name not in self.children and _enrolled(path):
                command = [sys.executable, "-m", "gongxiang.cli", "node", "run", "--config", str(path)]
                self._add(Child(name=name, command=command, log=self.home.logs / f"{name}.log"))

    @contextlib.contextmanager
    def _step(self, name: str) -> Iterator[list[str]]:
        """A line of progress: what, how it went, how long it took."""
        since, said = time.monotonic(), list[str]()
        sys.stdout.write(f"  {name:<16}")
        sys.stdout.flush()
        try:
            yield said
        except BaseException:
            sys.stdout.write("failed\n" if not self.stopping else "stopped\n")
            raise
        sys.stdout.write(f"{' '.join(said):<60} {time.monotonic() - since:6.1f} s\n")
        sys.stdout.flush()

    # ---- watching -------------------------------------------------------------------------------------------------------

    def watch(self) -> None:
        """Keep everything running until told to stop."""
        looks = 0
        while not self.stopping:
            time.sleep(0.2)
            looks += 1
            self._restart_dead()
            if looks % 5 == 0:
                self._find_nodes()
            if looks % 300 == 0:
                shorten_logs(self.home.logs)

    def _restart_dead(self) -> None:
        server = self.server
        if server is not None and server.process is not None and server.process.poll() is not None and not self.stopping:
            _say(f"database {_how(server.process.returncode)}: starting it again")
            try:
                server.start(give_up=lambda: self.stopping)
            except MachineError as error:
                _say(str(error))
            else:
                _say("database runs again")
            self._save()
        for child in self.children.values():
            if self.stopping or child.process is None or child.process.poll() is None:
                continue
            now = time.monotonic()
            if child.again_at < child.started:
                lived = now - child.started
                child.pause = SHORTEST_PAUSE if lived > WELL_AFTER else min(child.pause * 2, LONGEST_PAUSE)
                child.again_at = now + child.pause
                how = _how(child.process.returncode)
                _say(f"{child.name} {how} after {lived:.1f} s: again in {child.pause:.1f} s; its log: {child.log}")
            if now >= child.again_at:
                child.restarts += 1
                child.start()
                self._save()

    def _save(self) -> None:
        """Write the state file, for `gongxiang demo info`, `gongxiang doctor` and people."""
        state = {
            "pid": os.getpid(),
            "port": self.home.port,
            "ready": self.ready,
            "site": self.home.address,
            "gateway": self.home.node_door,
            "fingerprint": certificate.fingerprint(self.home.keys) if (self.home.keys / "gateway.crt").exists() else "",
            "people_door": f"http://127.0.0.1:{self.home.port + GATEWAY}/x/",
            "database_port": self.server.port if self.server else None,
            "children": {
                child.name: {"pid": child.process.pid if child.process else None, "restarts": child.restarts}
                for child in self.children.values()
            },
        }
        if self.server is not None and self.server.process is not None:
            state["children"]["database"] = {"pid": self.server.process.pid, "restarts": 0}  # type: ignore[index]
        write_private(self.home.state_file, json.dumps(state, indent=1).encode("utf-8"))

    # ---- ending ---------------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """End the programs, all at once, then the database they write to."""
        self.stopping = True
        running = [child for child in self.children.values() if child.process is not None and child.process.poll() is None]
        for child in running:
            _signal(child, signal.SIGTERM)
        until = time.monotonic() + END_WITHIN
        for child in running:
            assert child.process is not None
            try:
                child.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.process.wait()
        if self.server is not None:
            self.server.stop()
        self.home.state_file.unlink(missing_ok=True)


def shorten_logs(folder: Path) -> None:
    """Keep of each log that has grown too long one earlier part beside it; the programs go on writing to the same file."""
    for path in folder.glob("*.log"):
        if path.stat().st_size > LOG_LIMIT:
            shutil.copyfile(path, path.with_name(f"{path.name}.1"))
            os.truncate(path, 0)


def _signal(child: Child, sign: signal.Signals) -> None:
    """To the child and whatever it started: each child leads its own session."""
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, sign)


def _enrolled(config: Path) -> bool:
    """Whether the node of this configuration has its key."""
    try:
        folder = Path(tomllib.loads(config.read_text("utf-8"))["node"]["home"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        return False
    return (config.parent / folder / "node.key").exists()


def _read(command: subprocess.Popen[bytes], words: list[str], show: bool) -> None:
    """Collect what a command says, and show it if wanted."""
    assert command.stdout is not None
    for line in command.stdout:
        words.append(line.decode("utf-8", errors="replace"))
        if show:
            sys.stdout.write(f"    {words[-1]}")
            sys.stdout.flush()


def _how(status: int) -> str:
    return f"was killed (signal {-status})" if status < 0 else f"ended (status {status})"


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


@contextlib.contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the installation; raises AlreadyRunning and says what runs."""
    home.make()
    with home.lock_file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            state = home.state()
            what = f"process {state['pid']}, {state['site']}" if state else "it is just starting"
            raise AlreadyRunning(f"Gongxiang runs already on {home.path}: {what}.") from None
        yield


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--demo` runs the demo banner."""
    parser.add_argument("--demo", action="store_true", help="an installation with the demo banner, for trying things out")


def run(arguments: argparse.Namespace) -> int:
    """Run until Ctrl-C or SIGTERM."""
    home = Home.from_environment()
    demo = arguments.demo or environment.profile(home) == "demo"
    if demo:
        os.environ["GONGXIANG_PROFILE"] = "demo"
    # A moved clock is refused here, once and in words, before five programs refuse it each.
    clock.offset_seconds()
    with only_one(home):
        environment.choose_profile(home, os.environ.get("GONGXIANG_PROFILE") or "production")
        supervisor = Supervisor(home=home, demo=demo)

        def stop(sign: int, _frame: object) -> None:
            supervisor.stopping = True

        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, stop)
        print(f"Gongxiang (共享) in {home.path}", flush=True)
        try:
            supervisor.up()
            _say_ready(supervisor)
            supervisor.watch()
        except KeyboardInterrupt:
            pass
        finally:
            since = time.monotonic()
            print("ending ...", flush=True)
            supervisor.end()
            print(f"ended in {time.monotonic() - since:.1f} s", flush=True)
    return 0


def _say_ready(supervisor: Supervisor) -> None:
    home = supervisor.home
    print(f"ready in {time.monotonic() - supervisor.begun:.1f} s: {home.address}")
    if supervisor.demo:
        print("  demo accounts and their passwords: gongxiang demo info")
    print(f"  nodes enrol at {home.node_door} (fingerprint {certificate.fingerprint(home.keys)})")
    print(f"  logs: {home.logs}    end with Ctrl-C", flush=True)
