"""One grant's flow at the consumer: fetch, check the chain, collapse, apply with the cursor, give a receipt; one thread each.

Never trusts its memory over the database: after any error the cursor is read again, so a crash or a lost answer repeats an
idempotent step. Stops at once when the grant is suspended or over.
"""

import dataclasses
import logging
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from gongxiang.node import errors, killpoints
from gongxiang.node.apply.target import Cursor, Target
from gongxiang.node.collapse import collapse
from gongxiang.node.fetch import Fetcher, Opened, Source
from gongxiang.protocol import clock
from gongxiang.protocol.messages import Alarm, FlowState, Message, OpenGrant
from gongxiang.protocol.receipts import Receipt
from gongxiang.protocol.segments import SegmentKind, open_segments
from gongxiang.protocol.sentences import Sentence
from gongxiang.protocol.signing import Signer

log = logging.getLogger(__name__)

#: Rows applied in one transaction: more would only hold memory and locks longer.
ROWS_AT_ONCE = 20_000
LOADED_ROWS_AT_ONCE = 100_000
#: Seconds between tries after transient errors, growing; a terminal one is looked at again each minute.
_FIRST_DELAY, _LAST_DELAY, _TERMINAL_DELAY = 0.2, 15.0, 60.0
#: Seconds between receipts of one flow while it runs.
_RECEIPT_EVERY = 0.5
#: Same alarm again only after so many seconds.
_ALARM_EVERY = 600.0


class Office(Protocol):
    """Where a flow leaves its facts and receipts; the agent sends them on."""

    def report(self, fact: Message) -> None:
        """Tell the platform."""

    def receipt(self, receipt: Receipt) -> None:
        """Hand in the latest receipt of a grant."""


class Flow:
    """See the module; `start` once, then `suspend`, `resume`, `revise`, `end` as orders come."""

    def __init__(
        self,
        *,
        grant: OpenGrant,
        source: Source,
        target: Target,
        gateway_key: str,
        signer: Signer,
        node_id: UUID,
        office: Office,
    ) -> None:
        self.grant = grant
        self.state, self.detail = "opening", ""
        self.cursor: Cursor | None = None
        self.lag_ms = 0
        self._source, self._target, self._gateway_key = source, target, gateway_key
        self._signer, self._node_id, self._office = signer, node_id, office
        self._fetcher: Fetcher | None = None
        self._wake = threading.Condition()
        self._hurry = False
        self._stopped, self._ended, self._suspended = False, "", ""
        #: A reconciliation asks the flow to stand still: (until when, up to which seq; None is where it stands).
        self._hold: tuple[float, int | None] | None = None
        self._held_at: Cursor | None = None
        self._reported = ("", "", 0, 0)
        self._alarms: dict[str, float] = {}
        self._receipt_at, self._receipt_seq = 0.0, -1
        self._thread = threading.Thread(target=self._run, name=f"flow {grant.terms.grant_id}", daemon=True)

    # ---- what orders do -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Let it flow."""
        self._thread.start()

    def suspend(self, reason: str) -> None:
        """Apply nothing more until resumed; what was fetched and not applied is forgotten."""
        self._suspended = reason or "suspended"
        self._nudge()

    def resume(self) -> None:
        """Go on from the cursor at once."""
        self._suspended = ""
        self._nudge()

    def revise(self, grant: OpenGrant) -> None:
        """Newer terms hold; their data come as a new epoch if they differ."""
        self.grant = grant
        self._nudge()

    def end(self, reason: str) -> None:
        """The grant is over: close, keep everything that was delivered."""
        self._ended = reason or "ended"
        self._nudge()

    def nudge(self) -> None:
        """Something changed: try at once instead of waiting."""
        self._nudge()

    def stop(self) -> None:
        """The node stops: finish the present transaction, then leave."""
        self._stopped = True
        self._nudge()

    def join(self, timeout: float) -> None:
        """Wait for the thread."""
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def status(self) -> dict[str, Any]:
        """Where the flow stands, for `gongxiang node status`."""
        cursor = self.cursor
        return {
            "grant": str(self.grant.terms.grant_id),
            "resource": self.grant.resource_name or str(self.grant.terms.resource_id),
            "table": f"received.{self.grant.exchange_table}",
            "state": self.state,
            "detail": self.detail,
            "revision": cursor.revision if cursor else 0,
            "epoch": cursor.epoch if cursor else 0,
            "seq": cursor.seq if cursor else 0,
            "rows": cursor.rows if cursor else 0,
            "upserts": cursor.upserts if cursor else 0,
            "deletes": cursor.deletes if cursor else 0,
            "lag_ms": self.lag_ms,
        }

    def hold(self, up_to: int | None, seconds: float) -> Cursor | None:
        """Stand still after everything up to a source sequence (None: where it stands); the cursor there.

        None if that took longer than `seconds`, after which the flow goes on by itself, as it does with `release`.
        """
        until = time.monotonic() + seconds
        with self._wake:
            self._held_at, self._hold = None, (until, up_to)
            self._wake.notify_all()
            if self._fetcher is not None:
                self._fetcher.interrupt()
            while self._held_at is None and self._hold is not None and time.monotonic() < until:
                self._wake.wait(max(0.0, until - time.monotonic()))
            return self._held_at

    def release(self) -> None:
        """Let a held flow go on."""
        with self._wake:
            self._hold, self._held_at = None, None
            self._wake.notify_all()

    # ---- the loop -------------------------------------------------------------------------------------------------------

    def _nudge(self) -> None:
        with self._wake:
            self._hurry = True
            self._wake.notify_all()
            if self._fetcher is not None:
                self._fetcher.interrupt()

    def _sleep(self, seconds: float) -> None:
        with self._wake:
            if not self._hurry:
                self._wake.wait(seconds)
            self._hurry = False

    def _run(self) -> None:
        delay = _FIRST_DELAY
        try:
            while not self._stopped:
                if self._ended:
                    self._close()
                    return
                if self._suspended:
                    if self._fetcher is not None:
                        self._fetcher.rest()
                    self._say("suspended", self._suspended)
                    self._sleep(3600)
                    continue
                began = self.cursor.seq if self.cursor else -1
                try:
                    self._flow()
                    delay = _FIRST_DELAY
                except Exception as error:
                    if (self.cursor.seq if self.cursor else -1) != began:
                        delay = _FIRST_DELAY
                    wait = self._meet(error, delay)
                    delay = min(delay * 2, _LAST_DELAY)
                    if self._fetcher is not None:
                        self._fetcher.rest()
                    self._target.close()
                    if not self._stopped:
                        self._sleep(wait)
        finally:
            if self._fetcher is not None:
                self._fetcher.rest()
            self._target.close()

    def _must_leave(self) -> bool:
        return bool(self._stopped or self._suspended or self._ended)

    def _flow(self) -> None:
        """From the cursor in the database onwards, until something stops it."""
        grant_id = self.grant.terms.grant_id
        self._hurry = False
        self._target.open()
        self.cursor = self._target.cursor(grant_id)
        if self.cursor is not None:
            self._target.check(self.cursor)
        if self._fetcher is None:
            self._fetcher = Fetcher(self._source, grant_id, self._gateway_key)
        self._fetcher.point(epoch=self.cursor.epoch if self.cursor else 0, seq=self.cursor.seq if self.cursor else 0)
        self._say_where()
        while not self._must_leave():
            answer = self._fetcher.next(self._until_receipt())
            if answer is None:
                self._give_receipt(force=True)
                continue
            if self._must_leave():
                return
            self._apply_all(answer)
            if self._hold is not None:
                self._stand_still()

    def _apply_all(self, opened: Iterable[Opened]) -> None:
        """Apply in order, neighbours of one kind together."""
        group: list[Opened] = []
        rows = 0
        last = self.cursor
        for one in opened:
            self._check_chain(one, last)
            last = self._where(one, last)
            if self._hold is not None and self._hold[1] is not None and one.header.seq > self._hold[1]:
                # The reconciliation's position lies before this one: stand still just here.
                self._apply(group)
                group, rows = [], 0
                self._stand_still()
            most = LOADED_ROWS_AT_ONCE if one.header.kind is SegmentKind.LOAD else ROWS_AT_ONCE
            if group and (group[0].header.kind is not one.header.kind or rows >= most):
                self._apply(group)
                group, rows = [], 0
            group.append(one)
            rows += one.rows
        self._apply(group)
        self._give_receipt()

    def _check_chain(self, one: Opened, last: Cursor | None) -> None:
        header, grant_id = one.header, self.grant.terms.grant_id
        if header.stream_id != grant_id:
            raise errors.ChainBroken(
                "The gateway sent a segment of {stream_id} for the grant {grant_id}.",
                stream_id=header.stream_id,
                grant_id=grant_id,
            )
        if header.kind is SegmentKind.BEGIN and header.prev_digest == "" and (last is None or header.seq > last.seq):
            return
        if last is None:
            raise errors.ChainBroken("The first segment of the grant does not begin a load.")
        if header.prev_digest != last.digest or header.seq <= last.seq:
            raise errors.ChainBroken(
                "Segment {seq} of epoch {epoch} does not follow segment {last} of epoch {last_epoch}.",
                seq=header.seq,
                epoch=header.epoch,
                last=last.seq,
                last_epoch=last.epoch,
            )

    def _where(self, one: Opened, last: Cursor | None) -> Cursor:
        """The cursor after `one`, without counts."""
        header = one.header
        base = last or Cursor(
            grant_id=self.grant.terms.grant_id, revision=0, schema_version=0, epoch=0, seq=0, digest="", position="",
            table=self.grant.exchange_table,
        )  # fmt: skip
        more: dict[str, Any] = {}
        if header.kind is SegmentKind.BEGIN:
            more = {"loading": header.epoch, "loading_elements": one.elements}
        return dataclasses.replace(
            base, revision=header.revision, schema_version=header.schema_version, epoch=header.epoch, seq=header.seq,
            digest=one.digest, position=header.position, committed_at=header.committed_at or base.committed_at, **more,
        )  # fmt: skip

    def _apply(self, group: list[Opened]) -> None:
        """One transaction of the target for neighbours of one kind."""
        if not group:
            return
        before, after = self.cursor, self.cursor
        for one in group:
            after = self._where(one, after)
        assert after is not None
        kind = group[0].header.kind
        killpoints.reach(f"consumer.{kind}.received")
        if kind is SegmentKind.BEGIN:
            if not any(spec.key for spec in after.loading_elements):
                raise errors.ChainBroken("The load begins with columns that have no key.")
            self.cursor = self._target.begin_load(before, after)
            self._say_where()
            return
        if before is None:
            raise errors.ChainBroken("The first segment of the grant does not begin a load.")
        if kind is SegmentKind.LOAD_END:
            if not before.loading:
                raise errors.ChainBroken("A load ends that never began.")
            self.cursor = self._target.finish_load(before, after)
            for notice in getattr(self._target, "notices", []):
                self._alarm("received_object_set_aside", notice)
            getattr(self._target, "notices", []).clear()
            self._say_where()
            self._give_receipt(force=True)
            return
        expected = before.loading_elements if before.loading else before.elements
        for one in group:
            if one.batch is not None and one.elements != expected:
                raise errors.ChainBroken("Segment {seq} has other columns than the load it belongs to.", seq=one.header.seq)
        batches = [one.batch for one in group if one.batch is not None]
        codes = [spec.code for spec in expected]
        if kind is SegmentKind.LOAD:
            if not before.loading:
                raise errors.ChainBroken("Loaded rows come without the beginning of a load.")
            self.cursor = self._target.add_load(before, after, batches)
        else:
            key = [spec.code for spec in expected if spec.key]
            self.cursor = self._target.add_changes(before, after, collapse(batches, codes, key))
        self._note_lag(after.committed_at if any(one.header.committed_at for one in group) else None)

    # ---- standing still for a reconciliation ----------------------------------------------------------------------------

    def _stand_still(self) -> None:
        """Tell who asked where the flow stands, and wait for the release."""
        with self._wake:
            if self._hold is None:
                return
            up_to = self._hold[1]
            if up_to is not None and self.cursor is not None and self.cursor.seq < up_to and not self._caught_up(up_to):
                return
            if self.cursor is None or self.cursor.loading:
                self._hold = None
                self._wake.notify_all()
                return
            self._held_at = self.cursor
            self._wake.notify_all()
            while self._hold is not None and time.monotonic() < self._hold[0] and not self._must_leave():
                until = self._hold[0]
                self._wake.wait(max(0.0, until - time.monotonic()))
                if self._hold is not None and self._hold[1] != up_to:
                    return
            self._hold = None

    def _caught_up(self, up_to: int) -> bool:
        """Whether the gateway has nothing more for this grant up to a source sequence that it has itself."""
        assert self.cursor is not None
        cursor = self.cursor
        data = self._source.segments(cursor.grant_id, epoch=cursor.epoch, after=cursor.seq, wait=0, max_bytes=1)
        first = next(iter(open_segments(data, self._gateway_key)), None)
        return first is None or first.header.seq > up_to

    # ---- what is told ---------------------------------------------------------------------------------------------------

    def _note_lag(self, committed_at: datetime | None) -> None:
        if committed_at is not None:
            self.lag_ms = max(0, round((clock.now() - committed_at).total_seconds() * 1000))

    def _until_receipt(self) -> float | None:
        """How long to wait for segments until a receipt is due; None if none is."""
        if self.cursor is None or self.cursor.seq == self._receipt_seq:
            return None
        return max(0.01, self._receipt_at + _RECEIPT_EVERY - time.monotonic())

    def _give_receipt(self, *, force: bool = False) -> None:
        cursor = self.cursor
        if cursor is None or cursor.seq == self._receipt_seq:
            return
        if not force and time.monotonic() < self._receipt_at + _RECEIPT_EVERY:
            return
        receipt = Receipt(
            grant_id=cursor.grant_id,
            revision=cursor.revision,
            epoch=cursor.epoch,
            seq=cursor.seq,
            upserts=cursor.upserts,
            deletes=cursor.deletes,
            rows_in_table=cursor.rows,
            lag_ms=self.lag_ms,
            digest=cursor.digest,
            at=clock.now(),
        )
        self._office.receipt(receipt.signed(self._signer))
        self._receipt_at, self._receipt_seq = time.monotonic(), cursor.seq

    def _say_where(self) -> None:
        if self.cursor is None:
            self._say("opening", "")
        elif self.cursor.loading:
            self._say("loading", "")
        else:
            self._say("live", "")

    def _say(self, state: str, detail: str) -> None:
        self.state, self.detail = state, detail
        epoch = self.cursor.epoch if self.cursor else 0
        now = (state, detail, epoch if state != "live" else 0, self.grant.terms.revision)
        if now == self._reported:
            return
        self._reported = now
        log.info("grant %s: %s%s", self.grant.terms.grant_id, state, f": {detail}" if detail else "")
        self._office.report(
            FlowState(
                grant_id=self.grant.terms.grant_id,
                revision=self.grant.terms.revision,
                state=state,
                epoch=epoch,
                detail=detail,
                at=clock.now(),
            )
        )

    def _alarm(self, code: str, detail: str) -> None:
        last = self._alarms.get(code)
        if last is not None and time.monotonic() < last + _ALARM_EVERY:
            return
        self._alarms[code] = time.monotonic()
        terms = self.grant.terms
        self._office.report(
            Alarm(code=code, node_id=self._node_id, resource_id=terms.resource_id, detail=detail, at=clock.now())
        )

    def _meet(self, error: Exception, delay: float) -> float:
        """Say what happened; how long to wait before the next try."""
        if self._stopped:
            return 0.0
        words = (
            errors.in_words(error)
            if isinstance(error, errors.DataPlaneError)
            else Sentence("Unexpected {said}.", said=type(error).__name__)
        )
        match error:
            case errors.GrantSuspended() | errors.LeaseExpired() | errors.GrantNotYetValid():
                self._say("suspended", words)
                return min(delay * 4, 2.0)
            case errors.GrantEnded():
                self._ended = words
                return 0.0
            case errors.GatewayUnreachable() | errors.GrantUnknown() | errors.NodeNotAdmitted():
                self._say("opening" if self.cursor is None else self.state, words)
                return delay
            case errors.Transient():
                self._say("failed", words)
                self._alarm(error.code(), words)
                return delay
            case errors.DataPlaneError():
                self._say("failed", words)
                self._alarm(error.code(), words)
                return _TERMINAL_DELAY
            case _:
                # Only the kind of error and where it arose: its text could carry values.
                log.error("grant %s: unexpected %s", self.grant.terms.grant_id, errors.trace(error))
                self._say("failed", words)
                self._alarm("unexpected_error", words)
                return max(delay, 5.0)

    def _close(self) -> None:
        """The grant is over: an unfinished load was never delivered and goes, everything else stays."""
        with suppress(errors.DataPlaneError):
            self._target.open()
            self.cursor = self._target.cursor(self.grant.terms.grant_id)
            if self.cursor is not None and self.cursor.loading:
                self._target.forget(self.cursor)
        self._say("closed", self._ended)
