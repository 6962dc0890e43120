"""The verifier: reads every record, leaf and root, and names what was altered, missing, inserted, reordered or cut off.

Claimed against whoever rules the database, not against whoever holds this installation's keys.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.actions import record_content
from gongxiang.platform.evidence.models import EvidenceRecord, Leaf, Root, Witness
from gongxiang.platform.evidence.sealing import head_file, is_genuine, leaf_mac, statement_of
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import canonical, instant
from gongxiang.protocol.evidence import Tree, inclusion_path, record_digest, root_from_path, root_statement, sm3
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.signing import verify as signature_holds

#: A record older than this that no seal covers is a finding: the sealer works every few seconds.
UNSEALED_LIMIT = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    `what` is altered, missing, inserted, reordered, root_forged, history_rewritten, tail_cut or unsealed.
    """

    what: str
    position: int | None
    record: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """The outcome: `whole` when nothing was found; the unsealed tail is what the last seconds wrote."""

    records: int
    sealed: int
    roots: int
    witnesses: int
    unsealed_tail: int
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass(frozen=True, kw_only=True)
class KeptRoot:
    """A root that somebody outside the database keeps."""

    keeper: str
    size: int
    root: str


@implements("wushen-2021-60:29", "cn-809:35.2")
def verify(*, witness_files: Iterable[Path] = ()) -> Report:
    """Verify everything in one snapshot; `witness_files` are nodes' kept roots (`size`, `root` per JSON line)."""
    with transaction.atomic():
        findings: list[Finding] = []
        roots = list(Root.objects.order_by("size"))
        reached = {root.size: "" for root in roots}
        kept = list(_kept_roots(witness_files))
        reached.update({one.size: "" for one in kept})
        tree = Tree()
        records = 0
        for expected, leaf, record in _leaves():
            records += record is not None
            if leaf.position != expected:
                findings.extend(_gap(expected, leaf.position))
            if bytes(leaf.mac) != leaf_mac(leaf.position, bytes(leaf.digest)):
                findings.append(
                    _finding("reordered", leaf.position, record, f"the seal of place {leaf.position} is not the sealer's")
                )
            if record is None:
                findings.append(
                    Finding(
                        what="missing",
                        position=leaf.position,
                        record=str(leaf.record_id),
                        words=f"record {leaf.record_id} at place {leaf.position} is gone",
                    )
                )
            else:
                if bytes(record.digest) != bytes(leaf.digest) or not is_genuine(record):
                    findings.append(
                        _finding("altered", leaf.position, record, _described("was altered after it was sealed", record))
                    )
            tree.append(bytes(leaf.digest))
            if tree.size in reached:
                reached[tree.size] = tree.root.hex()
        findings.extend(_root_findings(roots, reached, tree.size))
        findings.extend(_kept_findings(kept, reached, tree.size))
        tail = 0
        limit = clock.now() - UNSEALED_LIMIT
        sealed_ids = Leaf.objects.values("record_id")
        for record in EvidenceRecord.objects.exclude(id__in=sealed_ids).order_by("id").iterator(2000):
            records += 1
            if not is_genuine(record):
                findings.append(_finding("inserted", None, record, _described("was not written by the product", record)))
            elif record.recorded_at < limit:
                findings.append(
                    _finding("unsealed", None, record, _described("has not been sealed: is the worker running?", record))
                )
            else:
                tail += 1
        return Report(
            records=records,
            sealed=tree.size,
            roots=len(roots),
            witnesses=len(kept),
            unsealed_tail=tail,
            findings=tuple(findings),
        )


def _leaves() -> Iterator[tuple[int, Leaf, EvidenceRecord | None]]:
    expected, batch = 0, 2000
    last = -1
    while True:
        leaves = list(Leaf.objects.filter(position__gt=last).order_by("position")[:batch])
        if not leaves:
            return
        records = EvidenceRecord.objects.in_bulk([leaf.record_id for leaf in leaves])
        for leaf in leaves:
            yield expected, leaf, records.get(leaf.record_id)
            expected = leaf.position + 1
        last = leaves[-1].position


def _gap(first: int, end: int) -> list[Finding]:
    return [
        Finding(what="missing", position=position, record="", words=f"the record at place {position} and its seal are gone")
        for position in range(first, end)
    ]


def _described(words: str, record: EvidenceRecord) -> str:
    return f"record {record.id} ({record.kind} by {record.actor_name}, {instant(record.occurred_at)}) {words}"


def _finding(what: str, position: int | None, record: EvidenceRecord | None, words: str) -> Finding:
    return Finding(what=what, position=position, record=str(record.uid) if record else "", words=words)


def _root_findings(roots: list[Root], reached: dict[int, str], size: int) -> Iterator[Finding]:
    public_key = Keyring.from_environment().public_key("platform")
    previous = ""
    for root in roots:
        statement = statement_of(root)
        if root.public_key != public_key or not signature_holds(public_key, statement, root.signature):
            yield Finding(
                what="root_forged",
                position=root.size,
                record="",
                words=f"the root over {root.size} records is not signed by the platform",
            )
        if root.previous != previous:
            yield Finding(
                what="missing",
                position=root.size,
                record="",
                words=f"a root before the one over {root.size} records is gone or changed",
            )
        if root.size > size:
            yield _cut(size, root.size, "a signed root in the database")
        elif reached[root.size] != root.root:
            yield Finding(
                what="history_rewritten",
                position=root.size,
                record="",
                words=f"the first {root.size} records no longer give the root that was signed",
            )
        previous = sm3(statement).hex()


def _cut(size: int, should: int, witness: str) -> Finding:
    return Finding(
        what="tail_cut",
        position=size,
        record="",
        words=f"records at places {size} to {should - 1} were cut off: {witness} covers {should}",
    )


def _kept_roots(files: Iterable[Path]) -> Iterator[KeptRoot]:
    head = head_file()
    if head.exists():
        value = json.loads(head.read_text("utf-8"))
        yield KeptRoot(keeper="the head kept beside the database", size=int(value["size"]), root=str(value["root"]))
    for row in Witness.objects.order_by("size"):
        yield KeptRoot(keeper=f"node {row.node_id}", size=row.size, root=row.root)
    for path in files:
        for line in path.read_text("utf-8").splitlines():
            try:
                value = json.loads(line)
                kept = KeptRoot(keeper=str(path), size=int(value["size"]), root=str(value["root"]))
            except (KeyError, TypeError, ValueError):
                continue  # a line that a crash cut off: its root came again
            yield kept


def _kept_findings(kept: list[KeptRoot], reached: dict[int, str], size: int) -> Iterator[Finding]:
    for one in kept:
        if one.size > size:
            yield _cut(size, one.size, one.keeper)
        elif one.size and reached[one.size] and reached[one.size] != one.root:
            yield Finding(
                what="history_rewritten",
                position=one.size,
                record="",
                words=f"{one.keeper} keeps another root over the first {one.size} records",
            )


# ---- proofs that need no database ---------------------------------------------------------------------------------------


@implements("wushen-2021-60:29")
def prove(*, uid: str) -> dict[str, Any]:
    """A proof that the record `uid` is sealed: checked by `check` anywhere; raises LookupError if it is not (yet) sealed."""
    record = EvidenceRecord.objects.filter(uid=uid).first()
    leaf = Leaf.objects.filter(record_id=record.id).first() if record else None
    root = Root.objects.filter(size__gt=leaf.position).order_by("size").first() if leaf else None
    if record is None or leaf is None or root is None:
        raise LookupError(f"record {uid} is not sealed: wait a few seconds, or look whether the worker runs")
    digests = [
        bytes(d) for d in Leaf.objects.filter(position__lt=root.size).order_by("position").values_list("digest", flat=True)
    ]
    return {
        "record": record_content(record),
        "position": leaf.position,
        "path": [step.hex() for step in inclusion_path(digests, leaf.position)],
        "root": {"size": root.size, "root": root.root, "previous": root.previous, "sealed_at": instant(root.sealed_at)},
        "public_key": root.public_key,
        "signature": root.signature,
    }


def check(proof: dict[str, Any], *, public_key: str = "") -> list[str]:
    """What is wrong with a proof, in words; an empty list when it holds. `public_key`: the platform's, if you know it."""
    try:
        root = proof["root"]
        reached = root_from_path(
            record_digest(proof["record"]), int(proof["position"]), int(root["size"]), [bytes.fromhex(s) for s in proof["path"]]
        )
        statement = root_statement(size=root["size"], root=root["root"], previous=root["previous"], sealed_at=root["sealed_at"])
        key, signature = str(proof["public_key"]), str(proof["signature"])
    except (KeyError, TypeError, ValueError) as error:
        return [f"this is no proof: {error}"]
    problems = []
    if reached is None or reached.hex() != root["root"]:
        problems.append("the record is not the one that was sealed, or the path is another's")
    if not signature_holds(key, statement, signature):
        problems.append("the root is not signed by the key it names")
    if public_key and key != public_key:
        problems.append("the proof is signed by another platform's key")
    return problems


def proof_text(proof: dict[str, Any]) -> str:
    """A proof as the text of a file."""
    return canonical(proof).decode("utf-8") + "\n"
