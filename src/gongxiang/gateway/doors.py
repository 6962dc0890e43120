"""What the gateway serves, one function per address; each is entered only by who its `Door` says."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from gongxiang.gateway.call import LONGEST_WAIT, Answer, Call
from gongxiang.gateway.enrolment import EnrolmentRequest, enrol
from gongxiang.gateway.facts import of_unadmitted, read_facts
from gongxiang.gateway.files import Given
from gongxiang.gateway.receipts import take_receipt
from gongxiang.gateway.samples import check_ticket, show_sample, show_trial
from gongxiang.protocol import killpoints
from gongxiang.protocol.canonical import canonical, plain
from gongxiang.protocol.errors import GrantUnknown, NotYours, RequestMalformed, TicketAltered
from gongxiang.protocol.files import OpenFiles
from gongxiang.protocol.masking import element_secret
from gongxiang.protocol.messages import OpenGrant
from gongxiang.protocol.policy import secret_names
from gongxiang.protocol.receipts import Receipt
from gongxiang.protocol.services import Channel, OpenService
from gongxiang.protocol.tickets import CLAIM, CLAIM_READ, FILE_DEPOSIT, FILE_FETCH, MOUNT, Ticket, read_ticket

if TYPE_CHECKING:
    from gongxiang.gateway.parts import Gateway

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class Needs(Enum):
    """Who may enter."""

    #: Anyone; the door itself checks a code or a ticket.
    NOBODY = auto()
    #: A node with a key, admitted or not.
    ENROLLED = auto()
    #: A node that is admitted.
    ADMITTED = auto()


class Side(Enum):
    """On which listener an address exists."""

    NODES = auto()
    PEOPLE = auto()
    BOTH = auto()


@dataclass(frozen=True, kw_only=True)
class Door:
    """One address."""

    method: str
    pattern: re.Pattern[str]
    needs: Needs
    side: Side
    serve: "Callable[[Gateway, Call], Awaitable[Answer]]"


# ---- anyone -------------------------------------------------------------------------------------------------------------


async def health(gateway: "Gateway", call: Call) -> Answer:
    """For supervisor and doctor: whether orders are followed."""
    return Answer.of({"status": "ok" if gateway.follower.ready.is_set() else "starting"})


async def enrolment(gateway: "Gateway", call: Call) -> Answer:
    """Use an enrolment code."""
    gateway.limiter.check(f"enrol {call.host}", cost=gateway.settings.rate / 10)
    request = EnrolmentRequest.from_json(call.json())
    value = await enrol(
        gateway.database,
        gateway.book,
        request,
        gateway_key=gateway.signer.public_key,
        platform_key=gateway.platform_key,
    )
    gateway.enrolled.clear()
    return Answer.of(value)


async def by_ticket(gateway: "Gateway", call: Call) -> Answer:
    """What one ticket is for: masked rows, a claim to be deposited (POST) or read, a file to be deposited or fetched (POST)."""
    ticket = read_ticket(call.parameters["token"], public_key=gateway.platform_key, at=call.at)
    if ticket.kind == CLAIM and call.method == "POST":
        gateway.book.check_lease(call.at)
        return Answer.of(await gateway.claims.deposit(ticket, call.json()))
    if ticket.kind == CLAIM_READ:
        gateway.book.check_lease(call.at)
        return Answer.of(await gateway.claims.read(ticket))
    if ticket.kind in (FILE_DEPOSIT, FILE_FETCH) and call.method == "POST":
        return await _file_by_ticket(gateway, call, ticket)
    check_ticket(ticket)
    gateway.book.check_lease(call.at)
    if ticket.kind == MOUNT:
        return Answer.of(await show_trial(gateway.database, gateway.trials, ticket, call.at))
    if ticket.grant_id is not None:
        gateway.book.open_terms(ticket.grant_id, call.at)
    return Answer.of(await show_sample(gateway.database, gateway.store, gateway.secrets, ticket))


# ---- nodes --------------------------------------------------------------------------------------------------------------


async def orders(gateway: "Gateway", call: Call) -> Answer:
    """This node's orders after a cursor, with the newest lease; sleeps until there is news."""
    after, wait = int(call.number("after", 0, 2**63)), call.number("wait", 0, LONGEST_WAIT)
    found = await gateway.wait_for_orders(call.node_id, call.party.public_key, after, wait)
    return Answer.of({"orders": [plain(signed) for signed in found]})


async def facts(gateway: "Gateway", call: Call) -> Answer:
    """What the node has to tell the platform."""
    found = read_facts(call.json(), node_id=call.node_id, book=gateway.book, at=call.at)
    if not call.party.admitted:
        found = of_unadmitted(found)
    await gateway.facts.write(found)
    killpoints.reach("gateway.facts_committed")
    return Answer.of({"taken": len(found)})


async def trial(gateway: "Gateway", call: Call) -> Answer:
    """Take the masked rows of a trial at mounting, for one look."""
    trial_id = call.uuid("id")
    gateway.trials.keep(trial_id, call.json(), size=len(call.body), node_id=call.node_id, at=call.at)
    return Answer.of({"taken": True})


async def stream_head(gateway: "Gateway", call: Call) -> Answer:
    """Where the resource's chain ends."""
    resource_id = call.uuid("id")
    _own_stream(gateway, call, resource_id)
    head = await gateway.streams.shown_head(resource_id)
    return Answer.of({"epoch": head.epoch, "seq": head.seq, "digest": head.digest, "position": head.position})


async def stream_segments(gateway: "Gateway", call: Call) -> Answer:
    """Take segments; the answer comes when they are durable."""
    resource_id = call.uuid("id")
    _own_stream(gateway, call, resource_id)
    entry = gateway.book.open_stream(resource_id, call.at)
    taken = await gateway.streams.take(resource_id, call.body, public_key=call.party.public_key, entry=entry)
    return Answer.of({"epoch": taken.epoch, "seq": taken.seq, "digest": taken.digest, "repeat": taken.repeat})


async def grant_segments(gateway: "Gateway", call: Call) -> Answer:
    """Hand out the grant's projection after a cursor; sleeps until there is some."""
    grant_id = call.uuid("id")
    _as_consumer(gateway, call, grant_id)
    most = gateway.settings.answer_bytes
    handed, lag = await gateway.flows.poll(
        grant_id,
        epoch=int(call.number("epoch", 0, 2**31)),
        after=int(call.number("after", 0, 2**63)),
        wait=0.0 if gateway.stopping else call.number("wait", 0, LONGEST_WAIT),
        max_bytes=int(call.number("max_bytes", most, most)),
    )
    return Answer(body=[item.data for item in handed], kind="application/vnd.gongxiang.segments", headers={"gx-lag": str(lag)})


async def grant_receipts(gateway: "Gateway", call: Call) -> Answer:
    """Take the consumer's receipt, also after the valve was closed: what was applied was applied."""
    grant_id = call.uuid("id")
    _as_consumer(gateway, call, grant_id)
    receipt = Receipt.from_json(call.json(), grant_id=grant_id)
    await take_receipt(gateway.quick_database, gateway.flows, gateway.facts, receipt, public_key=call.party.public_key)
    return Answer.of({"taken": True})


async def grant_secret(gateway: "Gateway", call: Call) -> Answer:
    """The derived secrets of this grant's own elements, for the provider's node to reconcile through the grant's masks."""
    grant_id = call.uuid("id")
    order = _order(gateway, grant_id)
    if order.provider_node_id != call.node_id:
        raise NotYours
    gateway.book.open_grant(grant_id, call.at)
    base = await gateway.secrets.of(order.terms)
    elements = gateway.book.open_stream(order.terms.resource_id, call.at).elements
    found = {name: element_secret(base, name).hex() for name in secret_names(order.terms, elements)}
    return Answer.of({"key_version": order.terms.key_version, "secrets": found})


async def post_digests(gateway: "Gateway", call: Call) -> Answer:
    """Keep one node's digests of a reconciliation for the other: `{"request_id", "step", …}`, digests and counts only."""
    grant_id, value = call.uuid("id"), call.json()
    _as_party(gateway, call, grant_id)
    try:
        request_id, step = UUID(value["request_id"]), str(value.get("step", ""))[:100]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RequestMalformed("The digests name no request_id.") from error
    async with gateway.database.connection() as connection:
        await connection.execute(
            "INSERT INTO exchange.digests (request_id, node_id, step, grant_id, body, posted_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (request_id, node_id, step)"
            " DO UPDATE SET body = excluded.body, posted_at = excluded.posted_at",
            [request_id, call.node_id, step, grant_id, canonical(value).decode("utf-8"), call.at],
        )
    gateway.bells.ring(("digests", request_id))
    return Answer.of({"taken": True})


async def get_digests(gateway: "Gateway", call: Call) -> Answer:
    """What both nodes posted for `request_id`; sleeps until there is more than `known` entries."""
    grant_id = call.uuid("id")
    _as_party(gateway, call, grant_id)
    try:
        request_id = UUID(call.text("request_id"))
    except ValueError as error:
        raise RequestMalformed("The parameter request_id is missing.") from error
    known, wait = int(call.number("known", 0, 2**31)), call.number("wait", 0, LONGEST_WAIT)
    return Answer.of({"digests": await gateway.wait_for_digests(grant_id, request_id, known, wait)})


async def grant_lookup(gateway: "Gateway", call: Call) -> Answer:
    """Give the granted elements of the records that a key names (查询)."""
    return await _answered(gateway, call, Channel.LOOKUP)


async def grant_match(gateway: "Gateway", call: Call) -> Answer:
    """Say whether values agree with the record that a key names, and nothing else (比对)."""
    return await _answered(gateway, call, Channel.MATCH)


async def resource_files(gateway: "Gateway", call: Call) -> Answer:
    """Take a new version of a file; the answer comes when it is durable."""
    try:
        deposit_id = UUID(text) if (text := call.text("deposit")) else None
    except ValueError as error:
        raise RequestMalformed("The parameter {name} must be a UUID.", name="deposit") from error
    return await _deposit(gateway, call, call.uuid("id"), call.node_id, deposit_id)


async def _deposit(
    gateway: "Gateway", call: Call, resource_id: UUID, by: UUID | Ticket, deposit_id: UUID | None = None
) -> Answer:
    fact, repeat = await gateway.files.deposit(
        resource_id,
        call.body,
        form=call.text("form"),
        statement=call.text("statement"),
        by=by,
        at=call.at,
        deposit_id=deposit_id,
    )
    said = {"file": fact.file_id, "version": fact.version, "size": fact.size, "digest": fact.digest, "rows": fact.rows}
    return Answer.of({**said, "repeat": repeat})


async def grant_files(gateway: "Gateway", call: Call) -> Answer:
    """The versions of the grant's file."""
    _as_department(gateway, call, "files")
    return Answer.of({"files": await gateway.files.versions(call.uuid("id"), call.at)})


async def grant_file(gateway: "Gateway", call: Call) -> Answer:
    """Give one version as far as the grant says."""
    _as_department(gateway, call, "files")
    file_id = UUID(call.parameters["file"])
    return _given(await gateway.files.fetch(call.uuid("id"), file_id, call.json(), by=call.node_id, at=call.at))


async def _file_by_ticket(gateway: "Gateway", call: Call, ticket: Ticket) -> Answer:
    """As the two above, for a person: of the provider, or a named handler of the consumer."""
    if ticket.kind == FILE_DEPOSIT:
        return await _deposit(gateway, call, ticket.resource_id, ticket)
    if ticket.grant_id is None or ticket.subject is None:
        raise TicketAltered("The ticket is for something else.")
    use = {"person": ticket.person, "purpose": ticket.purpose.value, "matter": ticket.matter}
    return _given(await gateway.files.fetch(ticket.grant_id, ticket.subject, use, by=ticket, at=call.at))


def _given(given: Given) -> Answer:
    fact = given.fact
    headers = {
        "gx-fetch": str(fact.fetch_id), "gx-version": str(fact.version), "gx-form": given.form, "gx-digest": fact.digest,
        "gx-rows": "" if fact.rows is None else str(fact.rows), "gx-whole": "1" if fact.whole else "0",
    }  # fmt: skip
    return Answer(body=given.body, kind="application/octet-stream", headers=headers)


async def _answered(gateway: "Gateway", call: Call, channel: Channel) -> Answer:
    _as_department(gateway, call, "service")
    return Answer.of(await gateway.services.answer(call.uuid("id"), channel, call.json(), node_id=call.node_id, at=call.at))


def _as_department(gateway: "Gateway", call: Call, way: Literal["service", "files"]) -> None:
    entry, caller = gateway.book.grants.get(call.uuid("id")), gateway.book.nodes[call.node_id]
    order: OpenService | OpenFiles | None = getattr(entry, way, None)
    # Another department's grant is as unknown as one that does not exist.
    if order is None or order.terms.consumer_id != caller.department_id:
        raise GrantUnknown


def _order(gateway: "Gateway", grant_id: UUID) -> OpenGrant:
    entry = gateway.book.grants.get(grant_id)
    if entry is None or entry.order is None:
        raise GrantUnknown
    return entry.order


def _as_consumer(gateway: "Gateway", call: Call, grant_id: UUID) -> None:
    # Another node's grant is as unknown as one that does not exist.
    if _order(gateway, grant_id).consumer_node_id != call.node_id:
        raise GrantUnknown


def _as_party(gateway: "Gateway", call: Call, grant_id: UUID) -> None:
    order = _order(gateway, grant_id)
    if call.node_id not in (order.provider_node_id, order.consumer_node_id):
        raise GrantUnknown


def _own_stream(gateway: "Gateway", call: Call, resource_id: UUID) -> None:
    entry = gateway.book.streams.get(resource_id)
    if entry is not None and entry.order is not None and entry.order.node_id != call.node_id:
        raise NotYours


def _door(method: str, path: str, needs: Needs, side: Side, serve: "Callable[[Gateway, Call], Awaitable[Answer]]") -> Door:
    pattern = (
        path.replace("{id}", rf"(?P<id>{_UUID})")
        .replace("{file}", rf"(?P<file>{_UUID})")
        .replace("{token}", r"(?P<token>[A-Za-z0-9_.-]{20,8000})")
    )
    return Door(method=method, pattern=re.compile(f"/x/v1/{pattern}"), needs=needs, side=side, serve=serve)


DOORS = (
    _door("GET", "health", Needs.NOBODY, Side.BOTH, health),
    _door("GET", "tickets/{token}", Needs.NOBODY, Side.PEOPLE, by_ticket),
    _door("POST", "tickets/{token}", Needs.NOBODY, Side.PEOPLE, by_ticket),
    _door("POST", "enrol", Needs.NOBODY, Side.NODES, enrolment),
    _door("GET", "orders", Needs.ENROLLED, Side.NODES, orders),
    _door("POST", "facts", Needs.ENROLLED, Side.NODES, facts),
    _door("POST", "trials/{id}", Needs.ADMITTED, Side.NODES, trial),
    _door("GET", "streams/{id}/head", Needs.ADMITTED, Side.NODES, stream_head),
    _door("POST", "streams/{id}/segments", Needs.ADMITTED, Side.NODES, stream_segments),
    _door("GET", "grants/{id}/segments", Needs.ADMITTED, Side.NODES, grant_segments),
    _door("POST", "grants/{id}/receipts", Needs.ADMITTED, Side.NODES, grant_receipts),
    _door("GET", "grants/{id}/secret", Needs.ADMITTED, Side.NODES, grant_secret),
    _door("POST", "grants/{id}/digests", Needs.ADMITTED, Side.NODES, post_digests),
    _door("GET", "grants/{id}/digests", Needs.ADMITTED, Side.NODES, get_digests),
    _door("POST", "grants/{id}/lookup", Needs.ADMITTED, Side.NODES, grant_lookup),
    _door("POST", "grants/{id}/match", Needs.ADMITTED, Side.NODES, grant_match),
    _door("POST", "resources/{id}/files", Needs.ADMITTED, Side.NODES, resource_files),
    _door("GET", "grants/{id}/files", Needs.ADMITTED, Side.NODES, grant_files),
    _door("POST", "grants/{id}/files/{file}", Needs.ADMITTED, Side.NODES, grant_file),
)
