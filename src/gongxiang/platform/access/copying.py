"""A new request out of an old one, and the renewal of a grant; both are drafts until somebody presents them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.access import errors, queries
from gongxiang.platform.access.actions import draft_access_request
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.access.records import staff_of
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotPermitted

#: What a copy takes over. The ban is accepted at each application, so never it; files are sent anew.
_COPIED = ("legal_basis", "purposes", "purpose_note", "use_case", "scope", "elements", "mode", "volume", "until", "materials")


@transaction.atomic
def copy_access_request(*, access_request_id: UUID, by: Actor, at: datetime) -> AccessRequest:
    """Begin a new request with the words of an old one of the own department."""
    if not isinstance(by, Person):
        raise NotPermitted()
    old = queries.get_access_request(access_request_id, actor=by)
    if old.consumer_id != by.department_id:
        raise errors.NotToBeCopied()
    return draft_access_request(resource_id=old.resource_id, fields=_words(old, by), copied_from_id=old.id, by=by, at=at)


@implements("wushen-2021-60:22.1", "cn-809:20.2")
@transaction.atomic
def renew_grant(*, grant_id: UUID, by: Actor, at: datetime) -> AccessRequest:
    """Begin the renewal of a grant: the same as it was asked for, with a new last day still to be said.

    The old terms hold until the reply; granted in time the same grant goes on without a gap, and nothing is loaded anew.
    """
    if not isinstance(by, Person):
        raise NotPermitted()
    grant = grants.get_grant(grant_id, actor=by)
    if grant.consumer_id != by.department_id or not (grants.live_grant(grant_id) or grants.ran_out(grant_id)):
        raise errors.NothingToRenew()
    terms = grants.current_terms(grant_id)
    fields: dict[str, Any] = {"purposes": [p.value for p in terms.purposes], "mode": grant.mode}
    row = queries.visible_to(by).filter(pk=grant.access_request_id).first()
    if row is not None:
        fields = {**_words(queries.view_of(row), by), **fields}
    fields |= {"elements": list(terms.elements), "until": None}
    return draft_access_request(
        resource_id=grant.resource_id, fields=fields, changes_grant_id=grant_id, kind="renewal",
        copied_from_id=grant.access_request_id if row is not None else None, by=by, at=at,
    )  # fmt: skip


def _words(old: queries.AccessRequestView, by: Person) -> dict[str, Any]:
    staff = {one.id for one in staff_of(by.department_id)}
    handlers = [one for one in old.handlers if one in staff] or [by.id]
    return {**{name: getattr(old, name) for name in _COPIED}, "handlers": handlers}
