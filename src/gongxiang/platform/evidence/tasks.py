"""Sealing; and the outbox: what a room below did is told to the rooms above, in commit order, at least once."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from gongxiang.platform.evidence import sealing
from gongxiang.platform.evidence.models import ReaderCursor
from gongxiang.platform.evidence.queries import News, unread


def seal(at: datetime) -> int:
    """Seal what was written since the last time; the worker calls it every few seconds."""
    return sealing.seal(at=at)


def read_outbox(reader: str, handlers: Mapping[str, Callable[[News], None]], *, limit: int = 200) -> int:
    """Hand every unread act of the handlers' kinds to its handler; returns how many were handled.

    Each act is handled in one transaction with the cursor's step, so that a crash repeats an act that was not finished and
    never one that was. Two pumps at once: the second finds the cursor locked and leaves.
    """
    done = 0
    for news in unread(reader, kinds=frozenset(handlers), limit=limit):
        with transaction.atomic():
            ReaderCursor.objects.get_or_create(reader=reader)
            cursor = ReaderCursor.objects.select_for_update(skip_locked=True).filter(reader=reader).first()
            if cursor is None:
                return done
            if (int(cursor.xid), cursor.record_id) >= (news.xid, news.id):
                continue
            handlers[news.kind](news)
            cursor.xid, cursor.record_id = news.xid, news.id
            cursor.save(update_fields=["xid", "record_id"])
            done += 1
    return done
