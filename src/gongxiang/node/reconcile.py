"""Compares what was shared with what was received, at one exact position and through the grant's filter and masks.

The two nodes never meet: they leave digests at the gateway for each other. The consumer's flow stands still only until the
provider has taken its position; then both read their own snapshot while everything flows on. A difference is reported, never
repaired. Values never leave either node.
"""

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from uuid import UUID

import pyarrow as pa

from gongxiang.node import errors
from gongxiang.node.apply.postgresql import PostgresTarget
from gongxiang.node.apply.target import Cursor
from gongxiang.node.client import GatewayClient
from gongxiang.node.config import NodeConfig
from gongxiang.node.describe import split_table
from gongxiang.node.digests import BUCKETS, Hashes, Sums, TableDigests, difference, pack, unpack
from gongxiang.node.flow import Flow
from gongxiang.node.identity import Identity, load
from gongxiang.node.office import Office
from gongxiang.node.orders import OrderBook
from gongxiang.node.provider import cover
from gongxiang.node.tablereader import Reading
from gongxiang.protocol import clock
from gongxiang.protocol.messages import OpenGrant, OpenStream, Reconcile, Reconciled
from gongxiang.protocol.policy import compile_terms
from gongxiang.protocol.sentences import Sentence, parts_from, parts_of

log = logging.getLogger(__name__)

#: Seconds until the other node must have answered, and for which a flow stands still at most.
PATIENCE, STANDING = 300.0, 20.0
#: Rows whose hashes are compared at a time.
_ROWS_AT_ONCE = 200_000
_STREAM = """SELECT state->>'seq', state->>'table', state->>'loading', state->>'covered'
  FROM gongxiang.streams WHERE resource_id = $1::uuid"""


class Surroundings(Protocol):
    """What a comparison needs of the node it runs in."""

    config: NodeConfig
    identity: Identity
    client: GatewayClient
    book: OrderBook
    flows: dict[UUID, Flow]
    office: Office

    def alarm(self, code: str, detail: str, resource_id: UUID | None = None) -> None:
        """Tell the platform that a person must look."""


class NotNow(errors.Transient):
    """The comparison cannot be made now."""

    advice = "Ask for it again when the flow is live."


class Mailbox:
    """What the two nodes of one comparison leave for each other at the gateway."""

    def __init__(self, agent: Surroundings, order: Reconcile) -> None:
        self._agent, self._order = agent, order
        self._path = f"grants/{order.grant_id}/digests"
        self._until = time.monotonic() + PATIENCE

    def put(self, step: str, **value: Any) -> None:
        """Leave one letter."""
        self._agent.client.post_json(self._path, {"request_id": self._order.request_id, "step": step, **value})

    def get(self, *steps: str) -> dict[str, Any]:
        """Wait for the first of these letters from the other node; raises NotNow with the words it gave up with."""
        known, me = 0, str(self._agent.identity.node_id)
        while True:
            left = self._until - time.monotonic()
            if left <= 0:
                raise NotNow("The other node of the grant did not answer in time.")
            wait = min(15.0, left)
            value = self._agent.client.get_json(self._path, wait=wait, request_id=self._order.request_id, known=known)
            letters = value["digests"]
            for letter in letters:
                # On one machine a department may be both sides: then the letters are its own.
                theirs = letter["node_id"] != me or self._same_node()
                if letter["step"] == "impossible" and letter["node_id"] != me:
                    raise NotNow(Sentence.of(str(letter["words"]), parts_from(letter.get("parts"))))
                if letter["step"] in steps and theirs:
                    return dict(letter)
            known = len(letters)

    def _same_node(self) -> bool:
        state = self._agent.book.grants.get(self._order.grant_id)
        return state is not None and state.order.provider_node_id == state.order.consumer_node_id


class Reconciler:
    """Carries out the agent's Reconcile orders, each in a thread per side."""

    def __init__(self, agent: Surroundings) -> None:
        self._agent = agent

    def start(self, order: Reconcile) -> None:
        """Begin; the outcome is a fact."""
        state = self._agent.book.grants.get(order.grant_id)
        if state is None:
            return
        me = self._agent.identity.node_id
        for node_id, side in ((state.order.provider_node_id, self._provide), (state.order.consumer_node_id, self._compare)):
            if node_id == me:
                arguments = (side, order, state.order)
                threading.Thread(target=self._guarded, args=arguments, name="reconcile", daemon=True).start()

    def _guarded(self, side: Any, order: Reconcile, grant: OpenGrant) -> None:
        try:
            side(order, grant)
        except errors.DataPlaneError as error:
            self._give_up(order, errors.in_words(error))
        except Exception as error:
            log.error("reconcile %s: unexpected %s", order.request_id, errors.trace(error))
            self._give_up(order, Sentence("Unexpected {said}; the node's log says where.", said=type(error).__name__))

    def _give_up(self, order: Reconcile, words: str) -> None:
        log.warning("reconcile of grant %s: %s", order.grant_id, words)
        with suppress(errors.DataPlaneError):
            Mailbox(self._agent, order).put("impossible", words=words, parts=parts_of(words))
        self._agent.alarm(
            "reconcile_impossible", Sentence.joined(Sentence("Grant {grant_id}:", grant_id=order.grant_id), words)
        )

    # ---- the provider's side --------------------------------------------------------------------------------------------

    def _provide(self, order: Reconcile, grant: OpenGrant) -> None:
        """Take a position, send bucket sums, then hashes of the buckets that are asked for."""
        mailbox = Mailbox(self._agent, order)
        mailbox.get("standing")
        stream = self._agent.book.streams.get(grant.terms.resource_id)
        if stream is None:
            raise NotNow("The provider's stream of this resource is closed.")
        reading = Reading(self._agent.config.exchange_dsn)
        try:
            seq, table = _position(reading, stream, cover(grant, self._agent.book.grants[order.grant_id].since), order.grant_id)
            self._wait_until_shipped(stream.resource_id, seq)
            mailbox.put("position", seq=seq)
            digests = self._through_the_grant(reading, table, stream, grant, order.salt)
            mailbox.put("provider", **digests.sums().to_json())
            step = 0
            while True:
                letter = mailbox.get(f"ask {step}", "done")
                if letter["step"] == "done":
                    return
                keys, rows = digests.rows_of(letter["buckets"])
                mailbox.put(f"rows {step}", keys=pack(keys), rows=pack(rows))
                step += 1
        finally:
            reading.close()

    def _through_the_grant(self, reading: Reading, table: str, stream: OpenStream, grant: OpenGrant, salt: str) -> TableDigests:
        elements = tuple(mapped.element for mapped in stream.columns)
        answer = self._agent.client.get_json(f"grants/{grant.terms.grant_id}/secret")
        secrets = {str(name): bytes.fromhex(value) for name, value in answer["secrets"].items()}
        policy = compile_terms(grant.terms, elements, secrets)

        def rows() -> Iterator[pa.RecordBatch]:
            for batch in reading.batches("shared", table, elements):
                yield policy.project_load(batch)

        return TableDigests(rows, policy.schema, salt)

    def _wait_until_shipped(self, resource_id: UUID, seq: int) -> None:
        """The consumer can only come to a position that the gateway has."""
        until = time.monotonic() + STANDING / 2
        while True:
            head = self._agent.client.head(resource_id)
            if head is not None and head.seq >= seq:
                return
            if time.monotonic() > until:
                raise NotNow("The provider's node has segments that the gateway does not take.")
            time.sleep(0.02)

    # ---- the consumer's side --------------------------------------------------------------------------------------------

    def _compare(self, order: Reconcile, grant: OpenGrant) -> None:
        """Come to the provider's position, compare bucket by bucket, report."""
        agent, mailbox = self._agent, Mailbox(self._agent, order)
        flow = agent.flows.get(order.grant_id)
        cursor = flow.hold(None, STANDING) if flow is not None else None
        if flow is None or cursor is None:
            raise NotNow("The consumer's flow is not live.")
        target = PostgresTarget(agent.config.exchange_dsn)
        try:
            mailbox.put("standing", seq=cursor.seq)
            position = int(mailbox.get("position")["seq"])
            cursor = flow.hold(position, STANDING)
            if cursor is None:
                raise NotNow("The consumer's flow did not come to the provider's position in time.")
            snapshot = target.snapshot(cursor)
        finally:
            flow.release()
        try:
            digests = TableDigests(snapshot.batches, cursor.elements, order.salt)
            ours = digests.sums()
            theirs = Sums.from_json(mailbox.get("provider"))
            missing, surplus, different = self._drill(mailbox, digests, ours, theirs)
            mailbox.put("done")
        finally:
            snapshot.close()
            target.close()
        equal = not (missing or surplus or different)
        log.info("grant %s at %s: %s", order.grant_id, position, "equal" if equal else "different")
        agent.office.report(
            Reconciled(
                request_id=order.request_id,
                grant_id=order.grant_id,
                equal=equal,
                provider_rows=theirs.rows,
                consumer_rows=ours.rows,
                missing=missing,
                surplus=surplus,
                different=different,
                position=f"{cursor.epoch}/{position}",
                detail=_detail(cursor, position),
                at=clock.now(),
            )
        )

    def _drill(self, mailbox: Mailbox, digests: TableDigests, ours: Sums, theirs: Sums) -> tuple[int, int, int]:
        """Keys missing here, surplus here, and with other values."""
        differing = [bucket for bucket in range(BUCKETS) if ours.sums[bucket] != theirs.sums[bucket]]
        rows = max(ours.rows, theirs.rows, 1)
        at_once = max(1, _ROWS_AT_ONCE * BUCKETS // rows)
        missing = surplus = different = 0
        for step, start in enumerate(range(0, len(differing), at_once)):
            buckets = differing[start : start + at_once]
            mailbox.put(f"ask {step}", buckets=buckets)
            mine: tuple[Hashes, Hashes] = digests.rows_of(buckets)
            letter = mailbox.get(f"rows {step}")
            found = difference(mine, (unpack(letter["keys"]), unpack(letter["rows"])))
            missing, surplus, different = missing + found[0], surplus + found[1], different + found[2]
        return missing, surplus, different


def _position(reading: Reading, stream: OpenStream, wanted: str, grant_id: UUID) -> tuple[int, str]:
    """The stream's sequence and table within the reading; raises NotNow while the grant's load is under way."""
    row = reading.one(_STREAM, str(stream.resource_id))
    if row is None or row[2]:
        raise NotNow("The resource is still being loaded at its provider.")
    covered = json.loads(row[3] or "{}")
    if covered.get(str(grant_id)) != wanted:
        raise NotNow("The grant's present terms are still being loaded.")
    return int(row[0]), str(row[1])


def _detail(cursor: Cursor, position: int) -> str:
    return Sentence(
        "Compared after segment {position} of epoch {epoch}, revision {revision}.",
        position=position,
        epoch=cursor.epoch,
        revision=cursor.revision,
    )


# ---- what one node can check alone ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Outcome of a check within one node."""

    what: str
    equal: bool
    rows: int
    expected: int
    missing: int = 0
    surplus: int = 0
    different: int = 0
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return asdict(self)

    def in_words(self) -> str:
        """One line for the operator."""
        if self.problem:
            return f"{self.what}: {self.problem}"
        if self.equal:
            return f"{self.what}: equal, {self.rows} rows"
        return (
            f"{self.what}: {self.rows} rows, expected {self.expected};"
            f" missing {self.missing}, surplus {self.surplus}, different {self.different}"
        )


def check_here(config: NodeConfig) -> list[Checked]:
    """Compare source tables with shared tables, and received tables with their cursors; needs no gateway."""
    book = OrderBook.load(config.home / "orders.json", load(config)[0].platform_key)
    found = []
    for stream in book.streams.values():
        if config.source_dsn is not None:
            found.append(check_stream(config.source_dsn, config.exchange_dsn, stream))
    target = PostgresTarget(config.exchange_dsn)
    try:
        target.open()
        for cursor in target.cursors():
            found.append(_check_received(target, cursor))
    finally:
        target.close()
    return found


def check_stream(source_dsn: str, exchange_dsn: str, stream: OpenStream, *, looks: int = 4, pause: float = 1.0) -> Checked:
    """Compare a source table with its shared table; what only lags behind is looked at again until it has come."""
    what = f"{stream.source_table} -> shared.{stream.exchange_table}"
    elements = [mapped.element for mapped in stream.columns]
    columns = [mapped.column for mapped in stream.columns]
    schema, table = split_table(stream.source_table)
    stubborn: set[tuple[int, int]] | None = None
    source = shared = 0
    counts = (0, 0, 0)
    try:
        for look in range(looks):
            with_source, with_shared = Reading(source_dsn), Reading(exchange_dsn)
            try:
                row = with_shared.one(_STREAM, str(stream.resource_id))
                if row is None or row[2]:
                    return Checked(what=what, equal=False, rows=0, expected=0, problem="it is still being loaded.")
                sides = (
                    TableDigests(lambda r=with_source: r.batches(schema, table, elements, columns), elements, "local"),  # type: ignore[misc]
                    TableDigests(lambda r=with_shared, t=str(row[1]): r.batches("shared", t, elements), elements, "local"),  # type: ignore[misc]
                )
                sums = [side.sums() for side in sides]
                source, shared = sums[0].rows, sums[1].rows
                buckets = [b for b in range(BUCKETS) if sums[0].sums[b] != sums[1].sums[b]]
                theirs, ours = sides[0].rows_of(buckets), sides[1].rows_of(buckets)
            finally:
                with_source.close()
                with_shared.close()
            counts = difference(ours, theirs)
            # A row in motion differs otherwise at the next look; one that differs in the same way stays different.
            pairs = set(zip(theirs[0].tolist(), theirs[1].tolist(), strict=True)) ^ set(
                zip(ours[0].tolist(), ours[1].tolist(), strict=True)
            )
            stubborn = pairs if stubborn is None else stubborn & pairs
            if not stubborn:
                return Checked(what=what, equal=True, rows=shared, expected=source)
            if look + 1 < looks:
                time.sleep(pause)
    except errors.DataPlaneError as error:
        return Checked(what=what, equal=False, rows=shared, expected=source, problem=errors.in_words(error))
    missing, surplus, different = counts
    return Checked(what=what, equal=False, rows=shared, expected=source, missing=missing, surplus=surplus, different=different)


def _check_received(target: PostgresTarget, cursor: Cursor) -> Checked:
    what = f"received.{cursor.table}"
    try:
        target.check(cursor)
        if not cursor.elements:
            return Checked(what=what, equal=True, rows=0, expected=0)
        snapshot = target.snapshot(cursor)
        try:
            rows = sum(batch.num_rows for batch in snapshot.batches())
        finally:
            snapshot.close()
    except errors.DataPlaneError as error:
        return Checked(what=what, equal=False, rows=0, expected=cursor.rows, problem=errors.in_words(error))
    gap = cursor.rows - rows
    return Checked(what=what, equal=gap == 0, rows=rows, expected=cursor.rows, missing=max(gap, 0), surplus=max(-gap, 0))
