"""One call on its way through the gateway, and its answer."""

import functools
import json
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.errors import DataPlaneError, RequestMalformed, RequestReplayed, TooManyRequests
from gongxiang.protocol.requests import WINDOW, SignedRequest

#: Longest a poll may sleep.
LONGEST_WAIT = 60.0
#: Seconds after which a call that failed by the state of things is worth repeating; nodes back off by themselves.
RETRY_AFTER = "5"


@dataclass(frozen=True, kw_only=True)
class Party:
    """Who calls: a node, or whoever else, by `name` for the record."""

    name: str
    node_id: UUID | None = None
    public_key: str = ""
    admitted: bool = False


@dataclass(kw_only=True)
class Call:
    """A request as it was received; `party` and `parameters` are filled in on the way."""

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    host: str
    at: datetime
    parameters: dict[str, str] = field(default_factory=dict)
    party: Party = field(default_factory=lambda: Party(name=""))

    @property
    def target(self) -> str:
        """Path with query, as it was signed."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def node_id(self) -> UUID:
        """The calling node; only for doors that nodes alone may enter."""
        assert self.party.node_id is not None
        return self.party.node_id

    @functools.cached_property
    def _texts(self) -> dict[str, str]:
        return dict(parse_qsl(self.query))

    def uuid(self, name: str) -> UUID:
        """A UUID of the address."""
        return UUID(self.parameters[name])

    def number(self, name: str, default: float, most: float) -> float:
        """A number of the query between 0 and `most`; raises RequestMalformed."""
        text = self._texts.get(name)
        try:
            value = default if text is None else float(text)
        except ValueError as error:
            raise RequestMalformed("The parameter {name} must be a number.", name=name) from error
        if not value >= 0:
            raise RequestMalformed("The parameter {name} must not be negative.", name=name)
        return min(value, most)

    def text(self, name: str) -> str:
        """A text of the query, "" if it is absent."""
        return self._texts.get(name, "")

    def json(self) -> Any:
        """The body as JSON; raises RequestMalformed, also for half a pair of a character, which no text may hold."""
        try:
            value = json.loads(self.body)
            if b"\\u" in self.body:
                json.dumps(value, ensure_ascii=False).encode("utf-8")
            return value
        except (ValueError, RecursionError) as error:
            raise RequestMalformed("The body is not JSON.") from error


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes | list[bytes] = field(default=b"", repr=False)
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any) -> "Answer":
        """An answer of canonical JSON."""
        return cls(body=canonical(value))

    @classmethod
    def refusing(cls, error: DataPlaneError) -> "Answer":
        """The one error body."""
        headers = {"retry-after": RETRY_AFTER} if error.status in (429, 503) else {}
        return cls(status=error.status, body=canonical(error.to_json()), headers=headers)


class Nonces:
    """Which requests were received lately, in this process.

    What was signed before the process started is refused instead of remembered on disk: its sender signs it anew. The
    process's age is measured by a clock nobody sets, so moving the product's clock opens no gap.
    """

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._seen: OrderedDict[tuple[UUID, str], float] = OrderedDict()

    def check(self, request: SignedRequest, at: datetime) -> None:
        """Remember the request; raise RequestReplayed if it was received before."""
        now = time.monotonic()
        if (at - request.time).total_seconds() > now - self._started:
            raise RequestReplayed("The request was signed before the gateway started: sign it anew.")
        while self._seen and now - next(iter(self._seen.values())) > 2 * WINDOW.total_seconds():
            self._seen.popitem(last=False)
        key = request.node_id, request.nonce
        if key in self._seen:
            raise RequestReplayed
        self._seen[key] = now


class Limiter:
    """So many calls a second per caller, with two seconds' worth saved up."""

    def __init__(self, rate: int) -> None:
        self._rate = float(rate)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, name: str, cost: float = 1.0) -> None:
        """Count one call; raise TooManyRequests if the caller has none left."""
        now = time.monotonic()
        tokens, since = self._buckets.pop(name, (2 * self._rate, now))
        tokens = min(2 * self._rate, tokens + (now - since) * self._rate)
        served = tokens >= cost
        self._buckets[name] = (tokens - cost if served else tokens, now)
        if len(self._buckets) > 10_000:
            self._buckets.popitem(last=False)
        if not served:
            raise TooManyRequests
