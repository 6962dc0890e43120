"""Enrolment: a one-time code and a public key make a machine a node; and which key speaks for which node.

A code is consumed in the same commit that tells the platform, so it works once even if two machines come at once.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gongxiang.gateway.book import Book
from gongxiang.gateway.database import Database
from gongxiang.gateway.facts import row_of
from gongxiang.protocol import clock, killpoints
from gongxiang.protocol.canonical import instant
from gongxiang.protocol.errors import CodeUsed, RequestMalformed
from gongxiang.protocol.messages import NodeEnrolled
from gongxiang.protocol.signing import key_id


@dataclass(frozen=True, kw_only=True)
class EnrolmentRequest:
    """What a machine sends with its code."""

    code: str
    public_key: str
    host: str
    software: str

    @classmethod
    def from_json(cls, value: Any) -> "EnrolmentRequest":
        """Read it; raises RequestMalformed."""
        try:
            request = cls(
                code=str(value["code"]).strip(),
                public_key=str(value["public_key"]),
                host=str(value["host"])[:200],
                software=str(value["software"])[:200],
            )
            algorithm, _, point = request.public_key.partition(":")
            if algorithm not in ("sm2", "ed25519") or len(bytes.fromhex(point)) not in (32, 65):
                raise ValueError("public_key is not a key of this product")
            key_id(request.public_key)
        except (KeyError, TypeError, ValueError) as error:
            raise RequestMalformed("The enrolment cannot be read: {said}", said=error) from error
        return request


def code_digest(code: str) -> str:
    """The digest by which the platform's offer names a code."""
    return hashlib.new("sm3", code.encode("utf-8")).hexdigest()


def node_of_code(book: Book, body: bytes) -> UUID | None:
    """Which node a refused code was for, as far as the orders tell."""
    try:
        found = book.offers.get(code_digest(str(json.loads(body)["code"]).strip()))
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return found[1].node_id if found else None


async def enrol(database: Database, book: Book, request: EnrolmentRequest, *, gateway_key: str, platform_key: str) -> Any:
    """Use a code; raises CodeUnknown, CodeUsed or CodeExpired."""
    at, digest = clock.now(), code_digest(request.code)
    async with database.transaction() as connection:
        cursor = await connection.execute("SELECT 1 FROM exchange.enrolments WHERE code_digest = %s", [digest])
        if await cursor.fetchone():
            raise CodeUsed
        offer = book.offer(digest, at)
        cursor = await connection.execute(
            "INSERT INTO exchange.enrolments (code_digest, node_id, public_key, host, software, enrolled_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [digest, offer.node_id, request.public_key, request.host, request.software, at],
        )
        if cursor.rowcount != 1:
            raise CodeUsed
        fact = NodeEnrolled(
            node_id=offer.node_id, public_key=request.public_key, host=request.host, software=request.software, at=at
        )
        await connection.execute("INSERT INTO link.facts (kind, body) VALUES (%s, %s)", row_of(fact))
    killpoints.reach("gateway.enrolled")
    return {
        "node_id": offer.node_id,
        "node_name": offer.node_name,
        "department_id": offer.department_id,
        "platform_key": platform_key,
        "gateway_key": gateway_key,
        "time": instant(at),
    }


async def enrolled_key(database: Database, node_id: UUID) -> str | None:
    """The key of the node's newest enrolment, admitted or not."""
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT public_key FROM exchange.enrolments WHERE node_id = %s ORDER BY enrolled_at DESC LIMIT 1", [node_id]
        )
        row = await cursor.fetchone()
    return row[0] if row else None
