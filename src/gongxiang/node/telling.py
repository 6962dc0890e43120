"""What a provider's stream tells the platform: its state at most once a second, alarms once each; for `node.provider`.

Never carries values of rows, nor their keys, which may be people's numbers; the log does not either.
"""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from gongxiang.node.errors import DataPlaneError, Transient, in_words
from gongxiang.node.exchange import StreamRow
from gongxiang.protocol import clock
from gongxiang.protocol.messages import Alarm, Message, OpenStream, StreamState

log = logging.getLogger(__name__)

#: Codes of alarms that are not the error's own.
_ALARMS = {
    "target_disk_full": "disk_full",
    "target_down": "exchange_down",
    "target_busy": "exchange_busy",
    "table_unfit": "schema_drift",
}
#: A warning is repeated after this many seconds.
_WARN_AGAIN = 3600.0


class Teller:
    """Reports for one stream."""

    def __init__(self, order: OpenStream, report: Callable[[Message], None]) -> None:
        self._order, self._report = order, report
        self.state, self.detail = "loading", ""
        #: Words about segments that cannot be sent; "" if they can.
        self.unsent = ""
        self.lag_ms = 0
        self._alarmed = ""
        self._warned: dict[str, float] = {}
        self._told: tuple[Any, ...] = ()
        self._told_at = 0.0

    def now(self, state: str, detail: str, row: StreamRow | None) -> None:
        """Report the state at once if it changed, else at most once a second and only if something moved."""
        self.state, self.detail = state, detail
        facts = (state, detail, row.epoch, row.seq, row.rows_loaded, row.changes) if row else (state, detail, 0, 0, 0, 0)
        since = time.monotonic() - self._told_at
        changed = facts[:3] != self._told[:3]
        if (facts == self._told and since < 30) or (since < 1 and not changed):
            return
        self._told, self._told_at = facts, time.monotonic()
        self._report(
            StreamState(
                resource_id=self._order.resource_id,
                node_id=self._order.node_id,
                state=state,
                epoch=facts[2],
                seq=facts[3],
                rows_loaded=facts[4],
                changes=facts[5],
                lag_ms=self.lag_ms,
                detail=detail,
                at=clock.now(),
            )
        )

    def stopped(self, state: str, error: DataPlaneError, row: StreamRow | None) -> None:
        """The stream stopped with words."""
        self.trouble(error)
        self.now(state, in_words(error), row)

    def trouble(self, error: DataPlaneError) -> None:
        """Something keeps the stream from going on: one alarm until it recovers or something else comes."""
        code = _ALARMS.get(error.code(), error.code())
        self.detail = in_words(error)
        if code != self._alarmed:
            self._alarmed = code
            log.warning("Stream of %s: %s", self._order.source_table, in_words(error))
            self.alarm(code, in_words(error))

    def recovered(self) -> None:
        """The stream goes on."""
        if self._alarmed:
            log.info("Stream of %s goes on", self._order.source_table)
        self._alarmed = ""

    def not_sent(self, error: DataPlaneError | None) -> None:
        """The sender's trouble; None when it is over. An alarm only where a person must look."""
        words = in_words(error) if error is not None else ""
        if error is not None and not isinstance(error, Transient) and words != self.unsent:
            self.alarm(error.code(), words)
        self.unsent = words

    def warn(self, warnings: Mapping[str, str]) -> None:
        """Alarms about what does not stop the stream, each once an hour."""
        for code, words in warnings.items():
            if time.monotonic() - self._warned.get(code, -_WARN_AGAIN) >= _WARN_AGAIN:
                self._warned[code] = time.monotonic()
                self.alarm(code, words)

    def alarm(self, code: str, words: str) -> None:
        """Something a person must look at."""
        self._report(
            Alarm(code=code, node_id=self._order.node_id, resource_id=self._order.resource_id, detail=words, at=clock.now())
        )
