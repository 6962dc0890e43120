"""What the page of a project shows: possible acts with their reasons, what the data plane knows of its interface."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.projects import permissions, policies, queries, states
from gongxiang.platform.projects.errors import NoRevisionRunning
from gongxiang.platform.projects.values import CheckView, Hit, ProjectView
from gongxiang.platform.web.possible import Possible, possible


def acts_of(
    project: ProjectView, actor: Person, *, hits: Iterable[Hit] = (), checks: Iterable[CheckView] = ()
) -> dict[str, Possible]:
    """What may be done now, judged by the functions that refuse."""
    certified = queries.certified(project.id)
    entries = tuple(queries.planned_of(project.id).values())

    def arrow(*acts: str) -> None:
        if not any(states.PROJECT.can(act, project.status) for act in acts):
            raise WrongState(state=project.status, subject="project")

    def own() -> None:
        permissions.check_own(actor, project.department_id)

    def keeps() -> None:
        permissions.KEEP.check(actor)
        own()

    def open_to_edit() -> None:
        if project.status in states.ENDED:
            raise WrongState(state=project.status, subject="project")

    def catalogue_open() -> None:
        if project.status not in states.EDITABLE:
            raise WrongState(state=project.status, subject="project")

    def has_version() -> None:
        if project.version is None or not certified:
            raise NoRevisionRunning()

    def uninvolved() -> None:
        permissions.check_other_person(actor, *project.drafters, project.consented_by_id)

    return {
        "edit": possible(keeps, open_to_edit),
        "compile": possible(keeps, catalogue_open),
        "present": possible(
            keeps, lambda: arrow("present"), lambda: _plainly(lambda: policies.check_can_present(entries, hits))
        ),
        "consent": possible(
            lambda: permissions.CONSENT.check(actor), own, lambda: arrow("consent"),
            lambda: permissions.check_other_person(actor, *project.drafters),
        ),
        "send_back": possible(lambda: permissions.CONSENT.check(actor), own, lambda: arrow("send_back")),
        "submit": possible(lambda: permissions.SUBMIT.check(actor), own, lambda: arrow("submit")),
        "review": possible(lambda: permissions.REVIEW.check(actor), uninvolved, lambda: arrow("pass")),
        "revise": possible(keeps, lambda: arrow("revise"), has_version),
        "discard": possible(keeps, lambda: arrow("discard_revision"), has_version),
        "approve": possible(
            keeps, lambda: arrow("start_building", *(() if policies.needs_catalogue(project.kind) else ("start_operation",))),
            lambda: policies.check_can_build(kind=project.kind, certified=certified),
        ),
        "request": possible(
            lambda: permissions.SUBMIT.check(actor), own, lambda: arrow("request_acceptance"),
            lambda: policies.check_can_build(kind=project.kind, certified=certified),
        ),
        "test": possible(lambda: permissions.TEST.check(actor), lambda: _testable(project)),
        "accept": possible(
            lambda: permissions.ACCEPT.check(actor), uninvolved, lambda: arrow("accept"),
            lambda: _plainly(lambda: policies.check_can_accept(checks, kind=project.kind, certified=certified)),
        ),
        "return_acceptance": possible(
            lambda: permissions.ACCEPT.check(actor), uninvolved, lambda: arrow("return_acceptance")
        ),
        "cost": possible(lambda: permissions.MONEY.check(actor), own, lambda: _not_cancelled(project)),
        "cancel": possible(lambda: permissions.CANCEL.check(actor), own, lambda: arrow("cancel")),
    }  # fmt: skip


def _plainly(check: Callable[[], None]) -> None:
    """Let the first of several points that are missing speak: a greyed-out act has one line for its reason."""
    for refusal in policies.reasons_against(check):
        raise refusal


def _testable(project: ProjectView) -> None:
    if project.status not in states.TESTABLE:
        raise WrongState(state=project.status, subject="project")


def _not_cancelled(project: ProjectView) -> None:
    if project.status == states.CANCELLED:
        raise WrongState(state=project.status, subject="project")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What the platform itself knows about one point of the interface check."""

    item: str
    holds: bool
    #: The facts in words for the test record; a document's text, so Chinese whatever the page's language.
    words: str


def facts_of(project: ProjectView, actor: Person) -> dict[str, Fact]:
    """Nodes that are admitted and tables that they have described, for the points that the data plane can vouch for."""
    nodes = delivery.admitted_nodes(project.department_id)
    found: dict[str, Fact] = {}
    if nodes:
        node = nodes[0]
        said = f"前置机{node.name}已于{node.admitted_at:%Y-%m-%d}准入（{len(nodes)}台）"
        found["node"] = Fact(item="node", holds=True, words=said)
    checks = [c for node in nodes for c in delivery.table_checks(actor=actor, node_id=node.id, limit=20) if c.answered_at]
    good = [check for check in checks if not check.problem]
    if good:
        newest = good[0]
        said = f"前置机于{newest.answered_at:%Y-%m-%d %H:%M}读取库表{newest.table}，{len(newest.columns)}列"
        found["tables"] = Fact(item="tables", holds=True, words=said)
        found["connection"] = Fact(item="connection", holds=True, words=said)
    elif checks:
        said = f"前置机{checks[0].table}：{checks[0].problem}"[:400]
        found["connection"] = Fact(item="connection", holds=False, words=said)
    return found
