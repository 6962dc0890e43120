"""A project from the register to its acceptance: its planned entries, what exists already, the check list, the money."""

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Remark, schema_of
from gongxiang.platform.http_api.v1.upkeep import checks
from gongxiang.platform.http_api.v1.upkeep.projects import Project
from gongxiang.platform.projects import actions, permissions, queries, states
from gongxiang.platform.projects.planned import Planned
from gongxiang.platform.projects.values import CertificateView, CheckView, CostView, EntryView, Hit, ProjectFields
from gongxiang.platform.projects.vocabulary import ProjectKind
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import plain


class ProjectSent(schema_of(ProjectFields, sent=True, called="ProjectFields")):  # type: ignore[misc]
    """What a department writes into the register."""

    kind: Literal[tuple(ProjectKind.values)] = "NEW"  # type: ignore[valid-type]
    tier: Literal["own", "city", "regional", "national"] = "own"


_Planned = schema_of(Planned, sent=True, called="Planned")
_Remarks = Annotated[list[Remark], Field(max_length=500)]
_PROJECT = Area(
    tag="Projects", path="/projects", key="project_id", answer=Project, door=permissions.VIEW, see=queries.get_project,
    body=plain, table=states.PROJECT, name="project",
)  # fmt: skip


_Entries = schema_of(EntryView, sent=False, called="PlannedEntry")
_Hits = schema_of(Hit, sent=False, called="PlannedHit")
_Checks = schema_of(CheckView, sent=False, called="InterfacePoint")
_Certificates = schema_of(CertificateView, sent=False)
_Costs = schema_of(CostView, sent=False)


class ProjectWork(Schema):
    """What belongs to a project besides its register entry."""

    catalogue_revision: int = Field(description="Send it as `seen` with a change of a planned entry.")
    entries: list[_Entries]  # type: ignore[valid-type]
    hits: list[_Hits]  # type: ignore[valid-type]
    checks: list[_Checks]  # type: ignore[valid-type]
    certificates: list[_Certificates]  # type: ignore[valid-type]
    costs: list[_Costs]  # type: ignore[valid-type]


def _work(project_id: UUID, *, actor: Any) -> dict[str, Any]:
    project = queries.get_project(project_id, actor=actor)
    return {
        "catalogue_revision": project.catalogue_revision,
        "entries": plain(queries.entries_of(project_id)),
        "hits": plain(queries.hits_of(project_id)),
        "checks": plain(queries.checks_of(project_id, on=queries.beijing_day(clock.now()))),
        "certificates": plain(queries.certificates_of(project_id)),
        "costs": plain(queries.costs_of(project_id)),
    }


@endpoint(
    "GET", "/projects/{uuid:project_id}/work", door=permissions.VIEW, name="get_project_work", tag="Projects",
    answer=ProjectWork,
)  # fmt: skip
def work(request: Called, project_id: UUID) -> dict[str, Any]:
    """Planned entries, what exists already for them, the interface check list, certificates and money of one project."""
    return _work(project_id, actor=request.actor)


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    said = given.pop("fields")
    return {**given, "fields": ProjectFields(**{**said, "systems": tuple(said.get("systems", ()))})}


def _planned(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "planned": Planned.from_json(plain(given.pop("planned")))}


def _act(name: str, path: str, action: Any, door: Any, arrow: str = "", **more: Any) -> Act:
    side = "" if door in (permissions.REVIEW, permissions.ACCEPT, permissions.TEST) else "department_id"
    return Act(name=name, path=path, action=action, door=door, arrow=arrow, side=side, **more)


_UNINVOLVED = checks.other_person(consented=True)
enter_acts(
    _PROJECT,
    (
        _act(
            "register_project", "", actions.register_project, permissions.KEEP, kinds={"fields": ProjectSent}, given=_fields,
            makes=True,
        ),
        _act(
            "save_project", "", actions.save_project, permissions.KEEP, kinds={"fields": ProjectSent}, given=_fields,
            method="PUT", now=checks.saves,
        ),
        _act(
            "present_project_catalogue", "/present", actions.present_catalogue, permissions.KEEP, "present",
            now=checks.presents,
        ),
        _act("send_project_back", "/send-back", actions.send_back, permissions.CONSENT, "send_back"),
        _act(
            "consent_to_project_catalogue", "/consent", actions.consent_to_catalogue, permissions.CONSENT, "consent",
            may=checks.other_person(), now=checks.presents,
        ),
        _act(
            "submit_project_catalogue", "/submit", actions.submit_catalogue, permissions.SUBMIT, "submit",
            now=checks.presents,
        ),
        _act(
            "return_project_catalogue", "/return", actions.return_catalogue, permissions.REVIEW, "return",
            kinds={"remarks": _Remarks}, may=_UNINVOLVED,
        ),
        _act(
            "pass_project_catalogue", "/pass", actions.pass_catalogue, permissions.REVIEW, may=_UNINVOLVED, now=checks.passes,
        ),
        _act("revise_project_catalogue", "/revise", actions.revise_catalogue, permissions.KEEP, "revise", now=checks.revises),
        _act(
            "discard_project_revision", "/discard-revision", actions.discard_revision, permissions.KEEP, now=checks.discards,
        ),
        _act("start_project", "/start", actions.start_building, permissions.KEEP, now=checks.starts),
        _act("cancel_project", "/cancel", actions.cancel_project, permissions.CANCEL, "cancel"),
        _act(
            "request_acceptance", "/acceptance", actions.request_acceptance, permissions.SUBMIT, "request_acceptance",
            now=checks.built,
        ),
        _act(
            "return_acceptance", "/acceptance/return", actions.return_acceptance, permissions.ACCEPT, "return_acceptance",
            kinds={"remarks": _Remarks}, may=_UNINVOLVED,
        ),
        _act(
            "accept_project", "/acceptance/accept", actions.accept_project, permissions.ACCEPT, "accept", may=_UNINVOLVED,
            now=checks.accepts,
        ),
    ),
    also=(
        _act("plan_entry", "/entries", actions.save_entry, permissions.KEEP, now=checks.compiles),
        _act("record_interface_check", "/checks", actions.record_check, permissions.TEST, now=checks.tests),
        _act("note_project_cost", "/costs", actions.note_cost, permissions.MONEY, now=checks.spends),
    ),
)  # fmt: skip
enter_acts(
    Area(
        tag="Projects", path="/projects", key="project_id", answer=ProjectWork, door=permissions.VIEW, see=_work, body=dict,
        name="project_work",
    ),
    (
        _act(
            "plan_entry", "/entries", actions.save_entry, permissions.KEEP, kinds={"planned": _Planned}, given=_planned,
            without=("entry_id",),
        ),
        _act(
            "save_planned_entry", "/entries/{uuid:entry_id}", actions.save_entry, permissions.KEEP, method="PUT",
            kinds={"planned": _Planned}, given=_planned,
        ),
        _act("remove_planned_entry", "/entries/{uuid:entry_id}/remove", actions.remove_entry, permissions.KEEP),
        _act("answer_planned_hit", "/entries/{uuid:entry_id}/answer", actions.answer_hit, permissions.KEEP),
        _act("record_interface_check", "/checks", actions.record_check, permissions.TEST, without=("attachment",)),
        _act("note_project_cost", "/costs", actions.note_cost, permissions.MONEY),
    ),
)  # fmt: skip
