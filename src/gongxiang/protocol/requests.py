"""How a node signs its HTTP requests and how the gateway checks them: who, when, once, and for exactly these bytes.

The signature covers method, path with query, time, nonce and the digest of the body (`gx-digest` names its algorithm,
SM3 if absent). Only identity is decided here: what the caller may do is decided by orders.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gongxiang.protocol.canonical import canonical, instant, parse_instant
from gongxiang.protocol.errors import ClockSkewed, RequestMalformed, SignatureWrong
from gongxiang.protocol.segments import DEFAULT_DIGEST, DIGESTS
from gongxiang.protocol.signing import Signer, verify

NODE, TIME, NONCE, SIGNATURE, DIGEST = "gx-node", "gx-time", "gx-nonce", "gx-signature", "gx-digest"
#: How far a caller's clock may be off; nonces are remembered for twice as long.
WINDOW = timedelta(seconds=120)


@dataclass(frozen=True, kw_only=True)
class SignedRequest:
    """The claims in a request's headers, not yet verified."""

    node_id: UUID
    time: datetime
    nonce: str
    signature: str
    #: Algorithm of the body's digest.
    digest: str = "sm3"


def body_digest(body: bytes, algorithm: str) -> str:
    """The digest of a request's body as it is signed: plain hex for SM3, else with the algorithm's name before it."""
    found = hashlib.new(algorithm, body).hexdigest()
    return found if algorithm == "sm3" else f"{algorithm}:{found}"


def _signed_bytes(*, method: str, path: str, time: str, nonce: str, body: bytes, algorithm: str) -> bytes:
    digest = body_digest(body, algorithm)
    return canonical({"method": method.upper(), "path": path, "time": time, "nonce": nonce, "body_digest": digest})


def sign_request(
    *,
    signer: Signer,
    node_id: UUID,
    method: str,
    path: str,
    body: bytes = b"",
    at: datetime,
    nonce: str = "",
    algorithm: str = DEFAULT_DIGEST,
) -> dict[str, str]:
    """The headers that make this request the node's; `path` with its query, as it is sent."""
    nonce, time = nonce or os.urandom(16).hex(), instant(at)
    spoken = _signed_bytes(method=method, path=path, time=time, nonce=nonce, body=body, algorithm=algorithm)
    return {NODE: str(node_id), TIME: time, NONCE: nonce, DIGEST: algorithm, SIGNATURE: signer.sign(spoken)}


def read_request(headers: Mapping[str, str]) -> SignedRequest:
    """The claims in `headers` (lower-case names); raises RequestMalformed."""
    try:
        nonce = headers[NONCE]
        if not 16 <= len(nonce) <= 64 or nonce != bytes.fromhex(nonce).hex():
            raise ValueError("gx-nonce must be 16 to 64 hex digits")
        algorithm = headers.get(DIGEST, "sm3")
        if algorithm not in DIGESTS:
            raise ValueError(f"gx-digest must be one of {', '.join(DIGESTS)}")
        return SignedRequest(
            node_id=UUID(headers[NODE]),
            time=parse_instant(headers[TIME]),
            nonce=nonce,
            signature=headers[SIGNATURE],
            digest=algorithm,
        )
    except KeyError as error:
        raise RequestMalformed("The header {name} is missing.", name=error.args[0]) from error
    except ValueError as error:
        raise RequestMalformed("The identity headers cannot be read: {said}", said=error) from error


def verify_request(request: SignedRequest, *, public_key: str, method: str, path: str, body: bytes = b"", at: datetime) -> None:
    """Return if the request is the key holder's and fresh at `at`; raise SignatureWrong or ClockSkewed.

    The signature is checked first, so that a stranger learns nothing and only a real node hears about its clock.
    """
    time = instant(request.time)
    signed = _signed_bytes(method=method, path=path, time=time, nonce=request.nonce, body=body, algorithm=request.digest)
    if not verify(public_key, signed, request.signature):
        raise SignatureWrong
    if abs(at - request.time) > WINDOW:
        raise ClockSkewed(
            "The node's clock says {said}, the gateway's {now}: more than two minutes apart.",
            said=instant(request.time),
            now=instant(at),
            node_time=instant(request.time),
            gateway_time=instant(at),
        )
