"""The node keeps every root it is shown, countersigns it, and says so when one contradicts what it keeps."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from gongxiang.node.witness import Witness
from gongxiang.protocol import signing
from gongxiang.protocol.evidence import witness_statement
from gongxiang.protocol.messages import Alarm, Lease, RootWitnessed

NODE = uuid4()
KEY = signing.generate()


def lease(size, root):
    return Lease(order_id=1, valid_until=datetime(2026, 11, 22, tzinfo=UTC), root_size=size, root=root)


@pytest.fixture
def kept(tmp_path):
    said = []
    return Witness(tmp_path / "witness.jsonl", node_id=NODE, signer=KEY, report=said.append), said, tmp_path / "witness.jsonl"


def test_each_new_root_is_kept_once_and_countersigned(kept):
    witness, said, path = kept
    for size, root in ((3, "aa"), (3, "aa"), (7, "bb")):
        witness.see(lease(size, root))
    assert [(m.root_size, m.root) for m in said] == [(3, "aa"), (7, "bb")]
    for message in said:
        assert isinstance(message, RootWitnessed)
        statement = witness_statement(node_id=NODE, size=message.root_size, root=message.root)
        assert signing.verify(KEY.public_key, statement, message.signature)
    assert [json.loads(line)["size"] for line in path.read_text().splitlines()] == [3, 7]


@pytest.mark.parametrize(("size", "root", "code"), [(5, "cc", "evidence_cut"), (7, "cc", "evidence_rewritten")])
def test_a_root_that_contradicts_is_an_alarm_said_once_and_never_kept(kept, size, root, code):
    witness, said, path = kept
    witness.see(lease(7, "bb"))
    for _ in range(2):
        witness.see(lease(size, root))
    alarms = [m for m in said if isinstance(m, Alarm)]
    assert [a.code for a in alarms] == [code]
    assert len(path.read_text().splitlines()) == 1


def test_what_was_kept_is_remembered_after_a_restart_and_a_cut_off_line(kept):
    witness, said, path = kept
    witness.see(lease(7, "bb"))
    with path.open("a") as file:
        file.write('{"size": 9, "ro')
    again = Witness(path, node_id=NODE, signer=KEY, report=said.append)
    assert (again.size, again.root) == (7, "bb")
