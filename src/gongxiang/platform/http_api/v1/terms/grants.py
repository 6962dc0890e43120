"""The terms of a grant as ODRL 2.2 JSON-LD."""

import json
from uuid import UUID

from django.http import HttpResponse
from ninja import Schema

from gongxiang.platform.grants import paper
from gongxiang.platform.grants.permissions import TERMS
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.protocol import odrl


class GrantPolicy(Schema):
    """An ODRL 2.2 policy (`application/ld+json`); its parts are those of the W3C recommendation."""

    uid: str
    profile: str


@endpoint("GET", "/grants/{uuid:grant_id}/terms", door=TERMS, name="get_grant_terms", tag="Terms", answer=GrantPolicy)
def get(request: Called, grant_id: UUID) -> HttpResponse:
    """The terms of a grant as ODRL 2.2 JSON-LD, the same that its paper states."""
    content = json.dumps(paper.get_policy(grant_id, actor=request.actor), ensure_ascii=False)
    return HttpResponse(content, content_type=odrl.CONTENT_TYPE)
