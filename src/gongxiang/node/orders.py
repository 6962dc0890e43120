"""The orders a node follows: verified, kept on disk, and read as what holds now; for the agent.

Only what the platform signed is followed. An order is kept until a newer one about the same thing replaces it, so that a node
that starts without the gateway still knows what is suspended and what is over.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from gongxiang.node import errors
from gongxiang.node.identity import write_atomically
from gongxiang.protocol.canonical import instant, parse_instant
from gongxiang.protocol.disposal import DestroyTable
from gongxiang.protocol.messages import (
    ORDERS,
    CloseStream,
    EndGrant,
    Lease,
    Message,
    OpenGrant,
    OpenStream,
    ResumeGrant,
    RevokeNode,
    SignedOrder,
    SuspendGrant,
    UnknownMessage,
    parse,
)
from gongxiang.protocol.policy import needs_new_load
from gongxiang.protocol.signing import verify


@dataclass(kw_only=True)
class GrantState:
    """What holds of one grant."""

    order: OpenGrant
    #: The revision that brought the present projection; later ones changed dates or purposes only.
    since: int = 0
    suspended: str = ""
    ended: str = ""


@dataclass(kw_only=True)
class OrderBook:
    """The orders in force for one node."""

    path: Path
    platform_key: str
    #: The last order received; the gateway is asked for what comes after it.
    after: int = 0
    lease: Lease | None = None
    revoked: str = ""
    streams: dict[UUID, OpenStream] = field(default_factory=dict)
    grants: dict[UUID, GrantState] = field(default_factory=dict)
    #: What the department ordered to be destroyed: done again after a crash, which changes nothing.
    destructions: dict[UUID, DestroyTable] = field(default_factory=dict)
    _kept: dict[str, SignedOrder] = field(default_factory=dict)
    _states: dict[UUID, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, platform_key: str) -> "OrderBook":
        """The book as it was last saved; an order on disk that is not the platform's is left out."""
        book = cls(path=path, platform_key=platform_key)
        if not path.exists():
            return book
        try:
            value = json.loads(path.read_text("utf-8"))
            kept = [SignedOrder(**{**item, "issued_at": parse_instant(item["issued_at"])}) for item in value["orders"]]
            after = int(value["after"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise errors.StateDamaged("{path} cannot be read: {said}.", path=path, said=type(error).__name__) from error
        for signed in sorted(kept, key=lambda order: order.id):
            try:
                book.take(signed)
            except errors.OrderForged:
                # What was damaged here the gateway still has: everything is asked for anew.
                after = 0
        for grant_id, since in value.get("since", {}).items():
            if UUID(grant_id) in book.grants:
                book.grants[UUID(grant_id)].since = int(since)
        book.after = after
        return book

    def save(self) -> None:
        """Write the book to disk."""
        orders = [{**asdict(signed), "issued_at": instant(signed.issued_at)} for signed in self._kept.values()]
        since = {str(grant_id): state.since for grant_id, state in self.grants.items()}
        write_atomically(self.path, json.dumps({"after": self.after, "since": since, "orders": orders}, ensure_ascii=False))

    def take(self, signed: SignedOrder) -> Message | None:
        """Enter one order; the message if it says something new, None if it is old or not understood; raises OrderForged."""
        if not verify(self.platform_key, signed.signed_bytes, signed.signature):
            raise errors.OrderForged(
                "Order {number} does not carry the platform's signature: it is not followed.", number=signed.id
            )
        try:
            order = parse(json.loads(signed.body), ORDERS)
        except (UnknownMessage, ValueError):
            return None
        subject = _subject(order)
        if subject is None:
            return order
        known = self._kept.get(subject)
        if known is not None and known.id >= signed.id:
            return None
        if not self._enter(order):
            return None
        self._kept[subject] = signed
        return order

    def _enter(self, order: Message) -> bool:
        match order:
            case OpenStream():
                self.streams[order.resource_id] = order
            case CloseStream():
                self.streams.pop(order.resource_id, None)
            case OpenGrant():
                terms = order.terms
                state = self.grants.get(terms.grant_id)
                if state is None:
                    suspended, ended = self._states.get(terms.grant_id, ("", ""))
                    self.grants[terms.grant_id] = GrantState(
                        order=order, since=terms.revision, suspended=suspended, ended=ended
                    )
                elif terms.revision >= state.order.terms.revision:
                    if needs_new_load(state.order.terms, terms):
                        state.since = terms.revision
                    state.order = order
                else:
                    return False
            case SuspendGrant():
                self._set(order.grant_id, suspended=order.reason or "suspended")
            case ResumeGrant():
                self._set(order.grant_id, suspended="")
            case EndGrant():
                self._set(order.grant_id, ended=order.reason or "ended")
            case DestroyTable():
                self.destructions[order.grant_id] = order
            case Lease():
                self.lease = order
            case RevokeNode():
                self.revoked = order.reason or "revoked"
            case _:
                pass
        return True

    def _set(self, grant_id: UUID, *, suspended: str | None = None, ended: str | None = None) -> None:
        # An order may overtake the one that opens the grant: its word is kept until that comes.
        was = self._states.get(grant_id, ("", ""))
        now = (was[0] if suspended is None else suspended, was[1] if ended is None else ended)
        self._states[grant_id] = now
        if grant_id in self.grants:
            self.grants[grant_id].suspended, self.grants[grant_id].ended = now

    def lease_until(self) -> datetime | None:
        """Until when the orders hold."""
        return self.lease.valid_until if self.lease else None


def _subject(order: Any) -> str | None:
    """What an order is about: a newer one about the same replaces it; None for what is done once and forgotten."""
    match order:
        case OpenStream() | CloseStream():
            return f"stream {order.resource_id}"
        case OpenGrant():
            return f"terms {order.terms.grant_id}"
        case SuspendGrant() | ResumeGrant():
            return f"valve {order.grant_id}"
        case EndGrant():
            return f"end {order.grant_id}"
        case DestroyTable():
            return f"destroy {order.grant_id}"
        case Lease():
            return "lease"
        case RevokeNode():
            return "revoked"
        case _:
            return None
