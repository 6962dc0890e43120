"""The sealer: gives records their places in the tree, in commit order, and signs roots chained to each other.

One sealer works at a time (advisory lock). The head of the chain is also kept in a file outside the database, so that a cut
tail is found even before a node has witnessed the root.
"""

import json
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.actions import record_content, sealing_key
from gongxiang.platform.evidence.models import EvidenceRecord, Leaf, Root
from gongxiang.platform.kernel.link import platform_key
from gongxiang.protocol.canonical import instant
from gongxiang.protocol.evidence import Tree, authenticate, record_digest, root_statement, sm3

_LOCK = 0x67_78_65_76  # "gxev"
BATCH = 5_000


def head_file() -> Path:
    """Where the head of the chain is kept outside the database."""
    return Path(settings.HOME) / "evidence" / "head.json"


def leaf_mac(position: int, digest: bytes) -> bytes:
    """What proves that the sealer put this digest at this place."""
    return authenticate(sealing_key(), b"leaf", position.to_bytes(8, "big"), digest)


def is_genuine(record: EvidenceRecord) -> bool:
    """Whether the product wrote the record and nobody changed it since."""
    digest = bytes(record.digest)
    return (
        bytes(record.mac) == authenticate(sealing_key(), b"record", digest) and record_digest(record_content(record)) == digest
    )


def statement_of(root: Root) -> bytes:
    """The signed text of a root."""
    return root_statement(size=root.size, root=root.root, previous=root.previous, sealed_at=instant(root.sealed_at))


@implements("wushen-2021-60:4(3)", "cn-809:35.2")
def seal(*, at: datetime) -> int:
    """Seal what is committed and not yet sealed; returns how many records; 0 too when another sealer is at work."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        last = Root.objects.order_by("-size").first()
        # Only what no transaction still running could precede; a record without a leaf is new, however old it says it is.
        waiting = EvidenceRecord.objects.extra(
            where=[
                "xid < pg_snapshot_xmin(pg_current_snapshot())",
                "NOT EXISTS (SELECT 1 FROM evidence_leaf l WHERE l.record_id = evidence_evidencerecord.id)",
            ]
        ).order_by("xid", "id")[:BATCH]
        # What was written past the product is not sealed: the verifier names it.
        genuine = [(record.id, bytes(record.digest)) for record in waiting if is_genuine(record)]
        if not genuine:
            return 0
        tree = Tree(last.size, [bytes.fromhex(h) for h in last.frontier]) if last else Tree()
        leaves = []
        for record_id, digest in genuine:
            leaves.append(Leaf(position=tree.size, record_id=record_id, digest=digest, mac=leaf_mac(tree.size, digest)))
            tree.append(digest)
        Leaf.objects.bulk_create(leaves)
        key = platform_key()
        root = Root(
            size=tree.size,
            root=tree.root.hex(),
            previous=sm3(statement_of(last)).hex() if last else "",
            sealed_at=at,
            frontier=[h.hex() for h in tree.frontier],
            public_key=key.public_key,
        )
        root.signature = key.sign(statement_of(root))
        root.save(force_insert=True)
    _keep_head(root)
    return len(leaves)


def _keep_head(root: Root) -> None:
    path = head_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump({"root": root.root, "signature": root.signature, "size": root.size}, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
