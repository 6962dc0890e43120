"""One's own batches: how far each is, what became of each record, stopped before its end."""

from typing import Any
from uuid import UUID

from ninja import Schema

from gongxiang.platform.batches import actions, queries
from gongxiang.platform.batches.permissions import ASK
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.answers import FieldFault
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.lists import enter_reads, words
from gongxiang.platform.http_api.schemas import schema_of
from gongxiang.protocol.canonical import plain

BatchCase = schema_of(queries.BatchRef, sent=False, called="BatchCase")


class BatchLine(Schema):
    """What became of one record: `DONE`, `REFUSED` with its reasons, or empty where it was not tried yet."""

    subject_id: UUID
    name: str
    result: str
    reasons: list[FieldFault]


class BatchLines(Schema):
    """Every record, those refused first."""

    lines: list[BatchLine]


BATCH = Area(
    tag="Batches", path="/batches", key="batch_id", answer=BatchCase, door=ASK, body=plain, name="batch",
    see=lambda key, actor: queries.get_batch(key, actor=actor),
)  # fmt: skip


def _find(actor: Any, asked: Any) -> Any:
    found = queries.batches_of(actor)
    found = found.filter(status=asked.status) if asked.status else found
    return found.filter(act=words(asked)) if words(asked) else found


enter_reads(
    BATCH, many="batches", said="Batches that the caller asked for.", find=_find, convert=queries.ref,
    sorts={"new": ("-asked_at", "-id"), "old": ("asked_at", "id")},
)  # fmt: skip
enter_acts(BATCH, (Act(name="stop_batch", path="/stop", action=actions.stop_batch, door=ASK),))


@endpoint("GET", "/batches/{uuid:batch_id}/lines", door=ASK, name="get_batch_lines", tag="Batches", answer=BatchLines)
def lines(request: Called, batch_id: UUID) -> dict[str, Any]:
    """What became of each record of a batch, at most two hundred."""
    queries.get_batch(batch_id, actor=request.actor)
    found = [
        {
            "subject_id": one.subject_id, "name": one.name, "result": one.result,
            "reasons": [
                {
                    "field": why.field, "code": why.code, "message": why.message, "articles": list(why.articles),
                    "next_step": why.advice,
                }
                for why in one.reasons
            ],
        }
        for one in queries.items_of(batch_id, actor=request.actor)
    ]  # fmt: skip
    return {"lines": found}
