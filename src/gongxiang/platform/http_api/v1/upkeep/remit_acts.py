"""Acts on changes of remit: register, add entries, name and confirm them, ask for more time and decide on it."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema, Status
from pydantic import Field

from gongxiang.platform.catalogue import actions, queries_remit
from gongxiang.platform.catalogue import permissions_upkeep as permissions
from gongxiang.platform.catalogue.actions.remit import Document
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.v1.upkeep.remits import RemitChange
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import plain

_Ids = Annotated[list[UUID], Field(max_length=2000)]
_Names = Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=200)]


class RemitEntries(Schema):
    """Which entries a change touches: to update, to withdraw, and names of new ones."""

    update: _Ids = []
    withdraw: _Ids = []
    new: _Names = []


class NewRemitChange(RemitEntries):
    """A change of law or duty with its document; `department_id` by the authority only, else the caller's own."""

    department_id: UUID | None = None
    kind: Literal["LAW", "STATE_COUNCIL", "DUTY"]
    title: str = Field(max_length=300)
    number: str = Field(max_length=100)
    dated: date
    changed_on: date
    description: str = Field("", max_length=4000)


class RemitExtension(Schema):
    """More working days, and why."""

    days: int = Field(ge=1, le=60)
    reason: str = Field(max_length=2000)


class RemitDecision(Schema):
    """The authority's answer."""

    consent: bool
    opinion: str = Field("", max_length=2000)


class RemitReason(Schema):
    """Why an entry stays as it is."""

    reason: str = Field(max_length=2000)


class RemitNamed(Schema):
    """Which entry, compiled since, answers the need for a new one."""

    resource_id: UUID


def _key(request: Called, change_id: UUID) -> dict[str, Any]:
    """Whom and when; of a change that is not theirs to see callers hear that there is none."""
    queries_remit.get_remit_change(change_id, actor=request.actor)
    return {"change_id": change_id, "by": request.actor, "at": clock.now()}


@endpoint(
    "POST", "/remit-changes", door=permissions.REGISTER_REMIT, name="register_remit_change", tag="Upkeep",
    answer=RemitChange, status=201,
)  # fmt: skip
def register(request: Called, sent: NewRemitChange) -> Status[Any]:
    """Register a change of remit and what it asks of the catalogue; the period runs from the day of the change."""
    document = Document(
        kind=sent.kind, title=sent.title, number=sent.number, dated=sent.dated, changed_on=sent.changed_on,
        description=sent.description,
    )  # fmt: skip
    made = actions.register_remit_change(
        department_id=sent.department_id or request.actor.department_id, document=document, update=sent.update,
        withdraw=sent.withdraw, new=sent.new, by=request.actor, at=clock.now(),
    )  # fmt: skip
    return Status(201, plain(made))


@endpoint(
    "POST", "/remit-changes/{uuid:change_id}/entries", door=permissions.REGISTER_REMIT, name="add_remit_entries", tag="Upkeep",
    answer=RemitChange,
)  # fmt: skip
def add(request: Called, change_id: UUID, sent: RemitEntries) -> Any:
    """Add what was overlooked to the list of a running change."""
    return plain(actions.add_remit_entries(**sent.model_dump(), **_key(request, change_id)))


@endpoint(
    "POST", "/remit-changes/{uuid:change_id}/entries/{uuid:entry_id}/name", door=permissions.NAME_NEW_ENTRY,
    name="name_remit_entry", tag="Upkeep", answer=RemitChange,
)  # fmt: skip
def name_entry(request: Called, change_id: UUID, entry_id: UUID, sent: RemitNamed) -> Any:
    """Say which entry, compiled since, answers the need for a new one."""
    return plain(actions.name_new_entry(entry_id=entry_id, resource_id=sent.resource_id, **_key(request, change_id)))


@endpoint(
    "POST", "/remit-changes/{uuid:change_id}/entries/{uuid:entry_id}/unchanged", door=permissions.CONFIRM_UNCHANGED,
    name="confirm_entry_unchanged", tag="Upkeep", answer=RemitChange,
)  # fmt: skip
def unchanged(request: Called, change_id: UUID, entry_id: UUID, sent: RemitReason) -> Any:
    """Confirm, with a reason, that a listed entry stays as it is."""
    return plain(actions.confirm_unchanged(entry_id=entry_id, reason=sent.reason, **_key(request, change_id)))


@endpoint(
    "POST", "/remit-changes/{uuid:change_id}/extension", door=permissions.ASK_EXTENSION, name="ask_remit_extension",
    tag="Upkeep", answer=RemitChange,
)  # fmt: skip
def extension(request: Called, change_id: UUID, sent: RemitExtension) -> Any:
    """Ask the authority for more time; the period goes on running meanwhile."""
    return plain(actions.ask_remit_extension(days=sent.days, reason=sent.reason, **_key(request, change_id)))


@endpoint(
    "POST", "/remit-changes/{uuid:change_id}/extension/decision", door=permissions.DECIDE_EXTENSION,
    name="decide_remit_extension", tag="Upkeep", answer=RemitChange,
)  # fmt: skip
def decision(request: Called, change_id: UUID, sent: RemitDecision) -> Any:
    """Consent to more time, or decline with a reason; never by who asked."""
    return plain(
        actions.decide_remit_extension(consent=sent.consent, opinion=sent.opinion, **_key(request, change_id))
    )  # fmt: skip


@endpoint(
    "POST", "/remit-changes/{uuid:change_id}/cancel", door=permissions.CANCEL_REMIT, name="cancel_remit_change", tag="Upkeep",
    answer=RemitChange,
)  # fmt: skip
def cancel(request: Called, change_id: UUID, sent: RemitReason) -> Any:
    """The authority takes back a change that was registered in error, with its reason."""
    return plain(actions.cancel_remit_change(reason=sent.reason, **_key(request, change_id)))
