"""The file of a statute of the register (wushen-2021-60:10): beside article and address, the text itself.

Public like the statute: whoever may open documents opens it.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.documents import queries
from gongxiang.platform.documents.actions import keep_upload
from gongxiang.platform.documents.queries import UploadRef
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.rulebook import permissions
from gongxiang.platform.rulebook import queries as rulebook


@implements("wushen-2021-60:10", "cn-809:15.2")
@transaction.atomic
def keep_statute_file(*, statute_id: UUID, name: str, content: bytes, by: Actor, at: datetime) -> UploadRef:
    """Keep the file of a statute; an earlier one stays beside it."""
    permissions.REGISTER_STATUTE.check(by)
    rulebook.statute(statute_id)
    return keep_upload(name=name, content=content, trail=(f"{queries.STATUTE_TRAIL}{statute_id}",), by=by, at=at)


def files_of(statute_id: UUID) -> tuple[UploadRef, ...]:
    """The files of a statute, the oldest first."""
    return queries.uploads_of(f"{queries.STATUTE_TRAIL}{statute_id}")
