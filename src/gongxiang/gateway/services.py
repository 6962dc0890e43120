"""Answers calls by interface: lookup (查询) gives granted elements, match (比对) says only whether values agree.

Every row passes the same policy as everything else; the use is recorded and its volume counted in one commit before the
answer leaves: no evidence, no data.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pyarrow as pa
import pyarrow.compute as pc

from gongxiang.gateway.book import Book
from gongxiang.gateway.claims import key_digest
from gongxiang.gateway.database import Database
from gongxiang.gateway.facts import row_of
from gongxiang.gateway.secrets import ConsumerSecrets
from gongxiang.gateway.states import read_elements, token
from gongxiang.gateway.volume import spend
from gongxiang.protocol import clock
from gongxiang.protocol.batches import batch_schema
from gongxiang.protocol.errors import RequestMalformed, ServiceNotReady, TooManyRows
from gongxiang.protocol.policy import Policy, compile_terms
from gongxiang.protocol.services import CallAnswered, Channel, OpenService, Question, check_open, read_question
from gongxiang.protocol.terms import ElementSpec
from gongxiang.protocol.types import arrow_type, text_of, texts, value_of

#: Rows one lookup may give out, and rows looked at for one call before the filter.
MOST_ROWS, MOST_LOOKED_AT = 20, 2000

_READY = (
    "SELECT begin_seq, elements, seq FROM exchange.service_states WHERE resource_id = %s AND ready"
    " ORDER BY begin_seq DESC LIMIT 1"
)
_FIND = "SELECT body FROM exchange.service_rows WHERE resource_id = %s AND begin_seq = %s AND tokens @> %s::bigint[] LIMIT %s"


@dataclass(frozen=True, kw_only=True)
class Found:
    """The rows a call means, as the consumer may see them."""

    columns: dict[str, list[str | None]] = field(repr=False)
    rows: int
    seq: int


class Services:
    """See the module."""

    def __init__(self, database: Database, book: Book, secrets: ConsumerSecrets) -> None:
        self._database, self._book, self._secrets = database, book, secrets
        #: Per grant the order and the load that its policy was compiled for.
        self._policies: dict[UUID, tuple[OpenService, int, Policy]] = {}

    async def answer(self, grant_id: UUID, channel: Channel, value: Any, *, node_id: UUID, at: datetime) -> dict[str, Any]:
        """Answer one call; raises the named error that says why nothing is given."""
        order = self._book.open_service(grant_id, at)
        question = read_question(channel, value, order, at)
        self._book.open_stream(order.terms.resource_id, at)
        try:
            found, policy = await self._find(order, question)
            if found.rows > (MOST_ROWS if channel is Channel.LOOKUP else 1):
                raise TooManyRows
        except TooManyRows:
            await self._count(order)
            raise
        answer, used = _looked_up(question, found, policy) if channel is Channel.LOOKUP else _matched(question, found, policy)
        keys = [spec.code for spec in policy.schema if spec.key]
        secret = await self._secrets.of(order.terms)
        fact = CallAnswered(
            call_id=uuid4(),
            channel=channel.value,
            node_id=node_id,
            person=str(question.person),
            grant_id=grant_id,
            revision=order.terms.revision,
            resource_id=order.terms.resource_id,
            purpose=question.purpose.value,
            matter=question.matter,
            elements=used,
            rows=found.rows,
            key_digests=tuple(
                key_digest(secret, {code: found.columns[code][index] for code in keys}) for index in range(found.rows)
            ),
            seq=found.seq,
            at=clock.now(),
        )
        async with self._database.transaction() as connection:
            # To learn that there is no such record is to learn something: each call counts one row at least.
            await spend(connection, order.terms, rows=max(1, found.rows), at=fact.at)
            await connection.execute("INSERT INTO link.facts (kind, body) VALUES (%s, %s)", row_of(fact))
            # An order that closes or changes the grant meanwhile is obeyed: then nothing is counted or recorded either.
            if self._book.open_service(grant_id, clock.now()).terms != order.terms:
                raise ServiceNotReady("The grant was changed while the call was answered.")
        return {"call": str(fact.call_id), "at": fact.at, "rows": found.rows, **answer}

    async def _count(self, order: OpenService) -> None:
        """That too many rows fit says something too: such a call counts as one that found none."""
        async with self._database.transaction() as connection:
            await spend(connection, order.terms, rows=1, at=clock.now())

    async def _find(self, order: OpenService, question: Question) -> tuple[Found, Policy]:
        resource_id = order.terms.resource_id
        async with self._database.connection() as connection:
            state = await (await connection.execute(_READY, [resource_id])).fetchone()
            if state is None:
                raise ServiceNotReady
            begin_seq, elements, seq = state
            policy = await self._policy(order, begin_seq, elements)
            specs = check_open(question, order.terms, policy.elements)
            key = {code: _typed(text, specs[code]) for code, text in question.key.items()}
            tokens = [token(resource_id, code, text) for code, text in key.items()]
            cursor = await connection.execute(_FIND, [resource_id, begin_seq, tokens, MOST_LOOKED_AT + 1])
            bodies = [json.loads(row[0]) for row in await cursor.fetchall()]
        if len(bodies) > MOST_LOOKED_AT:
            raise TooManyRows
        batch = policy.project_load(_batch(bodies, policy.elements))
        seen = {spec.code: texts(batch.column(spec.code), spec) for spec in policy.schema}
        # Tokens only lead to rows: what was asked for is compared with what the consumer sees.
        mine = pa.array([True] * batch.num_rows, pa.bool_())
        for code, text in key.items():
            mine = pc.and_(mine, pc.fill_null(pc.equal(seen[code], text), False))
        columns = {code: column.filter(mine).to_pylist() for code, column in seen.items()}
        return Found(columns=columns, rows=int(pc.sum(mine).as_py() or 0), seq=seq), policy

    async def _policy(self, order: OpenService, begin_seq: int, elements: str) -> Policy:
        known = self._policies.get(order.terms.grant_id)
        if known is not None and known[0] is order and known[1] == begin_seq:
            return known[2]
        policy = compile_terms(order.terms, read_elements(elements), await self._secrets.of(order.terms))
        self._policies[order.terms.grant_id] = (order, begin_seq, policy)
        return policy


def _looked_up(question: Question, found: Found, policy: Policy) -> tuple[dict[str, Any], tuple[str, ...]]:
    keys = {spec.code for spec in policy.schema if spec.key}
    shown = [s.code for s in policy.schema if not question.elements or s.code in question.elements or s.code in keys]
    records = [{code: found.columns[code][index] for code in shown} for index in range(found.rows)]
    return {"records": records}, tuple(code for code in shown if code in policy.terms.elements)


def _matched(question: Question, found: Found, policy: Policy) -> tuple[dict[str, Any], tuple[str, ...]]:
    specs = {spec.code: spec for spec in policy.schema}
    used = tuple(question.values)
    wanted = {code: _typed(text, specs[code]) for code, text in question.values.items()}
    if not found.rows:
        return {"found": False, "equal": False, "differing": []}, used
    differing = [code for code, text in wanted.items() if found.columns[code][0] != text]
    return {"found": True, "equal": not differing, "differing": differing}, used


def _typed(text: str, spec: ElementSpec) -> str:
    """The canonical text of a value as the caller wrote it; raises RequestMalformed without repeating it."""
    try:
        typed = text_of(value_of(text, spec), spec)
    except (ValueError, ArithmeticError, pa.ArrowException) as error:
        raise RequestMalformed(
            "The value of {element} is not of its type {type}.", element=spec.code, type=spec.type
        ) from error
    assert typed is not None
    return typed


def _batch(rows: list[dict[str, str | None]], elements: tuple[ElementSpec, ...]) -> Any:
    """Rows as they are kept, as a load's batch of their elements."""
    arrays = [pa.repeat(pa.scalar(1, pa.int8()), len(rows))]
    for spec in elements:
        values = [None if (text := row[spec.code]) is None else value_of(text, spec) for row in rows]
        arrays.append(pa.array(values, arrow_type(spec)))
    return pa.RecordBatch.from_arrays(arrays, schema=batch_schema(elements))
