"""A grant to take along: its certificate with a code, its terms as ODRL."""

import json
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.grants import paper, permissions, queries
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock, odrl


@door(permissions.VIEW)
@require_safe
def as_odrl(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """The terms as ODRL 2.2 JSON-LD."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    content = json.dumps(paper.policy(grant), ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type=odrl.CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{grant.number}.jsonld"'
    return response


@door(permissions.PAPER)
@require_POST
def issue(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Issue the certificate of the present terms, or open the one that was issued."""
    document = paper.issue_paper(grant_id=grant_id, by=request.actor, at=clock.now())
    return redirect("documents:document", document.id)
