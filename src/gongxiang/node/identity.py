"""Who this node is: its key, its enrolment and its home directory; for the command line and the agent.

`node.key` (0600) is there if and only if the node is enrolled. One process at a time holds a home.
"""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from uuid import UUID

from gongxiang.node import errors
from gongxiang.node.client import GatewayClient
from gongxiang.node.config import NodeConfig
from gongxiang.protocol.signing import Algorithm, KeyUnusable, SoftwareKey, generate


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What the gateway said at the enrolment."""

    node_id: UUID
    node_name: str
    department_id: UUID
    platform_key: str
    gateway_key: str


def software() -> str:
    """Name and version of this program."""
    try:
        return f"gongxiang {metadata.version('gongxiang')}"
    except metadata.PackageNotFoundError:
        return "gongxiang (from source)"


def enrol(config: NodeConfig, code: str, *, algorithm: Algorithm = Algorithm.SM2) -> Identity:
    """Make a key pair and use the code; raises what the gateway answered, FingerprintMismatch, AlreadyEnrolled."""
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with held(config.home):
        if (config.home / "node.key").exists():
            raise errors.AlreadyEnrolled("{path} already belongs to an enrolled node.", path=config.home)
        key = _waiting_key(config.home / "node.key.new", algorithm)
        client = GatewayClient(config.gateway_url, config.fingerprint)
        try:
            answer = client.enrol(code=code.strip(), public_key=key.public_key, host=socket.gethostname(), software=software())
        finally:
            client.close()
        identity = Identity(**asdict(answer))
        write_atomically(config.home / "node.json", json.dumps({k: str(v) for k, v in asdict(identity).items()}, indent=1))
        # Last, because whoever finds the key takes the node for enrolled.
        (config.home / "node.key.new").rename(config.home / "node.key")
        _sync(config.home)
        return identity


def load(config: NodeConfig) -> tuple[Identity, SoftwareKey]:
    """The enrolled node's identity and key; raises NotEnrolled, KeyUnreadable, StateDamaged."""
    path = config.home / "node.key"
    if not path.exists():
        raise errors.NotEnrolled("The home {path} holds no key: this node is not enrolled yet.", path=config.home)
    if path.stat().st_mode & 0o077:
        raise errors.KeyUnreadable("{path} can be read by others: run `chmod 600 {path}`, and ask who has read it.", path=path)
    try:
        key = SoftwareKey.load(path.read_bytes())
    except (OSError, KeyUnusable) as error:
        raise errors.KeyUnreadable("{path} cannot be used: {said}.", path=path, said=type(error).__name__) from error
    try:
        value = json.loads((config.home / "node.json").read_text("utf-8"))
        identity = Identity(
            node_id=UUID(value["node_id"]), node_name=value["node_name"], department_id=UUID(value["department_id"]),
            platform_key=value["platform_key"], gateway_key=value["gateway_key"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise errors.StateDamaged(
            "{path} cannot be read: {said}.", path=config.home / "node.json", said=type(error).__name__
        ) from error
    return identity, key


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold the home for this process; raises HomeInUse."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise errors.HomeInUse("Another process already runs the node in {path}.", path=home) from error
        yield


def is_held(home: Path) -> bool:
    """Whether a process runs this home."""
    try:
        with held(home):
            return False
    except errors.HomeInUse:
        return True


def write_atomically(path: Path, text: str, *, durable: bool = True) -> None:
    """Replace the file's content, whole or not at all; readable by its owner only."""
    temporary = path.with_suffix(path.suffix + ".tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    temporary.replace(path)
    if durable:
        _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _waiting_key(path: Path, algorithm: Algorithm) -> SoftwareKey:
    """The key of an enrolment that was begun, or a new one."""
    if path.exists():
        try:
            return SoftwareKey.load(path.read_bytes())
        except KeyUnusable:
            path.unlink()
    key = generate(algorithm)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.export())
        file.flush()
        os.fsync(file.fileno())
    return key
