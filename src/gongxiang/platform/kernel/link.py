"""Orders to the data plane: signed with the platform's key and written into `link.orders` in the caller's own transaction.

Belongs to no room: the valve closes in the act's own transaction, so the act's room writes the order itself.
"""

import functools
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.clock import check_aware
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.messages import Message, order_bytes
from gongxiang.protocol.signing import SoftwareKey


@functools.cache
def _platform_key(keyring: Keyring) -> SoftwareKey:
    return keyring.signer("platform")


def platform_key() -> SoftwareKey:
    """The platform's signing key, opened once per process; raises KeyMissing, KeyOpenToOthers or SecretDamaged."""
    return _platform_key(Keyring.from_environment())


def issue_order(order: Message, *, node_ids: Iterable[UUID], at: datetime) -> int:
    """Sign `order` and write it for the gateway, which passes it on to the nodes; gives the order's number.

    Raises TransactionManagementError outside a transaction: an act and its order stand or fall together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"order {order.kind} outside a transaction")
    key = platform_key()
    body, at = canonical(order.to_json()).decode("utf-8"), check_aware(at)
    with connection.cursor() as cursor:
        # The number is drawn first, for it is signed: readers decide by it which order is newer.
        cursor.execute("SELECT nextval('link.orders_id_seq')")
        number = int(cursor.fetchone()[0])
        signature = key.sign(order_bytes(number=number, issued_at=at, body=body))
        cursor.execute(
            "INSERT INTO link.orders (id, kind, node_ids, issued_at, body, key_id, signature)"
            " OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [number, order.kind, sorted(set(node_ids)), at, body, key.key_id, signature],
        )
    return number
