"""Who may do what with a project: one table, everybody, each act in the state it needs."""

from typing import Any

import pytest
from django.db import transaction

from gongxiang.platform.kernel.actors import Person, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.projects import actions, queries, states
from tests.factories import projects as make
from tests.factories.parties import Banner, make_banner

pytestmark = pytest.mark.django_db
EVERYBODY = (
    "provider.clerk", "provider.reviewer", "provider.officer", "provider.node_operator", "consumer.clerk", "consumer.reviewer",
    "consumer.officer", "authority_officer", "authority_leader", "auditor", "operator", "site.system_admin",
    "site.security_admin", "site.audit_admin",
)  # fmt: skip
_KEEPERS = {"provider.clerk", "provider.reviewer"}
_OFFICE = {*_KEEPERS, "provider.officer"}
_REMARKS = [{"field": "", "text": "请补充。"}]
#: act -> (state it starts from, its arguments, who may).
MAY: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "save_project": (states.REGISTERED, {"fields": make.project_fields("救助平台二期"), "seen": 1}, _KEEPERS),
    "save_entry": (states.REGISTERED, {"planned": make.planned_entry(), "seen": 0}, _KEEPERS),
    "note_cost": (
        states.REGISTERED, {"year": 2026, "source": "BUDGET", "planned_cents": 100, "actual_cents": None}, _OFFICE,
    ),
    "present_catalogue": (states.PRECOMPILING, {}, _KEEPERS),
    # The clerk who compiled it is no officer; a person who is both is refused, see test_refusals.
    "consent_to_catalogue": (states.PRESENTED, {}, {"provider.officer"}),
    "send_back": (states.PRESENTED, {"comment": "请补充。"}, {"provider.officer"}),
    "submit_catalogue": (states.CONSENTED, {}, _OFFICE),
    "pass_catalogue": (states.IN_REVIEW, {}, {"authority_officer"}),
    "return_catalogue": (states.IN_REVIEW, {"remarks": _REMARKS}, {"authority_officer"}),
    "recount_deadline": (states.IN_REVIEW, {}, set()),
    "revise_catalogue": (states.PASSED, {}, _KEEPERS),
    "start_building": (states.PASSED, {"approval_number": "1号", "approved_on": "today"}, _KEEPERS),
    "request_acceptance": (states.BUILDING, {}, _OFFICE),
    "record_check": (states.BUILDING, {"item": "node", "passed": True, "reference": "记录1"}, {"operator"}),
    "return_acceptance": (states.ACCEPTANCE_REQUESTED, {"remarks": _REMARKS}, {"authority_officer"}),
    "cancel_project": (states.PASSED, {"reason": "不再建设"}, {"provider.officer"}),
}  # fmt: skip


def actor_of(banner: Banner, who: str) -> Person:
    """The person of that name."""
    if who == "operator":
        return make.operator_of(banner)
    found: Any = banner
    for name in who.split("."):
        found = getattr(found, name)
    assert isinstance(found, Person)
    return found


@pytest.mark.parametrize("act", MAY)
def test_who_may(act: str) -> None:
    banner = make_banner()
    state, arguments, allowed = MAY[act]
    project = make.make_project_at(state, banner=banner)
    if arguments.get("approved_on") == "today":
        arguments = {**arguments, "approved_on": queries.beijing_day(banner.at)}
    done = set()
    for who in EVERYBODY:
        point = transaction.savepoint()
        try:
            getattr(actions, act)(project_id=project.id, by=actor_of(banner, who), at=banner.at, **arguments)
            done.add(who)
        except NotPermitted:
            pass
        finally:
            transaction.savepoint_rollback(point)
    assert done == allowed


def test_jobs_and_strangers_register_nothing() -> None:
    banner = make_banner()
    for actor in (System(name="projects"), banner.provider.officer, banner.auditor, banner.authority_leader):
        with pytest.raises(NotPermitted):
            actions.register_project(fields=make.project_fields(), by=actor, at=banner.at)


def test_who_sees_a_project() -> None:
    banner = make_banner()
    project = make.make_project_at(states.PRECOMPILING, banner=banner)
    seeing = {who for who in EVERYBODY if queries.visible_to(actor_of(banner, who)).filter(pk=project.id).exists()}
    assert seeing == {
        "provider.clerk", "provider.reviewer", "provider.officer", "provider.node_operator", "authority_officer",
        "authority_leader", "auditor", "operator",
    }  # fmt: skip
