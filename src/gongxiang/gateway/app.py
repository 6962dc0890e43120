"""The gateway: every call goes limit → identify → authorise → serve → record, plain functions in this order.

Two listeners in one process: HTTPS for nodes (pinned), HTTP on loopback for people with a ticket, behind the front door.
"""

import asyncio
import contextlib
import logging
import re
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pyarrow as pa
import uvicorn
import uvloop

from gongxiang.gateway.call import Answer, Call, Party
from gongxiang.gateway.doors import DOORS, Door, Needs, Side
from gongxiang.gateway.enrolment import enrolled_key, node_of_code
from gongxiang.gateway.listening import Bounded, Listener, arriving
from gongxiang.gateway.parts import Gateway
from gongxiang.gateway.settings import NODE_DOOR, PEOPLE_DOOR, Settings
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant
from gongxiang.protocol.errors import (
    BodyTooLarge,
    ClockSkewed,
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    DataPlaneError,
    DiskFull,
    GatewayFault,
    LeaseExpired,
    NodeNotAdmitted,
    NodeRevoked,
    NodeUnknown,
    NoSuchDoor,
    NotReady,
    RequestMalformed,
    SignatureWrong,
    StreamEmpty,
    TooManyRequests,
    trace,
)
from gongxiang.protocol.requests import read_request, verify_request
from gongxiang.protocol.tickets import FILE_DEPOSIT, read_ticket

#: Where bodies may be as large as the settings say; anywhere else they are words, not rows.
LARGE = re.compile(r"/x/v1/(?:streams/[0-9a-f-]{36}/segments|resources/[0-9a-f-]{36}/files)")
SMALL_BODY = 2 << 20
#: Where a ticket is shown that may be for a file.
TICKET = re.compile(r"/x/v1/tickets/([A-Za-z0-9_.-]{20,8000})")
#: Refusals that are a state of things or nobody's act, so no record is made of them.
UNRECORDED = (NoSuchDoor, StreamEmpty, NotReady)
#: One address may speak for so many callers at their full rate: several nodes may stand behind one.
HOST_SHARE = 8
#: A call whose sender cannot be told counts as so many.
FAILED_COST = 20
#: Seconds for which the key of a node that is not admitted yet is remembered.
ENROLLED_FOR = 5.0

_log = logging.getLogger(__name__)
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


# ---- the five steps -----------------------------------------------------------------------------------------------------


async def identify(gateway: Gateway, door: Door, call: Call) -> Party:
    """Who calls: the holder of a node's key, or just an address; a refusal is the node's own only once its signature held."""
    if door.needs is Needs.NOBODY:
        return Party(name=call.host)
    try:
        return await _node_of(gateway, call)
    except (RequestMalformed, SignatureWrong, NodeUnknown):
        # To find out that a signature is wrong costs more than to serve most calls.
        with contextlib.suppress(TooManyRequests):
            gateway.limiter.check(_address(call), cost=FAILED_COST / HOST_SHARE)
        raise


async def _node_of(gateway: Gateway, call: Call) -> Party:
    request = read_request(call.headers)
    entry = gateway.book.nodes.get(request.node_id)
    admitted = entry.public_key if entry is not None else ""
    for key in (admitted, None):
        if key == "":
            continue
        if key is None:
            key = await _enrolled_key(gateway, request.node_id)
            if key is None:
                raise SignatureWrong if admitted else NodeUnknown
        party = Party(name=str(request.node_id), node_id=request.node_id, public_key=key, admitted=key == admitted)
        with contextlib.suppress(SignatureWrong):
            try:
                verify_request(request, public_key=key, method=call.method, path=call.target, body=call.body, at=call.at)
            except ClockSkewed:
                call.party = party
                raise
            call.party = party
            if entry is not None and key == admitted and entry.revoked is not None:
                raise NodeRevoked(reason=entry.revoked)
            gateway.nonces.check(request, call.at)
            return party
    raise SignatureWrong


async def _enrolled_key(gateway: Gateway, node_id: UUID) -> str | None:
    key, read_at = gateway.enrolled.get(node_id, (None, -ENROLLED_FOR))
    if time.monotonic() - read_at < ENROLLED_FOR:
        return key
    if len(gateway.enrolled) > 10_000:
        gateway.enrolled.clear()
    key = await enrolled_key(gateway.database, node_id)
    gateway.enrolled[node_id] = (key, time.monotonic())
    return key


def authorise(gateway: Gateway, door: Door, call: Call) -> None:
    """Whether this party may enter this door at all; whose the thing behind it is, the door itself asks the orders."""
    if door.needs is Needs.ADMITTED and not call.party.admitted:
        raise NodeNotAdmitted


def limit_host(gateway: Gateway, call: Call) -> None:
    """Whether the address has calls left this second: asked before its body is read or a signature is reckoned."""
    gateway.limiter.check(_address(call), cost=1 / HOST_SHARE)


def _address(call: Call) -> str:
    return f"address {call.host}"


def limit(gateway: Gateway, door: Door, call: Call) -> None:
    """Whether the party has calls left this second."""
    gateway.limiter.check(call.party.name)


async def serve(gateway: Gateway, door: Door, call: Call) -> Answer:
    """The answer."""
    return await door.serve(gateway, call)


def record(gateway: Gateway, call: Call, error: DataPlaneError) -> None:
    """Make a refusal known to the platform; a full disk is an alarm."""
    if isinstance(error, DiskFull):
        gateway.facts.alarm("disk_full", error.message, node_id=call.party.node_id)
    if error.status >= 500 and not isinstance(error, DiskFull) and not isinstance(error, LeaseExpired):
        return
    if isinstance(error, UNRECORDED):
        return
    if isinstance(error, (CodeUnknown, CodeUsed, CodeExpired)):
        gateway.facts.enrolment_refused(error, party=call.host, node_id=node_of_code(gateway.book, call.body))
        return
    thing = call.parameters.get("id")
    subject = UUID(thing) if thing else None
    is_resource = not call.path.startswith("/x/v1/grants/")
    known = {*gateway.book.streams, *gateway.book.files} if is_resource else {*gateway.book.grants}
    if call.party.node_id is None or subject not in known:
        # Names made up by the caller would make ever new records of one refusal.
        subject = None
    gateway.facts.refused(
        error,
        # Who only claims to be a node is an address, so that ever new claims are not ever new records.
        party=call.party.name or call.host,
        resource_id=subject if is_resource else None,
        grant_id=subject if not is_resource else None,
    )


async def handle(gateway: Gateway, side: Side, call: Call) -> Answer:
    """One call through all steps; every failure has a name."""
    try:
        door = _find(side, call)
        if door.serve.__name__ != "health" and not gateway.follower.ready.is_set():
            raise NotReady
        call.party = await identify(gateway, door, call)
        authorise(gateway, door, call)
        limit(gateway, door, call)
        return await serve(gateway, door, call)
    except DataPlaneError as error:
        record(gateway, call, error)
        return Answer.refusing(error)
    except Exception as error:
        # Without the error's own words: Arrow's quote values.
        # A ticket opens what it is for to whoever reads it: it is no word for a log.
        _log.error("%s %s failed: %s", call.method, re.sub(r"(/tickets/).*", r"\1…", call.path), trace(error))
        return Answer.refusing(GatewayFault())


def _find(side: Side, call: Call) -> Door:
    for door in DOORS:
        if door.method == call.method and door.side in (side, Side.BOTH):
            match = door.pattern.fullmatch(call.path)
            if match:
                call.parameters = match.groupdict()
                return door
    raise NoSuchDoor


# ---- ASGI ---------------------------------------------------------------------------------------------------------------


def application(gateway: Gateway, side: Side) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """The ASGI application of one listener."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        call = Call(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=b"",
            host=(scope.get("client") or ("", 0))[0],
            at=clock.now(),
        )
        try:
            limit_host(gateway, call)
            call.body = await _body(receive, headers, _most(gateway, call))
        except (BodyTooLarge, RequestMalformed, TooManyRequests) as error:
            record(gateway, call, error)
            answer = Answer.refusing(error)
        else:
            try:
                answer = await handle(gateway, side, call)
            except asyncio.CancelledError:
                # Calls are cancelled by the end of the process alone: the caller is told, and tries again.
                if not gateway.stopping:
                    raise
                answer = Answer.refusing(NotReady())
        await _send(send, answer)

    return respond


def _most(gateway: Gateway, call: Call) -> int:
    """Most bytes of the body: much only where segments and files come, and for a person whose ticket is for a file."""
    most = gateway.settings.body_bytes
    if LARGE.fullmatch(call.path):
        return most
    small, length = min(most, SMALL_BODY), call.headers.get("content-length", "")
    if (ticket := TICKET.fullmatch(call.path)) and length.isdigit() and small < int(length) <= most:
        with contextlib.suppress(DataPlaneError):
            if read_ticket(ticket[1], public_key=gateway.platform_key, at=call.at).kind == FILE_DEPOSIT:
                return most
    return small


async def _body(receive: Receive, headers: dict[str, str], most: int) -> bytes:
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise BodyTooLarge(most=most)
    parts, size = [], 0
    async with arriving() as arrival:
        while True:
            message = await receive()
            part = message.get("body", b"")
            size += len(part)
            if size > most:
                raise BodyTooLarge(most=most)
            parts.append(part)
            if not message.get("more_body"):
                return b"".join(parts) if len(parts) > 1 else parts[0]
            arrival.now_at(size)


async def _send(send: Send, answer: Answer) -> None:
    parts = answer.body if isinstance(answer.body, list) else [answer.body]
    headers = {
        "content-type": answer.kind,
        "content-length": str(sum(map(len, parts))),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "gx-time": instant(clock.now()),
        **answer.headers,
    }
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    for part in parts[:-1]:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": parts[-1] if parts else b""})


# ---- the process ----------------------------------------------------------------------------------------------------------


def main() -> int:
    """Run the gateway of the environment's installation until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # The C library's allocator gives memory back; Arrow's own keeps the peak of the largest load.
    pa.set_memory_pool(pa.system_memory_pool())
    pa.set_cpu_count(2)
    uvloop.run(run(Settings.from_environment()))
    return 0


async def run(settings: Settings) -> None:
    """Both listeners until the process is told to end."""
    gateway = Gateway(settings)
    await gateway.start()
    keys = settings.keyring.folder
    # People come through the front door, which is on this machine.
    people = _listener(gateway, Side.PEOPLE, "127.0.0.1", settings.port + PEOPLE_DOOR)
    nodes = _listener(
        gateway,
        Side.NODES,
        settings.host,
        settings.port + NODE_DOOR,
        ssl_certfile=str(keys / "gateway.crt"),
        ssl_keyfile=str(keys / "gateway.tls"),
    )
    listeners = (people, nodes)
    ending = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, ending.set)
    tasks = [asyncio.create_task(listener.serve()) for listener in listeners]
    watching = [asyncio.create_task(listener.hang_up_for_ever()) for listener in listeners]
    waiting = asyncio.create_task(ending.wait())
    _log.info("gateway: nodes at https://%s:%d, people behind port %d", settings.host, settings.port + NODE_DOOR, settings.port)
    # A port that is taken ends its listener at once: then the process ends, and the supervisor says so.
    await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
    for watch in (waiting, *watching):
        watch.cancel()
    for listener in listeners:
        listener.should_exit = True
    await gateway.stop()
    # Polls have been answered; a node that keeps its connection open would only hold up the end.
    await asyncio.sleep(0.2)
    for listener in listeners:
        for connection in list(listener.server_state.connections):
            connection.transport.abort()
    await asyncio.gather(*tasks, return_exceptions=True)
    if not ending.is_set():
        raise SystemExit("gateway: a listener ended; is another program on its port?")


def _listener(gateway: Gateway, side: Side, host: str, port: int, **tls: str) -> Listener:
    config = uvicorn.Config(
        application(gateway, side),
        host=host,
        port=port,
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        http=Bounded,
        **tls,  # type: ignore[arg-type]
    )
    return Listener(config)


if __name__ == "__main__":
    raise SystemExit(main())
