"""One signed POST to a department's own office system: where it may go, how it is signed, what counts as taken.

For the worker. Must never follow a redirect, ask the name twice, or reach this machine or its neighbours by accident: the
address is resolved once, held against the networks allowed, and connected to as it was resolved.
"""

import contextlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from gongxiang.platform.notices.errors import AddressForbidden, AddressWrong

#: Seconds for each step with the other side.
PATIENCE = 8.0
LONGEST_ADDRESS = 500
#: Seconds for the whole of it: an answer that comes a byte at a time does not hold up everybody's messages.
LONGEST = 30.0
#: IPv6 networks whose last four bytes are an IPv4 number: translating ones (RFC 6052, 8215, 7915), and how it once was.
_TRANSLATED = tuple(ipaddress.IPv6Network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
ALGORITHMS = {"sm3": "sm3", "sha256": "sha256"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: a status, or why none did."""

    status: int | None
    problem: str = ""

    @property
    def taken(self) -> bool:
        """Whether the other side took the message."""
        return self.status is not None and 200 <= self.status < 300


def check_address(address: str) -> SplitResult:
    """The parts of an address that may be entered; raises AddressWrong, or AddressForbidden for a number not allowed."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise AddressWrong(field="address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise AddressWrong(field="address")
    if len(address) > LONGEST_ADDRESS or port == 0 or any(ord(sign) < 33 for sign in address.strip()):
        raise AddressWrong(field="address")
    try:
        number = ipaddress.ip_address(parts.hostname)
    except ValueError:
        if parts.hostname == "localhost" or parts.hostname.endswith(".localhost"):
            _check_number(ipaddress.ip_address("127.0.0.1"))
        _check_name(parts.hostname)
        return parts
    _check_number(number)
    return parts


def _check_name(host: str) -> None:
    """Raise AddressWrong for a name that no resolver can be asked: an empty or overlong part."""
    try:
        host.encode("idna")
    except UnicodeError:
        raise AddressWrong(field="address") from None


def _check_number(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """Raise AddressForbidden unless messages may go there: the intranet as the installation names it, and public addresses."""
    if isinstance(number, ipaddress.IPv6Address):
        number = number.ipv4_mapped or number.sixtofour or _carried(number) or number
    networks = [ipaddress.ip_network(one) for one in settings.WEBHOOK_NETWORKS]
    if number.is_loopback or _is_ours(number):
        # The intranet is allowed as a whole; this machine's own number in it has to be meant.
        networks = [one for one in networks if one.num_addresses == 1 or one.is_loopback]
        if not any(number.version == network.version and number in network for network in networks):
            raise AddressForbidden(field="address", address=str(number))
    if any(number.version == network.version and number in network for network in networks):
        return
    local = isinstance(number, ipaddress.IPv6Address) and number.is_site_local
    if not number.is_global or number.is_multicast or local:
        raise AddressForbidden(field="address", address=str(number))


def _is_ours(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether the number is one of this machine's: what it would send there would come from there. Nothing is sent."""
    family = socket.AF_INET if number.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((str(number), 9))
            return bool(asking.getsockname()[0] == str(number))
    except OSError:
        return False


def _carried(number: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 number that a translating network would reach in its place (NAT64), or that it once stood for (`::a.b.c.d`)."""
    if any(number in one for one in _TRANSLATED) or (number in _COMPATIBLE and int(number) > 1):
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return None


def _resolve(host: str, port: int) -> str:
    """The one number of the name that is connected to; every number it has must be allowed."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    for number in numbers:
        _check_number(ipaddress.ip_address(number))
    return numbers[0]


class _Lines:
    """What is read of an answer, and the last line of it: the empty one ends the head, the end of the connection does not."""

    def __init__(self, read: Any) -> None:
        self._read, self.last = read, b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._read, name)

    def readline(self, limit: int = -1) -> bytes:
        """The next line; empty where there is none."""
        self.last = self._read.readline(limit)
        return bytes(self.last)


class _WholeHead(http.client.HTTPResponse):
    """An answer counts when its head came to its end: the library takes a head that was cut off for a whole one."""

    def begin(self) -> None:
        """Read the head; raises IncompleteRead if the connection ended, or was ended, in the middle of it."""
        lines = _Lines(self.fp)
        self.fp = lines  # type: ignore[assignment]
        super().begin()
        if lines.last.strip(b"\r\n") or not lines.last:
            raise http.client.IncompleteRead(lines.last)


class _Pinned(http.client.HTTPConnection):
    """A connection to a number that was checked, under the name that was asked for."""

    response_class = _WholeHead

    def __init__(self, host: str, port: int, number: str, *, encrypted: bool) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self._number, self._encrypted = number, encrypted

    def connect(self) -> None:
        """Connect to the number; under TLS the certificate must be the name's."""
        family = socket.AF_INET6 if ":" in self._number else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect((self._number, self.port))
        if self._encrypted:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def abort(self) -> None:
        """End whatever is under way; the one who waits gets an error."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def sign(secret: bytes, algorithm: str, timestamp: int, body: bytes) -> str:
    """`sm3=<hex>`: HMAC over the timestamp, a point and the body, so that an old message cannot be sent again as new."""
    message = str(timestamp).encode("ascii") + b"." + body
    return f"{algorithm}={hmac.new(secret, message, ALGORITHMS[algorithm]).hexdigest()}"


def post(
    address: str, *, body: Mapping[str, Any], secret: bytes, algorithm: str, message_id: str, kind: str, at: datetime
) -> Answer:
    """Send one message; never raises for what the other side or the network does."""
    sent = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    timestamp = int(at.timestamp())
    try:
        parts = check_address(address)
        assert parts.hostname is not None
        encrypted = parts.scheme == "https"
        port = parts.port or (443 if encrypted else 80)
        connection = _Pinned(parts.hostname, port, _resolve(parts.hostname, port), encrypted=encrypted)
    except (AddressForbidden, AddressWrong):
        return Answer(status=None, problem="forbidden")
    except (OSError, ValueError):
        # A name may be refused before it is asked for; nobody else's messages wait for that.
        return Answer(status=None, problem="unknown_host")
    watch = threading.Timer(LONGEST, connection.abort)
    watch.daemon = True
    watch.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body=sent, headers={
            "Content-Type": "application/json; charset=utf-8", "User-Agent": "Gongxiang", "Connection": "close",
            "X-Gongxiang-Id": message_id, "X-Gongxiang-Event": kind, "X-Gongxiang-Timestamp": str(timestamp),
            "X-Gongxiang-Signature": sign(secret, algorithm, timestamp, sent),
        })  # fmt: skip
        answer = connection.getresponse()
        return Answer(status=answer.status, problem="" if 200 <= answer.status < 300 else "refused")
    except TimeoutError:
        return Answer(status=None, problem="timeout")
    except ssl.SSLError:
        return Answer(status=None, problem="certificate")
    except (OSError, http.client.HTTPException, ValueError):
        return Answer(status=None, problem="no_connection")
    finally:
        watch.cancel()
        connection.close()
