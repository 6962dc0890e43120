"""Finds the source row behind a key as a consumer knows it, at the provider's own machine: nothing leaves it.

A masked key reaches the consumer as a pseudonym; with the derived secrets of the grant's own elements, which the gateway gives
to the provider's node alone, the pseudonyms of the shared table are made anew and compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from gongxiang.node import errors
from gongxiang.node.client import GatewayClient
from gongxiang.node.config import NodeConfig
from gongxiang.node.identity import load
from gongxiang.node.orders import OrderBook
from gongxiang.node.tablereader import Reading
from gongxiang.protocol.errors import GrantUnknown
from gongxiang.protocol.policy import compile_terms
from gongxiang.protocol.types import texts

_TABLE = "SELECT state->>'table' FROM gongxiang.streams WHERE resource_id = $1::uuid"


@dataclass(frozen=True, kw_only=True)
class Found:
    """Rows of the source with that key: the table, its key columns, and the key values of each row."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class KeyUnfit(errors.Terminal):
    """The key does not name what this grant's consumer knows a row by."""

    advice = "Copy it as it stands in the claim: each key element, and gx_key where the key is masked."


def find_row(config: NodeConfig, grant_id: UUID, key: Mapping[str, str]) -> Found:
    """The source rows whose key looks like this through the grant; raises GrantUnknown, KeyUnfit or what the gateway says."""
    identity, signer = load(config)
    book = OrderBook.load(config.home / "orders.json", identity.platform_key)
    state = book.grants.get(grant_id)
    stream = book.streams.get(state.order.terms.resource_id) if state is not None else None
    if state is None or stream is None or state.order.provider_node_id != identity.node_id:
        raise GrantUnknown("This node does not provide the grant {grant_id}.", grant_id=grant_id)
    client = GatewayClient(config.gateway_url, config.fingerprint, node_id=identity.node_id, key=signer)
    try:
        answer = client.get_json(f"grants/{grant_id}/secret")
    finally:
        client.close()
    secrets = {str(name): bytes.fromhex(value) for name, value in answer["secrets"].items()}
    elements = tuple(mapped.element for mapped in stream.columns)
    policy = compile_terms(state.order.terms, elements, secrets)
    seen = {spec.code: spec for spec in policy.schema if spec.key}
    if set(key) != set(seen):
        raise KeyUnfit("The key of this grant is {names}.", names=", ".join(seen))
    keys = [mapped for mapped in stream.columns if mapped.element.key]
    rows: list[tuple[str, ...]] = []
    reading = Reading(config.exchange_dsn)
    try:
        row = reading.one(_TABLE, str(stream.resource_id))
        if row is None:
            raise GrantUnknown("This node does not provide the grant {grant_id}.", grant_id=grant_id)
        for batch in reading.batches("shared", str(row[0]), elements):
            # The filter drops rows, so what passes is numbered before it is masked.
            shown, kept = policy.project_load(batch), policy.kept(batch)
            mine = pa.array([True] * shown.num_rows)
            for code, wanted in key.items():
                mine = pc.and_(mine, pc.fill_null(pc.equal(texts(shown.column(code), seen[code]), wanted), False))
            hits = kept.filter(mine)
            plain = [texts(hits.column(one.element.code), one.element).to_pylist() for one in keys]
            rows += [tuple(str(value) for value in values) for values in zip(*plain, strict=True)]
    finally:
        reading.close()
    return Found(table=stream.source_table, columns=tuple(one.column for one in keys), rows=tuple(rows))
