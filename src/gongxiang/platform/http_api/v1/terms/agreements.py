"""The terms of an agreement as ODRL 2.2 JSON-LD."""

import json
from uuid import UUID

from django.http import HttpResponse
from ninja import Schema

from gongxiang.platform.agreements import paper
from gongxiang.platform.agreements.permissions import TERMS
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.protocol import odrl


class AgreementPolicy(Schema):
    """An ODRL 2.2 policy (`application/ld+json`); its parts are those of the W3C recommendation."""

    uid: str
    profile: str


@endpoint(
    "GET", "/agreements/{uuid:agreement_id}/terms", door=TERMS, name="get_agreement_terms", tag="Terms", answer=AgreementPolicy
)
def get(request: Called, agreement_id: UUID) -> HttpResponse:
    """The terms of an agreement as ODRL 2.2 JSON-LD, the same that its paper states."""
    content = json.dumps(paper.get_policy(agreement_id, actor=request.actor), ensure_ascii=False)
    return HttpResponse(content, content_type=odrl.CONTENT_TYPE)
