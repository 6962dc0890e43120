"""Messages between the parties: questions and answers before the reply. No legal act, but kept, with its digest in evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from gongxiang.law.articles import implements
from gongxiang.platform.access import errors, permissions, queries, states
from gongxiang.platform.access.models import AccessRequest, MessageRead, RequestMessage
from gongxiang.platform.access.queries import AccessRequestView, visible_to
from gongxiang.platform.access.records import seen_by
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.documents import queries as files
from gongxiang.platform.documents.queries import Content, UploadRef
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Actor, CallingSystem, Person, System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.kernel.ids import new_id
from gongxiang.protocol.evidence import sm3

#: Longest message, and how many files go with it.
LONGEST, MOST_FILES = 4000, 5
_READER = System(name="access-files")


@dataclass(frozen=True, kw_only=True)
class MessageView:
    """A message as its readers see it."""

    side: str
    department_name: str
    text: str
    uploads: tuple[UploadRef, ...]
    sent_at: datetime
    sent_by: str
    unread: bool


@implements("cn-809:20.1", "cn-809:23")
@transaction.atomic
def send_message(
    *, access_request_id: UUID, text: str, attached: Sequence[tuple[str, bytes]] = (), by: Actor, at: datetime
) -> RequestMessage:
    """Ask or answer within an open request; the other side is told. Changes neither turn nor clock."""
    permissions.TALK.check(by)
    request = queries.get_for_update(access_request_id)
    if not isinstance(by, Person):
        raise NotPermitted()
    side = side_of(request, by)
    if request.submitted_at is None or request.status not in states.OPEN:
        raise errors.ThreadClosed()
    said = text.strip()
    if not said or len(said) > LONGEST or "\x00" in said:
        raise errors.MessageEmpty(field="text", longest=LONGEST)
    if len(attached) > MOST_FILES:
        raise errors.TooManyFiles(field="files", most=MOST_FILES)
    seen = seen_by(request)
    kept = [
        documents.keep_upload(
            name=name, content=content, concerns=(request.consumer_id, request.provider_id),
            trail=(f"access_request:{request.pk}",), by=by, at=at,
        )
        for name, content in attached
    ]  # fmt: skip
    row = RequestMessage(
        id=new_id(), access_request=request, side=side, department_name=by.department, text=said,
        upload_ids=[one.id for one in kept], sent_at=at, sent_by=by.name, sent_by_id=by.id,
    )  # fmt: skip
    record_act(
        kind="access_request:message_sent", subject=("access_request", request.pk), by=by, at=at, basis=("cn-809:20.1",),
        after={"side": side, "digest": sm3(said.encode("utf-8")).hex(), "files": [one.digest for one in kept]}, **seen,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def side_of(request: AccessRequest | AccessRequestView, actor: Person) -> str:
    """For which side the actor writes; raises NotPermitted for others."""
    if actor.department_id == request.consumer_id and permissions.APPLY.allows(actor):
        return "consumer"
    if actor.department_id == request.provider_id and permissions.APPLY.allows(actor):
        return "provider"
    if permissions.MEDIATE.allows(actor):
        return "authority"
    raise NotPermitted()


def messages_of(access_request_id: UUID, *, actor: Actor) -> QuerySet[RequestMessage]:
    """The messages of a request, the newest first; who may see the request sees them."""
    queries.get_access_request(access_request_id, actor=actor)
    return RequestMessage.objects.filter(access_request_id=access_request_id).order_by("-sent_at", "-id")


def views_of(access_request_id: UUID, rows: Sequence[RequestMessage], *, actor: Person | CallingSystem) -> list[MessageView]:
    """Some messages of one request as the actor sees them, the oldest first."""
    read = MessageRead.objects.filter(access_request_id=access_request_id, person_id=actor.id).first()
    uploads = {one.id: one for one in files.uploads_of(f"access_request:{access_request_id}")} if rows else {}
    return [
        MessageView(
            side=row.side,
            department_name=row.department_name,
            text=row.text,
            uploads=tuple(uploads[key] for key in row.upload_ids if key in uploads),
            sent_at=row.sent_at,
            sent_by=row.sent_by,
            unread=row.sent_by_id != actor.id and (read is None or row.sent_at > read.read_at),
        )
        for row in sorted(rows, key=lambda row: (row.sent_at, row.id))
    ]


def mark_read(*, access_request_id: UUID, by: Person, at: datetime) -> None:
    """Note that the person has read the thread until now; opening the page does it, so it is no evidence."""
    MessageRead.objects.update_or_create(access_request_id=access_request_id, person_id=by.id, defaults={"read_at": at})


def unread_requests(actor: Person) -> list[tuple[AccessRequestView, int]]:
    """Open requests of the own department with messages of others that this person has not read, and how many."""
    if not permissions.TALK.allows(actor):
        return []
    own = Q(consumer_id=actor.department_id) | Q(provider_id=actor.department_id)
    read = MessageRead.objects.filter(
        access_request_id=OuterRef("access_request_id"), person_id=actor.id, read_at__gte=OuterRef("sent_at")
    )
    new = RequestMessage.objects.exclude(sent_by_id=actor.id).exclude(department_name=actor.department)
    new = new.annotate(seen=Exists(read)).filter(seen=False)
    counted = dict(new.values_list("access_request_id").annotate(n=Count("id")).values_list("access_request_id", "n"))
    rows = visible_to(actor).filter(own, pk__in=counted, status__in=states.OPEN).order_by(F("due_at").asc(nulls_last=True))
    return [(queries.view_of(row), counted[row.pk]) for row in rows[:100]]


def file_of(access_request_id: UUID, upload_id: UUID, *, actor: Actor) -> Content:
    """A file of the request or of its messages, for whoever may see the request; one left out again is no file of it."""
    request = queries.get_access_request(access_request_id, actor=actor)
    sent = RequestMessage.objects.filter(access_request_id=access_request_id, upload_ids__contains=[upload_id])
    if upload_id not in request.material_ids and not sent.exists():
        raise NotFound()
    return files.upload_content(upload_id, actor=_READER)
