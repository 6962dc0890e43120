"""The front door: routes by path, passes bodies on as they come, believes nothing that a caller says of itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from gongxiang.machine.front import BadHead, parse, run_until
from gongxiang.machine.processes import free_ports

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.parametrize(
    ("target", "gateway"),
    [("/", False), ("/x", True), ("/x/", True), ("/x/v1/tickets/1?a=b", True), ("/xyz", False), ("/catalogue/x/", False)],
)
def test_routes_by_path(target, gateway):
    assert parse(f"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n".encode()).for_gateway is gateway


def test_callers_claims_are_dropped_and_ours_written():
    head = parse(
        b"POST /a HTTP/1.1\r\nHost: h:1\r\nX-Forwarded-For: 1.2.3.4\r\nx-forwarded-proto: https\r\nForwarded: for=1\r\n"
        b"Connection: keep-alive\r\nContent-Length: 3\r\n\r\n"
    )
    sent = head.forwarded("127.0.0.9").decode()
    assert "1.2.3.4" not in sent
    assert "https" not in sent
    assert "X-Forwarded-For: 127.0.0.9\r\n" in sent
    assert "X-Forwarded-Host: h:1\r\n" in sent
    assert "Content-Length: 3\r\n" in sent
    assert sent.count("Connection:") == 1
    assert sent.endswith("\r\n\r\n")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /\r\n\r\n",
        b"GET http://elsewhere/ HTTP/1.1\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nName : value\r\n\r\n",
        b"GET / HTTP/1.1\r\n folded\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: ours\r\nHost: theirs\r\n\r\n",
    ],
)
def test_refuses_a_head_that_two_programs_could_read_differently(head):
    with pytest.raises(BadHead):
        parse(head)


@contextlib.asynccontextmanager
async def front_door(*, site: Handler | None = None, gateway: Handler | None = None) -> AsyncIterator[int]:
    first = free_ports(3)
    servers = [
        await asyncio.start_server(handler, "127.0.0.1", port)
        for handler, port in ((site, first + 1), (gateway, first + 2))
        if handler
    ]
    stop = asyncio.Event()
    door = asyncio.create_task(run_until(stop, port=first, site=first + 1, gateway=first + 2))
    await asyncio.sleep(0.05)
    try:
        yield first
    finally:
        stop.set()
        await door
        for server in servers:
            server.close()
            await server.wait_closed()


async def ask(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


def test_a_large_body_passes_as_it_comes():
    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        got = len(await reader.readexactly(size))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%d" % got)
        await writer.drain()
        writer.close()

    async def go() -> bytes:
        async with front_door(gateway=count) as port:
            body = b"x" * 5_000_000
            return await ask(port, b"POST /x/v1/a HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n" + body)

    assert asyncio.run(go()).endswith(b"\r\n\r\n5000000")


def test_an_answer_arrives_while_it_is_being_written():
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfirst")
        await writer.drain()
        await asyncio.sleep(3.0)
        writer.close()

    async def go() -> tuple[bytes, float]:
        async with front_door(site=drip) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            since = asyncio.get_running_loop().time()
            await reader.readuntil(b"first")
            took = asyncio.get_running_loop().time() - since
            rest = await reader.read()
            writer.close()
            return rest, took

    rest, took = asyncio.run(go())
    assert rest == b""
    assert took < 2.5


def test_says_so_when_the_program_behind_is_away():
    async def go() -> bytes:
        async with front_door() as port:
            return await ask(port, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")

    answer = asyncio.run(go())
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert "请稍后刷新" in answer.decode()


def test_refuses_nonsense_with_words():
    async def go() -> bytes:
        async with front_door() as port:
            return await ask(port, b"nonsense\r\n\r\n")

    assert asyncio.run(go()).startswith(b"HTTP/1.1 400 ")
