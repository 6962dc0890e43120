"""Bells: a long poll sleeps until somebody rings, within this process and without polling."""

import asyncio
from collections.abc import Hashable


class Bells:
    """One bell per subject; ringing wakes whoever sleeps at it at that moment."""

    def __init__(self) -> None:
        self._sleepers: dict[Hashable, set[asyncio.Future[None]]] = {}

    def listen(self, *subjects: Hashable) -> "asyncio.Future[None]":
        """A future that is done at the next ring of any of the subjects. Listen first, then look, then sleep."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        for subject in subjects:
            self._sleepers.setdefault(subject, set()).add(future)
        future.add_done_callback(lambda done: self._forget(done, subjects))
        return future

    def ring(self, subject: Hashable) -> None:
        """Wake everyone who sleeps at `subject`."""
        for future in self._sleepers.pop(subject, set()):
            if not future.done():
                future.set_result(None)

    def ring_all(self) -> None:
        """Wake everyone: something changed that may concern all, or the gateway ends."""
        for subject in list(self._sleepers):
            self.ring(subject)

    def _forget(self, future: "asyncio.Future[None]", subjects: tuple[Hashable, ...]) -> None:
        for subject in subjects:
            sleepers = self._sleepers.get(subject)
            if sleepers is not None:
                sleepers.discard(future)
                if not sleepers:
                    del self._sleepers[subject]


async def sleep_until(future: "asyncio.Future[None]", seconds: float) -> bool:
    """Whether the bell rang within `seconds`."""
    done, _ = await asyncio.wait([future], timeout=max(seconds, 0.0))
    if not done:
        future.cancel()
    return bool(done)
