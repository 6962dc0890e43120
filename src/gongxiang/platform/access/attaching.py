"""Real files as material of a request: sent while it is a draft or is being completed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.access import errors, permissions, queries, states
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.documents import queries as files
from gongxiang.platform.documents.queries import UploadRef
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.transitions import WrongState

#: Files with one request.
MOST: int = 20
_WRITABLE = (states.DRAFT, states.INCOMPLETE)


@implements("cn-809:20.2", "cn-809:21.2")
@transaction.atomic
def attach_material(*, access_request_id: UUID, name: str, content: bytes, by: Actor, at: datetime) -> UploadRef:
    """Keep a file as material; whoever may see the request may open it, so the provider once it is submitted."""
    request = queries.get_for_update(access_request_id)
    permissions.check_of_department(permissions.APPLY, by, request.consumer_id)
    _check_writable(request)
    if len(request.material_ids) >= MOST:
        raise errors.TooManyFiles(field="file", most=MOST)
    kept = documents.keep_upload(name=name, content=content, trail=(f"access_request:{request.pk}",), by=by, at=at)
    request.material_ids = [*request.material_ids, kept.id]
    request.save(update_fields=["material_ids"])
    return kept


@transaction.atomic
def detach_material(*, access_request_id: UUID, upload_id: UUID, by: Actor, at: datetime) -> AccessRequest:
    """Leave a file out of the draft again; its bytes and the record of its arrival stay."""
    request = queries.get_for_update(access_request_id)
    permissions.check_of_department(permissions.APPLY, by, request.consumer_id)
    if request.status != states.DRAFT:
        raise WrongState(state=request.status, subject="access_request", basis=("cn-809:20.2",))
    request.material_ids = [one for one in request.material_ids if one != upload_id]
    request.save(update_fields=["material_ids"])
    return request


def materials_of(request: queries.AccessRequestView) -> list[UploadRef]:
    """The files of a request that the caller was given."""
    wanted = set(request.material_ids)
    return [one for one in files.uploads_of(f"access_request:{request.id}") if one.id in wanted] if wanted else []


def _check_writable(request: AccessRequest) -> None:
    if request.status not in _WRITABLE:
        raise WrongState(state=request.status, subject="access_request", basis=("cn-809:20.2",))
