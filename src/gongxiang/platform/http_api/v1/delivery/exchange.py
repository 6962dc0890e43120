"""Machines, flows, alarms and table checks, as the pages show them, and what people ask of them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema, Status
from pydantic import Field

from gongxiang.platform.delivery import actions, files, filetickets, permissions, queries, states
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.lists import chosen, enter_reads, words
from gongxiang.platform.http_api.schemas import page_of, schema_of
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import plain

#: The gateway's door for tickets, on the site's own host.
DOOR = "/x/v1/tickets/"

enter_reads(
    Area(
        tag="Exchange", path="/nodes", key="node_id", answer=schema_of(queries.NodeView, sent=False), door=permissions.VIEW,
        see=queries.get_node, body=plain, table=states.NODE, name="node",
    ),
    many="nodes", said="Front-end machines: the own department's, or all for those who oversee.", convert=queries.node_view,
    find=lambda actor, asked: queries.find_nodes(actor=actor, text=words(asked), statuses=chosen(asked)),
    sorts={"name": ("department_name", "name", "id"), "new": ("-offered_at", "-id"), "old": ("offered_at", "id")},
)  # fmt: skip
enter_reads(
    Area(
        tag="Exchange", path="/flows", key="grant_id", answer=schema_of(queries.FlowView, sent=False), door=permissions.VIEW,
        see=queries.get_flow, body=plain, table=states.FLOW, name="flow",
    ),
    many="flows", said="Flows of granted tables, by the id of their grant.", convert=queries.flow_view,
    find=lambda actor, asked: queries.find_flows(actor=actor, text=words(asked), statuses=chosen(asked)),
    sorts={"new": ("-requested_at", "-id"), "old": ("requested_at", "id"), "name": ("resource_name", "id")},
)  # fmt: skip


class Alarm(Schema):
    """Something a person must look at; `times` counts what was reported of one cause."""

    id: UUID
    code: str
    node_id: UUID | None
    resource_id: UUID | None
    department_id: UUID | None
    detail: str
    first_at: datetime
    last_at: datetime
    times: int
    closed_at: datetime | None
    closed_by: str


class AlarmsWanted(Schema):
    """Which alarms."""

    open: bool = False
    code: str = Field("", max_length=60)
    sort: Literal["", "new", "old"] = ""
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class Alarms(Schema):
    """One page, the open ones first."""

    alarms: list[Alarm]
    total: int
    page: int
    pages: int


@endpoint("GET", "/alarms", door=permissions.VIEW, name="list_alarms", tag="Exchange", answer=Alarms)
def alarms(request: Called, wanted: Query[AlarmsWanted]) -> dict[str, Any]:
    """Alarms of the own department, or all for those who oversee."""
    rows = queries.alarms_visible_to(request.actor)
    if wanted.open:
        rows = rows.filter(closed_at=None)
    if wanted.code:
        rows = rows.filter(code=wanted.code)
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="last_at")
    return {"alarms": [{name: getattr(row, name) for name in Alarm.model_fields} for row in shown], **numbers}


class Statement(Schema):
    """What was done about it."""

    statement: str = Field(max_length=2_000)


@endpoint(
    "POST", "/alarms/{uuid:alarm_id}/close", door=permissions.CLOSE_ALARM, name="close_alarm", tag="Exchange", answer=Alarm
)
def close(request: Called, alarm_id: UUID, sent: Statement) -> dict[str, Any]:
    """Note that an alarm was looked at and what was done (办法 12(2)); one that is closed stays as it is."""
    if not queries.alarms_visible_to(request.actor).filter(pk=alarm_id).exists():
        raise NotFound()
    row = actions.close_alarm(alarm_id=alarm_id, statement=sent.statement, by=request.actor, at=clock.now())
    return {name: getattr(row, name) for name in Alarm.model_fields}


_Check = schema_of(queries.TableCheckView, sent=False)


@endpoint("GET", "/table-checks/{uuid:check_id}", door=permissions.VIEW, name="get_table_check", tag="Exchange", answer=_Check)
def check(request: Called, check_id: UUID) -> Any:
    """What a machine answered about a table of its source; for the department and the authority."""
    return plain(queries.table_check(check_id, actor=request.actor))


class AskedTable(Schema):
    """A table of the machine's source; the entry or distribution it is meant for is the own department's."""

    table: str = Field(max_length=200)
    resource_id: UUID | None = None
    distribution_id: UUID | None = None


@endpoint(
    "POST", "/nodes/{uuid:node_id}/table-checks", door=permissions.CHECK_TABLE, name="ask_for_table", tag="Exchange",
    answer=_Check, status=201,
)  # fmt: skip
def ask(request: Called, node_id: UUID, sent: AskedTable) -> Status[Any]:
    """Ask a machine what a table looks like; read the check again, within seconds it has the answer."""
    queries.get_node(node_id, actor=request.actor)
    made = actions.ask_for_table(node_id=node_id, **sent.model_dump(), by=request.actor, at=clock.now())
    return Status(201, plain(queries.table_check(made.pk, actor=request.actor)))


class FileVersion(Schema):
    """One version of a resource's file: figures and digest, never content."""

    id: UUID
    version: int
    form: str
    size: int
    digest: str
    rows: int | None
    deposited_at: datetime
    withdrawn_at: datetime | None
    reason: str
    destroyed_at: datetime | None
    why: str


class FileDelivery(Schema):
    """What is delivered by file, from which machine, and its newest versions."""

    resource_id: UUID
    resource_name: str
    provider_id: UUID
    #: None where the department has no machine for it.
    node_id: UUID | None
    ordered_at: datetime
    closed_at: datetime | None
    versions: list[FileVersion]


def _file_body(row: Any) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in FileDelivery.model_fields if name != "versions"}
    shown = files.versions_of(row.resource_id)[:200]
    return {**found, "versions": [{name: getattr(one, name) for name in FileVersion.model_fields} for one in shown]}


def _withdraw_file(*, resource_id: UUID, file_id: UUID, reason: str, by: Any, at: datetime) -> None:
    """Take a version back: nobody is given it any more, and the gateway destroys it."""
    files.check_version_of(file_id, resource_id)
    files.withdraw_version(file_id=file_id, reason=reason, by=by, at=at)


_FILES = Area(
    tag="Exchange", path="/file-deliveries", key="resource_id", answer=FileDelivery, door=permissions.VIEW,
    see=files.get_delivery, body=_file_body, name="file_delivery",
)  # fmt: skip
enter_reads(
    _FILES, many="file_deliveries", said="What is delivered by file and may be seen.", convert=_file_body,
    find=lambda actor, asked: files.find_deliveries(actor=actor, text=words(asked)),
    sorts={"new": ("-ordered_at", "-id"), "old": ("ordered_at", "id"), "name": ("resource_name", "id")},
)  # fmt: skip
enter_acts(
    _FILES,
    (
        Act(
            name="withdraw_file_version", path="/withdrawals", action=_withdraw_file,
            door=permissions.WITHDRAW_FILE,
        ),
    ),
)  # fmt: skip


class TicketAddress(Schema):
    """Where content goes to or comes from, at the gateway: POST there once, within a minute."""

    address: str


class NewFileVersion(Schema):
    """What is stated with a version."""

    no_state_secrets: bool = Field(description="The department states that the file holds no state secret (办法 4(1)).")


class FileUse(Schema):
    """For what a version is fetched."""

    file_id: UUID
    purpose: str = Field(max_length=40)
    matter: str = Field(max_length=60)


@endpoint(
    "POST", "/file-deliveries/{uuid:resource_id}/deposits", door=permissions.DEPOSIT_FILE, name="deposit_file_version",
    tag="Exchange", answer=TicketAddress,
)  # fmt: skip
def deposit(request: Called, resource_id: UUID, sent: NewFileVersion) -> dict[str, Any]:
    """Ask where a version is to be sent: POST its content there with `?form=csv&statement=…`; it never passes here."""
    ticket = filetickets.ask_to_deposit(
        resource_id=resource_id, no_state_secrets=sent.no_state_secrets, by=request.actor, at=clock.now()
    )
    return {"address": f"{DOOR}{ticket}"}


@endpoint(
    "POST", "/grants/{uuid:grant_id}/fetches", door=permissions.FETCH_FILE, name="fetch_file_version", tag="Exchange",
    answer=TicketAddress,
)  # fmt: skip
def fetch(request: Called, grant_id: UUID, sent: FileUse) -> dict[str, Any]:
    """Ask where a named handler takes a version (POST, empty), as far as the grant says; the fetch is recorded there."""
    ticket = filetickets.ask_to_fetch(
        grant_id=grant_id, file_id=sent.file_id, purpose=sent.purpose, matter=sent.matter, by=request.actor, at=clock.now()
    )
    return {"address": f"{DOOR}{ticket}"}


class AskedReconciliation(Schema):
    """Its id; the result stands with the flow as soon as both machines have answered."""

    id: UUID


@endpoint(
    "POST", "/flows/{uuid:grant_id}/reconciliations", door=permissions.RECONCILE, name="ask_reconciliation", tag="Exchange",
    answer=AskedReconciliation, status=201,
)  # fmt: skip
def reconcile(request: Called, grant_id: UUID) -> Status[Any]:
    """Let both machines compare their tables through the grant's filter and masks (办法 13, 20)."""
    queries.get_flow(grant_id, actor=request.actor)
    return Status(201, {"id": actions.ask_reconciliation(grant_id=grant_id, by=request.actor, at=clock.now()).pk})
