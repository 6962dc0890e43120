"""Batches asked for: entries sent on, replies prepared or given; what was refused or left, tried again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema, Status
from pydantic import Field

from gongxiang.platform.access import permissions as access_permissions
from gongxiang.platform.access import queries as access
from gongxiang.platform.batches import actions, queries
from gongxiang.platform.batches.actions import MOST, Wanted
from gongxiang.platform.batches.permissions import ASK
from gongxiang.platform.batches.states import BATCH, RUNNING
from gongxiang.platform.catalogue import permissions
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.http_api.doors import Called, check_further
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.v1.batches.cases import BatchCase
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import plain

_Words = Annotated[str, Field(max_length=2000)]
#: The door of the single act stands before the same act on many.
_DOORS: Mapping[tuple[str, str], Permission] = {
    ("entries", "send"): permissions.COMPILE, ("entries", "pass"): permissions.REVIEW,
    ("entries", "consent"): permissions.CONSENT, ("entries", "submit"): permissions.SUBMIT,
    ("entries", "publish"): permissions.DECIDE, ("entries", "return"): permissions.RETURN,
    ("replies", "prepare"): access_permissions.PREPARE, ("replies", "give"): access_permissions.REPLY,
}  # fmt: skip


class BatchEntry(Schema):
    """One entry; `seen` is the mark of the effect that was looked at, where a revision with live grants is sent."""

    id: UUID
    seen: str = Field("", max_length=64, pattern="^[0-9A-Za-z]*$")


class EntriesBatch(Schema):
    """One act on many entries, with what is said to all: a remark to return them, a secrecy statement to consent."""

    act: Literal["send", "pass", "consent", "submit", "publish", "return"]
    entries: Annotated[list[BatchEntry], Field(min_length=1, max_length=MOST)]
    remark: _Words = ""
    secrecy_statement: _Words = ""
    standing: bool = False


class BatchRequest(Schema):
    """One request; to give its reply, `read_at` is the `prepared_at` of the reply that was read."""

    id: UUID
    read_at: datetime | None = None


class RepliesBatch(Schema):
    """Replies to many requests, prepared (as asked, or `like` an earlier one; or refused with a ground) or given."""

    act: Literal["prepare", "give"]
    requests: Annotated[list[BatchRequest], Field(min_length=1, max_length=50)]
    outcome: Literal["grant", "refuse"] = "grant"
    ground: str = Field("", max_length=20)
    text: str = Field("", max_length=4000)
    like: UUID | None = None
    aggregation_reason: _Words = ""


class BatchAgain(Schema):
    """By record, what was looked at since: an entry's mark of its effect (`seen`), a request's reply (`read_at`)."""

    seen: Annotated[dict[UUID, Annotated[str, Field(max_length=64, pattern="^[0-9A-Za-z]*$")]], Field(max_length=MOST)] = {}
    read_at: Annotated[dict[UUID, datetime], Field(max_length=MOST)] = {}


@endpoint("POST", "/batches/entries", door=ASK, name="ask_entries_batch", tag="Batches", answer=BatchCase, status=201)
def entries(request: Called, sent: EntriesBatch) -> Status[Any]:
    """Have the worker do one act to many entries, each for itself; the batch says what became of each."""
    names = catalogue.names_of_drafts([one.id for one in sent.entries], actor=request.actor)
    items = [
        Wanted(
            subject_id=one.id, name=names.get(one.id, ""), said={"seen": one.seen} if sent.act == "send" and one.seen else {}
        )
        for one in sent.entries
    ]
    told = {"return": ("remark",), "consent": ("secrecy_statement", "standing")}.get(sent.act, ())
    return _ask(request, "entries", sent.act, items, {"back": "mine", **{name: getattr(sent, name) for name in told}})


@endpoint("POST", "/batches/replies", door=ASK, name="ask_replies_batch", tag="Batches", answer=BatchCase, status=201)
def replies(request: Called, sent: RepliesBatch) -> Status[Any]:
    """Have the worker prepare the replies to many requests, or give the prepared ones, each for itself."""
    items = []
    for one in sent.requests:
        found = access.get_access_request(one.id, actor=request.actor)
        own = {"read": plain(one.read_at)} if sent.act == "give" and one.read_at else {}
        items.append(Wanted(subject_id=one.id, name=f"{found.number} {found.consumer_name}", said=own))
    if sent.act == "prepare":
        said: dict[str, Any] = {
            "outcome": sent.outcome, "ground": sent.ground, "text": sent.text, "like": str(sent.like or ""),
        }  # fmt: skip
    else:
        said = {"aggregation_reason": sent.aggregation_reason}
    return _ask(request, "replies", sent.act, items, said)


@endpoint(
    "POST", "/batches/{uuid:batch_id}/again", door=ASK, name="try_batch_again", tag="Batches", answer=BatchCase, status=201
)
def again(request: Called, batch_id: UUID, sent: BatchAgain) -> Status[Any]:
    """A new batch of what was refused or not reached by one that has ended, with what was said then."""
    batch = queries.get_batch(batch_id, actor=request.actor)
    if batch.status == RUNNING:
        raise WrongState(state=batch.status, subject=BATCH.subject)
    items = []
    for one in queries.items_of(batch_id, actor=request.actor):
        own = {"seen": sent.seen.get(one.subject_id, ""), "read": plain(sent.read_at.get(one.subject_id))}
        if not one.done:
            said = {name: value for name, value in own.items() if value}
            items.append(Wanted(subject_id=one.subject_id, name=one.name, said=said))
    return _ask(request, batch.kind, batch.act, items, batch.said)


def _ask(request: Called, kind: str, act: str, items: list[Wanted], said: dict[str, Any]) -> Status[Any]:
    check_further(_DOORS[kind, act], request)
    made = actions.ask_batch(kind=kind, act=act, items=items, said=said, by=request.actor, at=clock.now())
    return Status(201, plain(queries.get_batch(made, actor=request.actor)))
