"""The node as witness of the platform's evidence: keeps each root it is shown and countersigns it.

`witness.jsonl` is read by `gongxiang evidence verify --witness FILE`: a rewritten history or a cut tail is found against it.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant
from gongxiang.protocol.evidence import witness_statement
from gongxiang.protocol.messages import Alarm, Lease, Message, RootWitnessed
from gongxiang.protocol.sentences import Sentence
from gongxiang.protocol.signing import Signer


class Witness:
    """Keeps roots in one file, never removes one."""

    def __init__(self, path: Path, *, node_id: UUID, signer: Signer, report: Callable[[Message], None]) -> None:
        self._path, self._node_id, self._signer, self._report = path, node_id, signer, report
        self.size, self.root = self._last()
        self._alarmed: set[tuple[int, str]] = set()

    def see(self, lease: Lease) -> None:
        """Keep the root a lease carries; raise an alarm if it contradicts one kept before."""
        seen = (lease.root_size, lease.root)
        if not lease.root or seen == (self.size, self.root) or seen in self._alarmed:
            return
        if lease.root_size < self.size:
            words = Sentence("The evidence had {before} sealed records, now it has {now}.", before=self.size, now=seen[0])
            self._contradiction(seen, "evidence_cut", words)
            return
        if lease.root_size == self.size:
            words = Sentence("The root over the first {count} records is another one.", count=self.size)
            self._contradiction(seen, "evidence_rewritten", words)
            return
        at = clock.now()
        signature = self._signer.sign(witness_statement(node_id=self._node_id, size=lease.root_size, root=lease.root))
        line = {"size": lease.root_size, "root": lease.root, "seen_at": instant(at), "signature": signature}
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.size, self.root = seen
        self._report(RootWitnessed(node_id=self._node_id, root_size=seen[0], root=seen[1], signature=signature, at=at))

    def _contradiction(self, seen: tuple[int, str], code: str, words: str) -> None:
        self._alarmed.add(seen)
        kept = Sentence(
            "The roots this node keeps are in {file}: run `gongxiang evidence verify --witness` with it.", file=self._path.name
        )
        detail = Sentence.joined(words, kept)
        self._report(Alarm(code=code, node_id=self._node_id, resource_id=None, detail=detail, at=clock.now()))

    def _last(self) -> tuple[int, str]:
        last = (0, "")
        if self._path.exists():
            for line in self._path.read_text("utf-8").splitlines():
                try:
                    value = json.loads(line)
                    last = max(last, (int(value["size"]), str(value["root"])))
                except (ValueError, KeyError, TypeError):
                    continue  # a line cut off by a crash: its root comes again with the next lease
        return last
