"""A listener of the gateway: one of several in a process, and patient with nobody for ever.

Whoever opens connections and sends the head of a request a byte at a time would else hold every descriptor the process has.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gongxiang.protocol.errors import RequestMalformed

#: Seconds within which a request's head, and the first of its body, must have come.
HEAD_WITHIN = BODY_WITHIN = 30.0
#: Bytes a second that a body must come at after that.
SLOWEST = 16 * 1024
#: Bytes that may come while they make neither a whole head nor body; a head that comes in one read may be some larger.
MOST_UNREAD = 64 * 1024
#: Seconds between two looks at the connections.
EVERY = 5.0


class Bounded(HttpToolsProtocol):
    """The protocol, with an end to heads, trailers and what stands beside a chunk: the parser keeps any length."""

    _unread = 0

    def data_received(self, data: bytes) -> None:
        """Read on, unless too much came that is nothing yet."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread <= MOST_UNREAD or self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            self.send_400_response("The head of the request is too large.")
        else:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        """A head is whole."""
        self._unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body, which the doors count."""
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._unread = 0
        super().on_message_complete()


class Listener(uvicorn.Server):
    """One listener of several: signals are the process's business."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._waiting: dict[Any, float] = {}

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    def hang_up(self, now: float) -> int:
        """End the connections whose request has not begun within the time; how many. Idle ones the server ends itself."""
        waiting = {
            one: self._waiting.get(one, now)
            for one in self.server_state.connections
            if (one.cycle is None or one.cycle.response_complete) and one.timeout_keep_alive_task is None  # type: ignore[union-attr]
        }
        late = [one for one, since in waiting.items() if now - since > HEAD_WITHIN]
        for one in late:
            one.transport.abort()
            del waiting[one]
        self._waiting = waiting
        return len(late)

    async def hang_up_for_ever(self) -> None:
        """Look at the connections until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            self.hang_up(time.monotonic())


class Arrival:
    """How far a body has come."""

    def __init__(self, limit: asyncio.Timeout) -> None:
        self._limit = limit
        self._begun = asyncio.get_running_loop().time()

    def now_at(self, size: int) -> None:
        """So many bytes are here: the rest may take as long as they earn."""
        self._limit.reschedule(self._begun + BODY_WITHIN + size / SLOWEST)


@asynccontextmanager
async def arriving() -> AsyncIterator[Arrival]:
    """A body is read within; raises RequestMalformed when it comes too slowly."""
    try:
        async with asyncio.timeout(BODY_WITHIN) as limit:
            yield Arrival(limit)
    except TimeoutError as error:
        raise RequestMalformed("The body of the request did not arrive in time.") from error
