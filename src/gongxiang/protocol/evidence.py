"""Digests and Merkle trees of evidence (RFC 9162 shape, SM3); the same for the sealer, the verifier and the witness."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from gongxiang.protocol.canonical import canonical


def sm3(data: bytes) -> bytes:
    """The SM3 digest (GB/T 32905-2016), 32 bytes."""
    return hashlib.new("sm3", data).digest()


def record_digest(content: Mapping[str, Any]) -> bytes:
    """The leaf digest of one record: SM3 over 0x00 and its canonical bytes."""
    return sm3(b"\x00" + canonical(content))


def authenticate(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SM3 over the parts, each with its length, so that no two lists of parts give the same text."""
    mac = hmac.new(key, digestmod="sm3")
    for part in parts:
        mac.update(len(part).to_bytes(4, "big") + part)
    return mac.digest()


def node_digest(left: bytes, right: bytes) -> bytes:
    """The digest over two subtrees."""
    return sm3(b"\x01" + left + right)


#: The root of a tree without leaves.
EMPTY_ROOT = sm3(b"")


@dataclass
class Tree:
    """A growing tree that remembers only its frontier: the roots of its perfect subtrees, largest first."""

    size: int = 0
    frontier: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Add one leaf digest."""
        digest, count = leaf, self.size
        while count & 1:
            digest = node_digest(self.frontier.pop(), digest)
            count >>= 1
        self.frontier.append(digest)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.frontier:
            return EMPTY_ROOT
        digest = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            digest = node_digest(left, digest)
        return digest


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over `leaves`."""
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root


def inclusion_path(leaves: Sequence[bytes], position: int) -> list[bytes]:
    """The audit path of the leaf at `position` (RFC 9162, 2.1.3.1), nearest sibling first; raises IndexError."""
    if not 0 <= position < len(leaves):
        raise IndexError(f"no leaf {position} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if position < split:
        return [*inclusion_path(leaves[:split], position), root_of(leaves[split:])]
    return [*inclusion_path(leaves[split:], position - split), root_of(leaves[:split])]


def root_from_path(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that `path` leads to from `leaf` (RFC 9162, 2.1.3.2), or None where path and size do not fit."""
    if not 0 <= position < size:
        return None
    digest, node, last = leaf, position, size - 1
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            digest = node_digest(sibling, digest)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            digest = node_digest(digest, sibling)
        node, last = node >> 1, last >> 1
    return digest if last == 0 else None


def witness_statement(*, node_id: UUID, size: int, root: str) -> bytes:
    """What a node countersigns: that it was shown this root (hex) over `size` records."""
    return canonical({"node_id": node_id, "root": root, "root_size": size})


def root_statement(*, size: int, root: str, previous: str, sealed_at: str) -> bytes:
    """What the sealer signs: the root (hex) over `size` records, chained to the statement before by its digest."""
    return canonical({"previous": previous, "root": root, "sealed_at": sealed_at, "size": size})
