"""Several similar requests answered in one go: each on its own merits, in a transaction and with evidence of its own."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.access import answers, errors, permissions, queries
from gongxiang.platform.access.comparing import earlier_reply
from gongxiang.platform.access.queries import AccessRequestView
from gongxiang.platform.kernel.actors import Actor
from gongxiang.protocol.terms import Purpose, Volume

#: Requests in one go.
MOST = 50

T = TypeVar("T")


def within_one_go(chosen: Iterable[T]) -> list[T]:
    """Each of the chosen once; raises TooManyAnswered for more than one sitting deals with."""
    found = list(dict.fromkeys(chosen))
    if len(found) > MOST:
        raise errors.TooManyAnswered(most=MOST)
    return found


@implements("cn-809:20.3", "cn-809:23")
@transaction.atomic
def prepare_one(
    *, access_request_id: UUID, outcome: str, ground: str = "", text: str = "", like: UUID | None = None, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Prepare the reply to one of them: as asked, like an earlier one as far as that goes, or a refusal with its reasons."""
    permissions.PREPARE.check(by)
    request = queries.get_access_request(access_request_id, actor=by)
    reply: dict[str, Any] = {"outcome": outcome, "ground": ground, "text": text}
    if outcome == "grant":
        terms = _terms_for(request, like=like, by=by)
        reply |= {**terms, "text": text.strip() or terms.pop("text", "")}
    answers.prepare_reply(access_request_id=request.id, by=by, at=at, **reply)


@implements("cn-809:20.3", "cn-809:23")
@transaction.atomic
def consent_one(
    *, access_request_id: UUID, read_at: datetime | None, aggregation_reason: str = "", by: Actor, at: datetime
) -> None:
    """Consent to the prepared reply to one of them; what another department's grants would complete still needs its reason.

    `read_at` says when the reply that the officer read was prepared: one that was changed meanwhile, or not read, is not given.
    """
    permissions.REPLY.check(by)
    request = queries.get_access_request(access_request_id, actor=by)
    answers.consent_reply(access_request_id=request.id, read_at=read_at, aggregation_reason=aggregation_reason, by=by, at=at)


def _terms_for(request: AccessRequestView, *, like: UUID | None, by: Actor) -> dict[str, Any]:
    """As asked; or the elements, masks, filter, volume and reasons of an earlier reply, within what is asked."""
    terms: dict[str, Any] = {
        "elements": tuple(request.elements), "purposes": tuple(Purpose(p) for p in request.purposes), "until": request.until,
        "volume": Volume.from_json(request.volume),
    }  # fmt: skip
    if like is None:
        return terms
    reply = earlier_reply(like, actor=by)
    if reply is None or reply.outcome != "grant":
        raise errors.NoReplyPrepared()
    elements = tuple(code for code in request.elements if code in reply.elements)
    return {
        **terms,
        "text": reply.text,
        "elements": elements,
        "masks": {code: mask for code, mask in reply.masks.items() if code in elements},
        "conditions": reply.conditions,
        "volume": reply.volume if request.mode != "table" else Volume(),
        "purposes": tuple(Purpose(p) for p in request.purposes if p in reply.purposes),
    }
