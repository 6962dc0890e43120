"""What stands in the way of acts on projects, demands, channels and rounds: the rooms' own checks, asked before the act."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gongxiang.platform.access import errors_superior, states_superior
from gongxiang.platform.access import permissions as access_permissions
from gongxiang.platform.catalogue import permissions as catalogue_permissions
from gongxiang.platform.delivery import errors_channels, queries_channels, states_channels
from gongxiang.platform.demands import permissions as demand_permissions
from gongxiang.platform.demands import states as demand_states
from gongxiang.platform.evidence.queries import hands_in, who_did
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.projects import errors as project_errors
from gongxiang.platform.projects import permissions, policies, queries, states
from gongxiang.protocol import clock


def other_person(*, consented: bool = False) -> Callable[[Any, Any], None]:
    """Nobody who worked on the project, or consented to it."""

    def check(row: Any, actor: Any) -> None:
        permissions.check_other_person(actor, *queries.involved_in_project(row.id) if consented else row.drafters)

    return check


def saves(row: Any, actor: Any) -> None:
    """Until it is over."""
    if row.status in states.ENDED:
        raise WrongState(state=row.status, basis=("wushen-2021-60:8",))


def compiles(row: Any, actor: Any) -> None:
    """While its department has the catalogue in hand."""
    if row.status not in states.EDITABLE:
        raise WrongState(state=row.status, basis=("wushen-2021-60:8",))


def tests(row: Any, actor: Any) -> None:
    """While it is built."""
    if row.status not in states.TESTABLE:
        raise WrongState(state=row.status, basis=("wushen-2021-60:8",))


def spends(row: Any, actor: Any) -> None:
    """Unless it was given up."""
    if row.status == states.CANCELLED:
        raise WrongState(state=row.status, basis=("wushen-2021-60:28",))


def presents(row: Any, actor: Any) -> None:
    """Entries that are whole, with every hit answered."""
    policies.check_can_present(tuple(queries.planned_of(row.id).values()), queries.hits_of(row.id))


def passes(row: Any, actor: Any) -> None:
    """A catalogue under review."""
    states.PROJECT.find("pass_building" if row.approval_number else "pass", row.status)


def revises(row: Any, actor: Any) -> None:
    """What passed once."""
    if row.version is None:
        raise project_errors.OperationOnly()


def discards(row: Any, actor: Any) -> None:
    """A change of what passed."""
    states.PROJECT.find("discard_revision_building" if row.approval_number else "discard_revision", row.status)
    if row.version is None or not queries.certified(row.id):
        raise project_errors.NoRevisionRunning()


def starts(row: Any, actor: Any) -> None:
    """Under a certificate, or what needs none."""
    certifiable = policies.needs_catalogue(row.kind)
    policies.check_can_build(kind=row.kind, certified=queries.certified(row.id))
    states.PROJECT.find("start_building" if certifiable or row.status == states.PASSED else "start_operation", row.status)


def built(row: Any, actor: Any) -> None:
    """Under a certificate that is in force."""
    policies.check_can_build(kind=row.kind, certified=queries.certified(row.id))


def accepts(row: Any, actor: Any) -> None:
    """Every point of the interface check has passed."""
    checks = queries.checks_of(row.id, on=queries.beijing_day(clock.now()))
    policies.check_can_accept(checks, kind=row.kind, certified=queries.certified(row.id))


def answers_demand(row: Any, actor: Any) -> None:
    """The department it was assigned to, or the authority."""
    if demand_permissions.answering_side(actor, row.provider_id) == "provider" and row.status == demand_states.STATED:
        demand_states.DEMAND.find("hand_back", row.status)


def finishes_step(row: Any, actor: Any) -> None:
    """A plan runs."""
    if row.status not in (states_channels.PLANNED, states_channels.OVERDUE):
        states_channels.OUTSIDE_CHANNEL.find("migrate", row.status)
    if all(one.done_on for one in queries_channels.steps_of(row)):
        raise errors_channels.StepUnknown()


def exempts(row: Any, actor: Any) -> None:
    """Never who asked for it."""
    if actor.name == row.exemption_asked_by:
        raise errors_channels.OwnExemption()


def issues(row: Any, actor: Any) -> None:
    """Never who drafted it."""
    drafted = hands_in(row.drafted_by_id, of=[("superior_request", row.id)], acts=["superior_request:drafted"])
    if actor.is_hand_of(*drafted):
        raise errors_superior.OwnLetter()


def discards_letter(row: Any, actor: Any) -> None:
    """The officer, once it is issued; else whoever of the office drafts."""
    if row.status == states_superior.ISSUED:
        access_permissions.ISSUE_LETTER.check(actor)


def receives(row: Any, actor: Any) -> None:
    """Data is to come, or comes."""
    if row.status != states_superior.RETURNING:
        states_superior.SUPERIOR_REQUEST.find("receive", row.status)


def confirms_withheld(row: Any, actor: Any) -> None:
    """Never who reported it."""
    of, act = ("withheld_check", row.id), "withheld_check:reported"
    reporter = who_did(act, subject=of)
    hands = hands_in(UUID(reporter), of=[of], acts=[act]) if reporter else frozenset()
    catalogue_permissions.check_other_person(actor, *hands)
