"""Secrets behind pseudonyms: one per consumer and key version, made here, sealed at rest with the master key.

They never leave the gateway; a provider's node gets the derived secrets of one grant's own elements, nothing more.
"""

import os
from uuid import UUID

from gongxiang.gateway.database import Database
from gongxiang.protocol import clock
from gongxiang.protocol.signing import open_secret, seal_secret
from gongxiang.protocol.terms import Terms


class ConsumerSecrets:
    """The base secrets, opened once per process."""

    def __init__(self, database: Database, master: bytes) -> None:
        self._database, self._master = database, master
        self._open: dict[tuple[UUID, int], bytes] = {}

    async def of(self, terms: Terms) -> bytes:
        """The base secret of the terms' consumer and key version; made at first use."""
        key = terms.consumer_id, terms.key_version
        if key not in self._open:
            context = f"consumer-secret:{key[0]}:{key[1]}"
            sealed = seal_secret(self._master, os.urandom(32), context)
            async with self._database.connection() as connection:
                await connection.execute(
                    "INSERT INTO exchange.consumer_secrets (consumer_id, key_version, sealed, made_at) VALUES (%s, %s, %s, %s)"
                    " ON CONFLICT DO NOTHING",
                    [*key, sealed, clock.now()],
                )
                cursor = await connection.execute(
                    "SELECT sealed FROM exchange.consumer_secrets WHERE consumer_id = %s AND key_version = %s", [*key]
                )
                row = await cursor.fetchone()
            assert row is not None
            self._open[key] = open_secret(self._master, bytes(row[0]), context)
        return self._open[key]
