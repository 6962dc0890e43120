"""The front door: one loopback port that gives `/x/` to the gateway and everything else to the site, byte by byte.

For one machine without a web server of its own; in production nginx does this (deploy/). It buffers nothing but the head of a
request, and never believes a caller's own `X-Forwarded-*`.
"""

import argparse
import asyncio
import contextlib
import signal
from dataclasses import dataclass

from gongxiang.machine.home import GATEWAY, SITE, Home

HEAD_LIMIT = 64 * 1024
HEAD_WITHIN = 30.0
CONNECT_WITHIN = 5.0
CHUNK = 256 * 1024
_DROPPED = (b"connection", b"keep-alive", b"proxy-connection", b"forwarded")


class BadHead(ValueError):
    """The request's head cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a request: its line, and its headers in order."""

    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]

    @property
    def for_gateway(self) -> bool:
        """Whether the gateway answers this path."""
        return self.target == b"/x" or self.target.startswith((b"/x/", b"/x?"))

    def forwarded(self, peer: str) -> bytes:
        """The head as it is passed on: for one request, with what is known of the caller and nothing the caller claims."""
        kept = [
            (name, value)
            for name, value in self.headers
            if name.lower() not in _DROPPED and not name.lower().startswith(b"x-forwarded-")
        ]
        host = next((value for name, value in kept if name.lower() == b"host"), b"")
        kept += [
            (b"Connection", b"close"),
            (b"X-Forwarded-For", peer.encode()),
            (b"X-Forwarded-Proto", b"http"),
            (b"X-Forwarded-Host", host),
        ]
        lines = [b"%s %s HTTP/1.1" % (self.method, self.target), *(b"%s: %s" % header for header in kept)]
        return b"\r\n".join(lines) + b"\r\n\r\n"


def parse(data: bytes) -> Head:
    """The head in `data` (up to the empty line); raises BadHead."""
    first, *lines = data.removesuffix(b"\r\n\r\n").split(b"\r\n")
    parts = first.split(b" ")
    if len(parts) != 3 or not parts[1].startswith(b"/") or parts[2] not in (b"HTTP/1.1", b"HTTP/1.0"):
        raise BadHead(first[:80])
    headers = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not name or name != name.strip() or b"\n" in line or b"\r" in line:
            raise BadHead(line[:80])
        headers.append((name, value.strip()))
    names = [name.lower() for name, _ in headers]
    # Two ways to say where the body ends are how requests are smuggled past a proxy.
    if names.count(b"content-length") > 1 or (b"content-length" in names and b"transfer-encoding" in names):
        raise BadHead(b"two lengths")
    if names.count(b"host") > 1:
        raise BadHead(b"two hosts")
    return Head(method=parts[0], target=parts[1], headers=tuple(headers))


def _plain(status: str, text: str) -> bytes:
    body = text.encode("utf-8")
    lines = (
        f"HTTP/1.1 {status}",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii") + body


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()


class FrontDoor:
    """Serves one request for each connection; the browser opens several, and loopback makes new ones cheap."""

    def __init__(self, *, site: int, gateway: int) -> None:
        self._site, self._gateway = site, gateway

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its first byte to its end."""
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError, asyncio.CancelledError):
            pass
        finally:
            with contextlib.suppress(ConnectionError):
                writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = parse(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_WITHIN))
        except (BadHead, asyncio.LimitOverrunError):
            await self._answer(writer, _plain("400 Bad Request", "The request cannot be read.\n"))
            return
        port = self._gateway if head.for_gateway else self._site
        try:
            upstream, to_upstream = await asyncio.wait_for(
                asyncio.open_connection("127.0.0.1", port, limit=CHUNK), CONNECT_WITHIN
            )
        except (OSError, TimeoutError):
            text = "服务正在启动，请稍后刷新。\nThe service is starting: please reload in a moment.\n"
            await self._answer(writer, _plain("503 Service Unavailable", text))
            return
        peer = writer.get_extra_info("peername") or ("127.0.0.1",)
        to_upstream.write(head.forwarded(str(peer[0])))
        # The caller's body goes up while the answer comes down; whichever side ends first ends the other.
        ways = {asyncio.create_task(_copy(reader, to_upstream)), asyncio.create_task(_copy(upstream, writer))}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            to_upstream.close()

    @staticmethod
    async def _answer(writer: asyncio.StreamWriter, data: bytes) -> None:
        writer.write(data)
        await writer.drain()


async def run_until(stop: asyncio.Event, *, port: int, site: int, gateway: int) -> None:
    """Serve on the loopback port until `stop`."""
    door = FrontDoor(site=site, gateway=gateway)
    server = await asyncio.start_server(door.serve, "127.0.0.1", port, limit=HEAD_LIMIT, backlog=512)
    async with server:
        await stop.wait()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: ports come from the settings."""


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""

    async def serve() -> None:
        stop = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        home = Home.from_environment()
        await run_until(stop, port=home.port, site=home.port + SITE, gateway=home.port + GATEWAY)

    asyncio.run(serve())
    return 0
