"""The node's way to the gateway: HTTPS it opens itself, the certificate pinned, calls signed; for agent, flows and streams.

Keeps one connection per thread alive, so one client serves all threads of a node. Never follows a redirect or a proxy, and
never trusts a certificate authority: the fingerprint given at enrolment decides.
"""

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from gongxiang.node import errors
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import canonical, parse_instant
from gongxiang.protocol.errors import StreamEmpty
from gongxiang.protocol.messages import Message, SignedOrder
from gongxiang.protocol.receipts import Receipt
from gongxiang.protocol.requests import sign_request
from gongxiang.protocol.signing import Signer

#: Seconds within which an answer must begin, beyond the `wait` of a long poll.
PATIENCE = 30.0
_BASE = "/x/v1/"


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """What the gateway answers to a good code."""

    node_id: UUID
    node_name: str
    department_id: UUID
    platform_key: str
    gateway_key: str


@dataclass(frozen=True, kw_only=True)
class Head:
    """Where a resource's stream, or a grant's projection of it, stands at the gateway."""

    epoch: int
    seq: int
    digest: str
    position: str = ""
    #: The segment was known before: nothing was written twice.
    repeat: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A good answer of the gateway."""

    body: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """The body as JSON; raises AnswerUnreadable."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise errors.AnswerUnreadable("The gateway's answer is not JSON: {said}.", said=error) from error


class GatewayClient:
    """Signed calls to one gateway for one node; safe to use from several threads."""

    def __init__(self, url: str, fingerprint: str, *, node_id: UUID | None = None, key: Signer | None = None) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 443
        self._prefix = parts.path.rstrip("/") + _BASE
        self._fingerprint = fingerprint
        self._node_id, self._key = node_id, key
        self._local = threading.local()
        self._open: set[http.client.HTTPSConnection] = set()
        self._lock = threading.Lock()
        self._closed = False
        #: Seconds by which the gateway's clock is ahead of ours, as last heard; None before the first answer.
        self.skew: float | None = None
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._tls.check_hostname = False
        self._tls.verify_mode = ssl.CERT_NONE

    # ---- calls ----------------------------------------------------------------------------------------------------------

    def enrol(self, *, code: str, public_key: str, host: str, software: str) -> Enrolment:
        """Use an enrolment code; raises CodeUnknown, CodeUsed, CodeExpired, FingerprintMismatch."""
        body = canonical({"code": code, "public_key": public_key, "host": host, "software": software})
        value = self.call("POST", "enrol", body=body, signed=False).json()
        try:
            return Enrolment(
                node_id=UUID(value["node_id"]),
                node_name=str(value["node_name"]),
                department_id=UUID(value["department_id"]),
                platform_key=str(value["platform_key"]),
                gateway_key=str(value["gateway_key"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise errors.AnswerUnreadable("The gateway's answer to the enrolment lacks {said}.", said=error) from error

    def orders(self, *, after: int, wait: float) -> list[SignedOrder]:
        """This node's orders after an id, waiting up to `wait` seconds for news; the newest lease comes with them."""
        value = self.call("GET", "orders", query={"after": after, "wait": wait}, wait=wait).json()
        try:
            return [SignedOrder(**{**item, "issued_at": parse_instant(item["issued_at"])}) for item in value["orders"]]
        except (KeyError, TypeError, ValueError) as error:
            raise errors.AnswerUnreadable("The gateway's orders are not understood: {said}.", said=error) from error

    def head(self, resource_id: UUID) -> Head | None:
        """Where the gateway's log of this resource ends; None if it has none."""
        try:
            return _head(self.call("GET", f"streams/{resource_id}/head").json())
        except StreamEmpty:
            return None

    def post_segment(self, resource_id: UUID, data: bytes) -> Head:
        """Deliver one sealed segment; a repeat is answered like the first time (`repeat`)."""
        return _head(self.call("POST", f"streams/{resource_id}/segments", body=data, kind="application/octet-stream").json())

    def segments(self, grant_id: UUID, *, epoch: int, after: int, wait: float, max_bytes: int) -> bytes:
        """The grant's projected segments after (epoch, seq), concatenated; empty if nothing came within `wait` seconds."""
        query = {"after": after, "epoch": epoch, "wait": wait, "max_bytes": max_bytes}
        return self.call("GET", f"grants/{grant_id}/segments", query=query, wait=wait).body

    def receipt(self, receipt: Receipt) -> None:
        """Hand in a signed receipt."""
        self.call("POST", f"grants/{receipt.grant_id}/receipts", body=canonical(receipt.to_json()))

    def facts(self, facts: Sequence[Message]) -> None:
        """Tell the platform what happened here."""
        if facts:
            self.call("POST", "facts", body=canonical({"facts": [fact.to_json() for fact in facts]}))

    def post_json(self, path: str, value: Any) -> Any:
        """Send `value` as canonical JSON; the answer's JSON."""
        return self.call("POST", path, body=canonical(value)).json()

    def get_json(self, path: str, *, wait: float = 0.0, **query: Any) -> Any:
        """The answer's JSON."""
        return self.call("GET", path, query={**query, "wait": wait} if wait else query, wait=wait).json()

    def hang_up(self) -> None:
        """Give back the calling thread's connection."""
        connection: http.client.HTTPSConnection | None = getattr(self._local, "connection", None)
        if connection is not None:
            self._drop(connection)

    def close(self) -> None:
        """End every connection, also those other threads are waiting on; later calls raise GatewayUnreachable."""
        with self._lock:
            self._closed = True
            for connection in self._open:
                with suppress(OSError, AttributeError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

    # ---- transport ------------------------------------------------------------------------------------------------------

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: bytes = b"",
        kind: str = "application/json",
        wait: float = 0.0,
        signed: bool = True,
    ) -> Answer:
        """One call; raises the named error the gateway answered with, or what kept the call from it."""
        target = self._prefix + path + (f"?{urlencode(query)}" if query else "")
        for last in (False, True):
            connection, fresh = self._connection(wait)
            headers = {"content-type": kind} | (self._signature(method, target, body) if signed else {})
            try:
                connection.request(method, target, body=body or None, headers=headers)
                response = connection.getresponse()
                content = response.read()
            except (OSError, http.client.HTTPException) as error:
                self._drop(connection)
                # A kept connection may have been closed by the other side meanwhile: that alone is no failure.
                if last or fresh or self._closed or isinstance(error, TimeoutError):
                    raise self._unreachable(error) from error
                continue
            answer = Answer(body=content, headers={k.lower(): v for k, v in response.getheaders()})
            self._note_clock(answer)
            if response.will_close:
                self._drop(connection)
            if response.status < 300:
                return answer
            raise _refusal(answer, response.status)
        raise AssertionError("unreachable")

    def _signature(self, method: str, target: str, body: bytes) -> dict[str, str]:
        if self._key is None or self._node_id is None:
            raise errors.NotEnrolled()
        return sign_request(signer=self._key, node_id=self._node_id, method=method, path=target, body=body, at=clock.now())

    def _connection(self, wait: float) -> tuple[http.client.HTTPSConnection, bool]:
        if self._closed:
            raise errors.GatewayUnreachable("The node is stopping.")
        known: http.client.HTTPSConnection | None = getattr(self._local, "connection", None)
        if known is not None and known.sock is not None:
            known.sock.settimeout(PATIENCE + wait)
            return known, False
        connection = http.client.HTTPSConnection(self._host, self._port, timeout=PATIENCE + wait, context=self._tls)
        try:
            connection.connect()
        except OSError as error:
            raise self._unreachable(error) from error
        seen = hashlib.sha256(connection.sock.getpeercert(binary_form=True) or b"").hexdigest()
        if not hmac.compare_digest(seen, self._fingerprint):
            connection.close()
            raise errors.FingerprintMismatch(
                "The certificate of {host}:{port} has the fingerprint {seen}, expected was {wanted}.",
                host=self._host,
                port=self._port,
                seen=seen,
                wanted=self._fingerprint,
            )
        self._local.connection = connection
        with self._lock:
            self._open.add(connection)
            if self._closed:
                connection.close()
        return connection, True

    def _drop(self, connection: http.client.HTTPSConnection) -> None:
        with self._lock:
            self._open.discard(connection)
        self._local.connection = None
        connection.close()

    def _unreachable(self, error: Exception) -> errors.GatewayUnreachable:
        why = str(error) or type(error).__name__
        return errors.GatewayUnreachable(
            "The gateway at {host}:{port} cannot be reached: {why}.", host=self._host, port=self._port, why=why
        )

    def _note_clock(self, answer: Answer) -> None:
        said = answer.headers.get("gx-time")
        if said:
            with suppress(ValueError):
                self.skew = (parse_instant(said) - clock.now()).total_seconds()


def _head(value: Any) -> Head:
    try:
        return Head(
            epoch=int(value["epoch"]),
            seq=int(value["seq"]),
            digest=str(value["digest"]),
            position=str(value.get("position", "")),
            repeat=bool(value.get("repeat", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise errors.AnswerUnreadable("The gateway's answer about a stream is not understood: {said}.", said=error) from error


def _refusal(answer: Answer, status: int) -> errors.DataPlaneError:
    try:
        body = json.loads(answer.body)
        if isinstance(body["error"]["code"], str):
            return errors.error_from(body)
    except (ValueError, KeyError, TypeError):
        pass
    text = f"The gateway answered {status} without a named error."
    return errors.GatewayBusy(text) if status >= 500 else errors.AnswerUnreadable(text)
