"""Calls by interface (接口) under a grant: how many a second, and how long one takes, beside what none can be without.

The limits: the bare indexed SELECT of the same row in the same database, and a signed call of the same node that reads nothing.
"""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg

from bench.world import CODES, ELEMENTS, FILTER, MASKS, execute, figure, make_table, median, until, world

ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3))
ROWS = int(os.environ.get("BENCH_SERVICE_ROWS", 100_000))
#: Calls of one round, and callers at once where the rate is measured.
CALLS, CALLERS = int(os.environ.get("BENCH_CALLS", 400)), 4


def taken(one: Callable[[int], Any]) -> list[float]:
    """Milliseconds of each call, one after the other, sorted."""
    found = []
    for number in range(CALLS + 20):
        begun = time.perf_counter()
        one(number)
        found.append((time.perf_counter() - begun) * 1000)
    return sorted(found[20:])


def rate(one: Callable[[int], Any]) -> float:
    """Calls a second of several callers."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(one, range(CALLS)))
    return CALLS / (time.perf_counter() - begun)


def percentile(rounds: list[list[float]], place: float) -> float:
    """The middle one of the rounds' percentiles."""
    return median([found[min(int(len(found) * place), len(found) - 1)] for found in rounds])


def run() -> Iterator[dict[str, Any]]:
    """Lookup and match of one record of the table by its key."""
    os.environ["GONGXIANG_GATEWAY_RATE"] = "100000"
    with world() as at:
        from tests.support.dataplane import now

        from gongxiang.gateway.states import token
        from gongxiang.node import config, identity
        from gongxiang.node.client import GatewayClient
        from gongxiang.protocol.services import OpenService, ServiceHandler
        from gongxiang.protocol.terms import Purpose, Terms

        make_table(at, "person", ROWS)
        plane, consumer = at.chain.plane, at.chain.consumer
        resource = at.chain.share("person", ELEMENTS, exchange_table=f"r_{uuid.uuid4().hex[:12]}")
        person, grant_id = uuid.uuid4(), uuid.uuid4()
        terms = Terms(
            grant_id=grant_id, revision=1, resource_id=resource.resource_id,
            provider_id=at.chain.provider.department_id, consumer_id=consumer.department_id, elements=CODES, masks=MASKS,
            conditions=FILTER, purposes=(Purpose.VERIFICATION,), valid_from=now() - timedelta(days=1),
            valid_until=now() + timedelta(days=1),
        )  # fmt: skip
        handlers = (ServiceHandler(person_id=person, from_at=terms.valid_from),)
        plane.order(OpenService(terms=terms, handlers=handlers))
        until(plane.database.url, "SELECT count(*) = 1 FROM exchange.service_states WHERE ready", seconds=600)
        execute(plane.database.url, "VACUUM ANALYZE exchange.service_rows")
        settings = config.load(consumer.config)
        known, key = identity.load(settings)
        client = GatewayClient(settings.gateway_url, settings.fingerprint, node_id=known.node_id, key=key)
        said = {"person": str(person), "purpose": "verification", "matter": "bench"}

        def lookup(number: int) -> Any:
            answer = client.post_json(f"grants/{grant_id}/lookup", {**said, "key": {"id": str(number * 7919 % ROWS + 1)}})
            assert answer["rows"] == 1, answer

        def match(number: int) -> Any:
            asked = {"key": {"id": str(number * 7919 % ROWS + 1)}, "values": {"area": "150626"}}
            assert client.post_json(f"grants/{grant_id}/match", {**said, **asked})["found"]

        def bare(number: int) -> Any:
            return client.get_json("orders", after=2**62)

        with psycopg.connect(plane.database.url, autocommit=True) as connection:

            def select(number: int) -> Any:
                found = token(resource.resource_id, "id", str(number * 7919 % ROWS + 1))
                query = "SELECT body FROM exchange.service_rows WHERE resource_id = %s AND tokens @> %s::bigint[]"
                row = connection.execute(query, [resource.resource_id, [found]]).fetchone()
                assert row is not None
                json.loads(row[0])

            taken(lookup)
            selects = [taken(select) for _ in range(ROUNDS)]
        signed = [taken(bare) for _ in range(ROUNDS)]
        for name, one in (("lookup", lookup), ("match", match)):
            ours = [taken(one) for _ in range(ROUNDS)]
            for part, place in (("p50", 0.5), ("p95", 0.95)):
                limit = percentile(selects, place) + percentile(signed, place)
                yield figure(
                    f"services.{name}.{part}", percentile(ours, place), limit, "ms", time_like=True, rows=ROWS, calls=CALLS,
                    select=round(percentile(selects, place), 3), signed=round(percentile(signed, place), 3),
                )  # fmt: skip
        limit = median([rate(bare) for _ in range(ROUNDS)])
        yield figure("services.rate", median([rate(lookup) for _ in range(ROUNDS)]), limit, "calls/s", callers=CALLERS)
        client.close()
