"""Who opens a connection to the gateway and sends next to nothing does not hold it for ever; who waits for an answer may."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn

from gongxiang.gateway import listening
from gongxiang.gateway.app import _body, _listener
from gongxiang.gateway.doors import Side
from gongxiang.gateway.listening import HEAD_WITHIN, MOST_UNREAD, Bounded, Listener
from gongxiang.protocol.errors import BodyTooLarge, RequestMalformed


def test_a_head_that_does_not_come_ends_its_connection_and_no_other() -> None:
    served = asyncio.Event()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/poll":
            served.set()
            await asyncio.Event().wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def watched() -> None:
        holding = socket.create_server(("127.0.0.1", 0))
        listener = Listener(uvicorn.Config(application, lifespan="off", log_level="critical", timeout_graceful_shutdown=0))
        serving = asyncio.create_task(listener.serve(sockets=[holding]))
        lines: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        for said in (b"", b"GET / HTTP/1.1\r\nHost: a\r\nX-", b"GET /poll HTTP/1.1\r\nHost: a\r\n\r\n"):
            lines.append(await asyncio.open_connection(*holding.getsockname()))
            lines[-1][1].write(said)
        (silent, _), (half, halfway), (poll, _) = lines
        await served.wait()
        # One that was answered and now begins its second request.
        second, writer = await asyncio.open_connection(*holding.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"200" in await second.readuntil(b"\r\n\r\n")
        assert listener.hang_up(0) == 0
        halfway.write(b"Slow: ")
        assert listener.hang_up(HEAD_WITHIN) == 0
        assert listener.hang_up(HEAD_WITHIN + 1) == 2, "the silent one and the half head"
        for reader in (silent, half):
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
        assert not poll.at_eof()
        assert not second.at_eof(), "an idle connection is the server's own matter"
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"200" in await second.readuntil(b"\r\n\r\n")
        assert listener.hang_up(10 * HEAD_WITHIN) == 0
        listener.should_exit = True
        await serving
        for one in (writer, *(one for _, one in lines)):
            one.close()

    asyncio.run(asyncio.wait_for(watched(), 30))


LONG = b"a" * 1000
_POST = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1"


@pytest.mark.parametrize(
    ("begin", "again"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X-A: " + LONG + b"\r\n"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ", LONG),
        (b"GET /", LONG),
        (_POST + b"\r\na\r\n0\r\n", b"X-A: " + LONG + b"\r\n"),
        (_POST + b";", LONG),
    ],
    ids=["headers", "a header", "the address", "trailers", "beside a chunk"],
)
def test_what_never_becomes_a_head_or_a_body_is_not_kept(begin: bytes, again: bytes) -> None:
    sent, _said = asyncio.run(asyncio.wait_for(_poured(begin, again, 4096), 30))
    assert sent < 4096, "the connection ended long before all was sent"


def test_a_body_may_be_longer_than_a_head() -> None:
    begin = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 512000\r\nX-A: " + b"a" * (MOST_UNREAD // 2) + b"\r\n\r\n"
    sent, said = asyncio.run(asyncio.wait_for(_poured(begin, LONG, 512), 30))
    assert (sent, said[:12]) == (512, b"HTTP/1.1 200")


async def _poured(begin: bytes, again: bytes, times: int) -> tuple[int, bytes]:
    """How often something could be sent, and what was answered; the application reads the body whole."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    holding, sent, said = socket.create_server(("127.0.0.1", 0)), 0, b""
    config = uvicorn.Config(application, http=Bounded, lifespan="off", log_level="critical", timeout_graceful_shutdown=0)
    listener = Listener(config)
    serving = asyncio.create_task(listener.serve(sockets=[holding]))
    reader, writer = await asyncio.open_connection(*holding.getsockname())
    with contextlib.suppress(ConnectionError):
        writer.write(begin)
        for _ in range(times):
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(0)
            if reader.at_eof() or writer.transport.is_closing():
                break
            sent += 1
        said = await reader.read(100)
    writer.close()
    listener.should_exit = True
    await serving
    return sent, said


def test_the_gateway_listens_so() -> None:
    assert _listener(object(), Side.NODES, "127.0.0.1", 0).config.http is Bounded  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [((), RequestMalformed), ((b"x" * 10,), RequestMalformed), ((b"x" * 10, b"x" * 100), BodyTooLarge)],
)
def test_a_body_that_does_not_come_is_refused(
    parts: tuple[bytes, ...], refusal: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "BODY_WITHIN", 0.02)
    waiting = list(parts)

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return {"body": waiting.pop(0), "more_body": True}

    read: Callable[..., Awaitable[bytes]] = _body
    with pytest.raises(refusal):
        asyncio.run(asyncio.wait_for(read(receive, {}, 100), 10))


def test_a_body_may_take_as_long_as_it_earns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "BODY_WITHIN", 0.2)
    monkeypatch.setattr(listening, "SLOWEST", 1)
    waiting = [(b"x" * 10_000, True), (b"y", False)]

    async def receive() -> dict[str, Any]:
        body, more = waiting.pop(0)
        if not more:
            await asyncio.sleep(0.3)
        return {"body": body, "more_body": more}

    assert len(asyncio.run(_body(receive, {}, 100_000))) == 10_001
