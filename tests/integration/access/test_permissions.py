"""Who may do what with a request: one table, every role, each act in the state it needs."""

from typing import Any

import pytest

from gongxiang.platform.access import actions, states
from gongxiang.platform.kernel.actors import Person, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.transitions import WrongState
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_request, reply_fields

pytestmark = pytest.mark.django_db
EVERYBODY = (
    "consumer.clerk", "consumer.reviewer", "consumer.officer", "consumer.node_operator", "provider.clerk", "provider.reviewer",
    "provider.officer", "provider.node_operator", "stranger.clerk", "stranger.officer", "authority_officer", "authority_leader",
    "auditor", "site.system_admin", "site.security_admin", "site.audit_admin",
)  # fmt: skip
_APPLICANTS = {"consumer.clerk", "consumer.reviewer", "consumer.officer"}
_OFFICE = {"provider.clerk", "provider.reviewer", "provider.officer"}
#: act -> (state it starts from, its arguments, who may).
MAY: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "present_access_request": (states.DRAFT, {}, _APPLICANTS),
    "consent_access_request": (states.PRESENTED, {}, {"consumer.officer"}),
    "send_back": (states.PRESENTED, {"comment": "请补充依据"}, {"consumer.officer"}),
    "submit_access_request": (states.CONSENTED, {}, _APPLICANTS),
    "notify_incomplete": (states.SUBMITTED, {"missing": ["三定规定"]}, _OFFICE),
    "prepare_reply": (states.SUBMITTED, reply_fields(), _OFFICE),
    "withdraw_access_request": (states.SUBMITTED, {"reason": "不再需要"}, {"consumer.officer"}),
    "lapse_reply": (states.SUBMITTED, {}, set()),
    "recompute_deadline": (states.SUBMITTED, {}, set()),
}


def actor_of(banner: Banner, who: str) -> Person:
    """The person of that name in the banner."""
    found: Any = banner
    for name in who.split("."):
        found = getattr(found, name)
    assert isinstance(found, Person)
    return found


@pytest.mark.parametrize("act", MAY)
def test_who_may(act: str) -> None:
    from django.db import transaction

    banner = make_banner()
    resource = make_conditional(banner=banner)
    state, arguments, allowed = MAY[act]
    request = make_request(state, banner=banner, resource_id=resource.id)
    done: set[str] = set()
    out_of_turn: set[str] = set()
    for who in EVERYBODY:
        with transaction.atomic():
            try:
                getattr(actions, act)(access_request_id=request.pk, by=actor_of(banner, who), at=banner.at, **arguments)
                done.add(who)
            except NotPermitted:
                pass
            except WrongState:
                # The authority's own people may prepare an answer, but not while it is the provider's turn.
                out_of_turn.add(who)
            transaction.set_rollback(True)
    assert done == allowed
    assert out_of_turn <= {"authority_officer", "authority_leader"}
    if not allowed:
        with pytest.raises(NotPermitted):
            getattr(actions, act)(access_request_id=request.pk, by=System(name="another-job"), at=banner.at)
