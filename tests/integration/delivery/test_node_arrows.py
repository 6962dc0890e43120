"""A node's states as a table: who may go along each arrow, everybody else may not, from no other state."""

from typing import Any

import pytest
from django.db import transaction

from gongxiang.platform.delivery import actions, states
from gongxiang.platform.delivery.errors import FingerprintNotConfirmed
from gongxiang.platform.delivery.models import Node
from gongxiang.platform.evidence import queries as trail
from gongxiang.platform.kernel.errors import NotPermitted, Refusal
from gongxiang.platform.kernel.transitions import WrongState
from tests.factories.parties import make_banner
from tests.factories.procedure import NODE_KEYS, make_node, make_operator

pytestmark = pytest.mark.django_db
ADMITTERS = {"authority_officer", "authority_leader", "operator"}
#: act, from, who may, state afterwards, event.
ARROWS = [
    ("renew_code", states.OFFERED, {"provider.node_operator", "operator"}, states.OFFERED, "code_renewed"),
    ("admit", states.ENROLLED, ADMITTERS, states.ADMITTED, "admitted"),
    ("suspend", states.ADMITTED, ADMITTERS, states.SUSPENDED, "suspended"),
    ("readmit", states.SUSPENDED, ADMITTERS, states.ADMITTED, "readmitted"),
    *[("revoke", s, ADMITTERS, states.REVOKED, "revoked")
      for s in (states.OFFERED, states.ENROLLED, states.ADMITTED, states.SUSPENDED)],
]  # fmt: skip
EVERYBODY = (
    "provider.clerk", "provider.officer", "provider.node_operator", "consumer.node_operator", "stranger.officer", "auditor",
    "authority_officer", "authority_leader", "site.system_admin", "site.security_admin", "site.audit_admin", "operator",
)  # fmt: skip


def test_every_arrow_of_a_node_is_gone_by_whom_it_names_and_by_nobody_else():
    banner = make_banner()
    operator = make_operator(banner)

    def person(name: str) -> Any:
        found: Any = banner
        for part in name.split("."):
            found = operator if part == "operator" else getattr(found, part)
        return found

    def go(act: str, node: Node, by: Any) -> None:
        key: dict[str, Any] = {"node_id": node.pk, "by": by, "at": banner.at}
        if act == "renew_code":
            actions.renew_code(**key)
        elif act == "admit":
            actions.admit_node(confirmed_key=NODE_KEYS[node.pk].public_key if node.pk in NODE_KEYS else "", **key)
        elif act == "readmit":
            actions.readmit_node(**key)
        else:
            {"suspend": actions.suspend_node, "revoke": actions.revoke_node}[act](reason="检查发现异常。", **key)

    known = {(arrow.act, source) for arrow in states.NODE.transitions for source in arrow.sources}
    assert {(act, source) for act, source, *_ in ARROWS} == known - {("enrol", states.OFFERED)}, "a machine enrols itself"
    for number, status in enumerate((states.OFFERED, states.ENROLLED, states.ADMITTED, states.SUSPENDED, states.REVOKED)):
        made = "ADMITTED" if status in (states.SUSPENDED, states.REVOKED) else status
        node = make_node(made, banner=banner, office=banner.provider, name=f"前置机{number}")
        if status in (states.SUSPENDED, states.REVOKED):
            go("suspend" if status == states.SUSPENDED else "revoke", node, operator)
            node.refresh_from_db()
        for act, _source, may, after, event in [arrow for arrow in ARROWS if arrow[1] == status]:
            for name in set(EVERYBODY) - may:
                with pytest.raises(NotPermitted):
                    go(act, node, person(name))
            for name in sorted(may):
                point = transaction.savepoint()
                go(act, node, person(name))
                done = Node.objects.get(pk=node.pk)
                assert done.status == after, (act, name)
                kinds = [one.kind for one in trail.trail_of(f"node:{node.pk}", by=banner.auditor)]
                assert f"node:{event}" in kinds
                transaction.savepoint_rollback(point)
        for act in {act for act, *_ in ARROWS}:
            if (act, status) not in known:
                with pytest.raises(Refusal) as refused:
                    go(act, node, operator)
                assert isinstance(refused.value, (WrongState, FingerprintNotConfirmed)), (act, status)
