"""Where one installation keeps its things and which ports it uses: all from `GONGXIANG_*` variables, read in one place."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongxiang.protocol.keyring import write_private

DEFAULT_PORT = 8600
#: Ports after the front door's own, in this order (CONTRIBUTING.md names them).
SITE, GATEWAY, NODE_DOOR, DATABASE = 1, 2, 3, 4


@dataclass(frozen=True, kw_only=True)
class Home:
    """One installation: its folder and its first port."""

    path: Path
    port: int

    @classmethod
    def from_environment(cls) -> "Home":
        """The installation that `GONGXIANG_HOME` and `GONGXIANG_PORT` name (defaults: `var`, 8600)."""
        home = cls(path=Path(os.environ.get("GONGXIANG_HOME") or "var").absolute(), port=DEFAULT_PORT)
        # Typed beside a running `gongxiang up`, a command finds it even where the port was not said again.
        port = os.environ.get("GONGXIANG_PORT") or home.state().get("port") or DEFAULT_PORT
        return cls(path=home.path, port=int(port))

    def make(self) -> None:
        """Make the folders; only PostgreSQL's own user, if that is another, may pass through the outer one."""
        for folder, mode in ((self.path, 0o711), (self.keys, 0o700), (self.logs, 0o700)):
            folder.mkdir(mode=mode, parents=True, exist_ok=True)

    @property
    def keys(self) -> Path:
        """Folder of keys and passwords."""
        return self.path / "keys"

    @property
    def logs(self) -> Path:
        """Folder of the programs' logs."""
        return self.path / "logs"

    @property
    def state_file(self) -> Path:
        """What `gongxiang up` runs at present, as JSON."""
        return self.path / "state.json"

    @property
    def lock_file(self) -> Path:
        """Held by the one `gongxiang up` of this installation."""
        return self.path / "up.lock"

    @property
    def address(self) -> str:
        """The front door's address."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def node_door(self) -> str:
        """The address nodes speak to."""
        return f"https://127.0.0.1:{self.port + NODE_DOOR}"

    def state(self) -> dict[str, Any]:
        """What was last written of the running programs; empty if none was."""
        try:
            value: dict[str, Any] = json.loads(self.state_file.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return value


def secret(home: Home, name: str) -> str:
    """The password kept under `keys/NAME`; made at random the first time."""
    path = home.keys / name
    if not path.exists():
        home.make()
        write_private(path, secrets.token_urlsafe(24).encode())
    return path.read_text("ascii").strip()
