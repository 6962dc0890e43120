"""A node's countersignature of a root stands only if the node's own key made it."""

import pytest

from gongxiang.platform.delivery import intake
from gongxiang.platform.evidence import queries
from gongxiang.protocol import messages, signing
from gongxiang.protocol.evidence import witness_statement
from tests.factories.parties import make_banner
from tests.factories.procedure import NODE_KEYS, make_node

pytestmark = pytest.mark.django_db


@pytest.mark.article("wushen-2021-60:29")
@pytest.mark.parametrize("genuine", [True, False])
def test_only_the_nodes_own_countersignature_is_kept(genuine):
    banner = make_banner()
    node = make_node(banner=banner, office=banner.provider)
    signer = NODE_KEYS[node.pk] if genuine else signing.generate()
    signature = signer.sign(witness_statement(node_id=node.pk, size=12, root="ab" * 32))
    fact = messages.RootWitnessed(node_id=node.pk, root_size=12, root="ab" * 32, signature=signature, at=banner.at)
    intake.take(fact, at=banner.at)
    assert [(w.node_id, w.size) for w in queries.witnesses()] == ([(node.pk, 12)] if genuine else [])
