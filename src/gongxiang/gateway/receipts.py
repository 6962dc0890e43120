"""Consumers' receipts: checked against the consumer's key and what was handed out, kept, and told to the platform."""

import json
from uuid import UUID

from gongxiang.gateway.database import Database
from gongxiang.gateway.facts import FactWriter
from gongxiang.gateway.flows import Flows
from gongxiang.protocol import clock, killpoints
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.errors import ReceiptRefused
from gongxiang.protocol.messages import ReceiptGiven
from gongxiang.protocol.receipts import Receipt


async def take_receipt(database: Database, flows: Flows, facts: FactWriter, receipt: Receipt, *, public_key: str) -> None:
    """Keep a receipt and have it told; raises ReceiptRefused. One that is older than the known one changes nothing."""
    receipt.check(public_key)
    handed = flows.known_digest(receipt.grant_id, receipt.epoch, receipt.seq)
    if handed is not None and handed != receipt.digest:
        raise ReceiptRefused("Another segment than the one receipted was handed out at sequence {seq}.", seq=receipt.seq)
    async with database.connection() as connection:
        cursor = await connection.execute(
            "INSERT INTO exchange.receipts AS known (grant_id, revision, epoch, seq, digest, body, received_at, told)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, false) ON CONFLICT (grant_id) DO UPDATE SET revision = excluded.revision,"
            " epoch = excluded.epoch, seq = excluded.seq, digest = excluded.digest, body = excluded.body,"
            " received_at = excluded.received_at, told = false"
            " WHERE (known.epoch, known.seq) <= (excluded.epoch, excluded.seq)",
            [
                receipt.grant_id, receipt.revision, receipt.epoch, receipt.seq, receipt.digest,
                canonical(receipt).decode("utf-8"), clock.now(),
            ],
        )  # fmt: skip
    killpoints.reach("gateway.receipt_kept")
    if cursor.rowcount == 1:
        facts.add_receipt(fact_of(receipt))


def fact_of(receipt: Receipt) -> ReceiptGiven:
    """The receipt as the platform gets it."""
    return ReceiptGiven(
        grant_id=receipt.grant_id,
        revision=receipt.revision,
        epoch=receipt.epoch,
        seq=receipt.seq,
        upserts=receipt.upserts,
        deletes=receipt.deletes,
        rows_in_table=receipt.rows_in_table,
        lag_ms=receipt.lag_ms,
        digest=receipt.digest,
        signature=receipt.signature,
        at=receipt.at,
    )


async def tell_untold(database: Database, facts: FactWriter) -> None:
    """After a restart: receipts that were kept but perhaps not told. Telling one twice is harmless."""
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT grant_id, body FROM exchange.receipts WHERE NOT told")
        rows: list[tuple[UUID, str]] = await cursor.fetchall()
    for grant_id, body in rows:
        facts.add_receipt(fact_of(Receipt.from_json(json.loads(body), grant_id=grant_id)))
