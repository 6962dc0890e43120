"""Base of everything the programs say to each other: a frozen value with a name on the wire."""

from dataclasses import dataclass
from typing import Any, ClassVar

from gongxiang.protocol.canonical import plain

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Message:
    """Base of every order and fact; `kind` is its name on the wire."""

    kind: ClassVar[str] = ""

    def to_json(self) -> dict[str, Any]:
        """`{"kind", "version", ...fields}` in JSON's own types."""
        return {"kind": self.kind, "version": VERSION, **plain(self)}
