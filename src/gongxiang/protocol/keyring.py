"""Where one installation keeps its keys: `GONGXIANG_HOME/keys`; the master key's file may lie elsewhere.

The signing keys of platform and gateway are sealed with the master key, so that a copy of the folder without it signs nothing.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from gongxiang.protocol import signing


class KeyMissing(RuntimeError):
    """A key of this installation is missing: run `gongxiang migrate`, or put the file back from your backup."""


class KeyOpenToOthers(RuntimeError):
    """A key file can be read by other users of this machine: run `chmod 600` on it, and ask who has read it."""


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """The keys in `folder`; `master_file` holds 32 bytes as hex."""

    folder: Path
    master_file: Path

    @classmethod
    def from_environment(cls) -> "Keyring":
        """The keyring that `GONGXIANG_HOME` and `GONGXIANG_MASTER_KEY_FILE` name."""
        folder = Path(os.environ.get("GONGXIANG_HOME") or "var").absolute() / "keys"
        return cls(folder=folder, master_file=Path(os.environ.get("GONGXIANG_MASTER_KEY_FILE") or folder / "master.key"))

    def master(self) -> bytes:
        """The master key; raises KeyMissing or KeyOpenToOthers."""
        return bytes.fromhex(self._private(self.master_file).decode("ascii"))

    def signer(self, name: str) -> signing.SoftwareKey:
        """The signing key `platform` or `gateway`; raises KeyMissing, KeyOpenToOthers or SecretDamaged."""
        sealed = bytes.fromhex(self._private(self.folder / f"{name}.key").decode("ascii"))
        return signing.SoftwareKey.load(signing.open_secret(self.master(), sealed, f"key:{name}"))

    def public_key(self, name: str) -> str:
        """The public part of the key `platform` or `gateway`; raises KeyMissing."""
        path = self.folder / f"{name}.pub"
        if not path.exists():
            raise KeyMissing(f"{path} is missing. {KeyMissing.__doc__}")
        return path.read_text("ascii").strip()

    def make(self) -> None:
        """Make what is missing; what is there is never replaced."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.master_file.exists():
            if any(self.folder.glob("*.key")):
                raise KeyMissing(f"{self.master_file} is missing, but keys sealed with it exist. {KeyMissing.__doc__}")
            write_private(self.master_file, secrets.token_hex(32).encode("ascii"))
        for name in ("platform", "gateway"):
            if not (self.folder / f"{name}.key").exists():
                key = signing.generate()
                sealed = signing.seal_secret(self.master(), key.export(), f"key:{name}")
                write_private(self.folder / f"{name}.key", sealed.hex().encode("ascii"))
                write_private(self.folder / f"{name}.pub", key.public_key.encode("ascii"))

    @staticmethod
    def _private(path: Path) -> bytes:
        if not path.exists():
            raise KeyMissing(f"{path} is missing. {KeyMissing.__doc__}")
        if path.stat().st_mode & 0o077:
            raise KeyOpenToOthers(f"{path}: {KeyOpenToOthers.__doc__}")
        return path.read_bytes().strip()


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all, and durably."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
