"""Pumps of the room: the outbox opens what was granted, facts become states, leases keep orders valid, silence is noticed."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from gongxiang.platform.delivery import (
    channels,
    files,
    intake,
    opening,
    permissions,
    policies,
    queries,
    queries_channels,
    states,
)
from gongxiang.platform.delivery.models import FactCursor, Node
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.evidence.errors import ChangedMeanwhile
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.evidence.tasks import read_outbox
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.protocol import clock, messages
from gongxiang.protocol.sentences import Sentence

#: What a fact's own content can cause; a database that is down is none of it, and stops the reading.
UNKEEPABLE = (DataError, IntegrityError, Refusal, ValueError, TypeError, ArithmeticError, LookupError, AttributeError)

_log = logging.getLogger(__name__)


def on_news() -> int:
    """Read the outbox: open, follow, hold, resume and close flows; open and close streams; gives how many acts were read."""
    return read_outbox(
        "delivery",
        {
            "grant:issued": _grant_issued,
            "grant:revised": _grant_revised,
            "grant:suspended": _grant_suspended,
            "grant:resumed": _grant_resumed,
            "grant:ended": _grant_ended,
            "grant:expired": _grant_expired,
            "resource:published": _resource_published,
            "resource:withdrawn": _resource_withdrawn,
        },
    )


def _grant_issued(news: News) -> None:
    opening.request_flow(UUID(news.subject_id), at=clock.now())


def _grant_revised(news: News) -> None:
    opening.follow_revision(UUID(news.subject_id), at=clock.now())


def _grant_suspended(news: News) -> None:
    reason = str(news.after.get("suspend_statement", ""))
    opening.hold_flow(UUID(news.subject_id), reason="grant", at=news.occurred_at, detail=reason)


def _grant_resumed(news: News) -> None:
    opening.resume_flow(UUID(news.subject_id), at=clock.now())


def _grant_ended(news: News) -> None:
    opening.close_flow(UUID(news.subject_id), act="terminate", ended_at=news.occurred_at)


def _grant_expired(news: News) -> None:
    opening.close_flow(UUID(news.subject_id), act="complete", ended_at=news.occurred_at)


def _resource_published(news: News) -> None:
    opening.open_stream(UUID(news.subject_id), at=clock.now())
    files.open_files(UUID(news.subject_id), at=clock.now())


def _resource_withdrawn(news: News) -> None:
    opening.close_stream(UUID(news.subject_id), reason="withdrawn", at=clock.now())
    files.close_files(UUID(news.subject_id), reason="withdrawn", at=clock.now())


def ingest_facts(*, limit: int = 500) -> int:
    """Read the facts of the data plane in commit order, each in one transaction with the cursor's step; gives how many.

    Totals and heartbeats that a later fact of the same batch overtakes are skipped: they say nothing more.
    """
    row = FactCursor.objects.get(pk=1)
    facts = queries.unread_facts((int(row.xid), row.fact_id), limit=limit)
    latest = {_overtaken_by(fact): fact.id for fact in facts}
    done = 0
    for fact in facts:
        with transaction.atomic():
            cursor = FactCursor.objects.select_for_update(skip_locked=True).filter(pk=1).first()
            if cursor is None:
                return done
            if (int(cursor.xid), cursor.fact_id) >= (fact.xid, fact.id):
                continue
            if latest[_overtaken_by(fact)] == fact.id:
                _take(fact)
            cursor.xid, cursor.fact_id = fact.xid, fact.id
            cursor.save(update_fields=["xid", "fact_id"])
        done += 1
    return done


def _overtaken_by(fact: queries.Fact) -> tuple[str, ...]:
    """Facts with the same answer overtake one another within a batch."""
    match fact.kind:
        case "receipt_given":
            return (fact.kind, str(fact.body.get("grant_id")))
        case "node_seen":
            return (fact.kind, str(fact.body.get("node_id")))
        case "stream_state":
            body = fact.body
            return (fact.kind, str(body.get("resource_id")), str(body.get("state")), str(body.get("epoch")))
    return (fact.kind, str(fact.id))


def _take(fact: queries.Fact) -> None:
    """One fact; one that cannot be read or kept is an alarm and does not stop those behind it."""
    at = clock.now()
    try:
        message = messages.parse(fact.body, messages.FACTS)
    except messages.UnknownMessage as error:
        said = str(error).replace("\x00", "")[:500]
        detail = Sentence("A report of the data plane cannot be read: {said}", said=said)
        intake.raise_alarm(code="unknown_fact", node_id=None, resource_id=None, detail=detail, at=at)
        return
    try:
        with transaction.atomic():
            intake.take(message, at=at)
    except UNKEEPABLE as error:
        _log.warning("fact %d (%s) was not taken: %s", fact.id, message.kind, type(error).__name__)
        # Without the error's own words: they may quote values.
        detail = Sentence(
            "The report {number} of the kind {kind} could not be taken ({said}).",
            number=fact.id,
            kind=message.kind,
            said=type(error).__name__,
        )
        node_id = getattr(message, "node_id", None)
        intake.raise_alarm(code="fact_refused", node_id=node_id, resource_id=None, detail=detail, at=at)


def flush_receipts(at: datetime) -> int:
    """Put receipts that still wait into evidence, so that the last one of a quiet flow is there too."""
    grant_ids = queries.pending_receipts(at - policies.RECEIPT_INTERVAL)
    for grant_id in grant_ids:
        with transaction.atomic():
            intake.record_pending_receipt(grant_id, at=at)
    return len(grant_ids)


def renew_lease(at: datetime) -> int:
    """Issue a lease when a third of the last one is over; gives how many were issued."""
    last = queries.last_lease_at()
    if last is not None and timedelta(0) <= at - last < timedelta(seconds=settings.ORDER_LEASE / 3):
        return 0
    issue_lease(at)
    return 1


@transaction.atomic
def issue_lease(at: datetime) -> int:
    """Keep all orders so far valid for another lease; carries the latest sealed root for the nodes to witness."""
    root = evidence.latest_root()
    lease = messages.Lease(
        order_id=queries.latest_order_id(),
        valid_until=at + timedelta(seconds=settings.ORDER_LEASE),
        root_size=root.size,
        root=root.root,
    )
    return link.issue_order(lease, node_ids=[], at=at)


def watch_nodes(at: datetime) -> int:
    """Raise an alarm for every admitted node that fell silent; its next sign of life closes it."""
    silent = Node.objects.filter(status=states.ADMITTED, seen_at__lt=at - policies.SILENCE)
    for node in silent:
        with transaction.atomic():
            seen = timezone.localtime(node.seen_at).strftime("%Y-%m-%d %H:%M:%S") if node.seen_at else "—"
            detail = Sentence("Last seen {at}.", at=seen)
            intake.raise_alarm(code="node_silent", node_id=node.pk, resource_id=None, detail=detail, at=at)
    return silent.count()


def sweep_channels(at: datetime) -> int:
    """Note plans that were not made or not kept, and enter what goes outside by its own record; gives how many."""
    moved = 0
    for channel_id in queries_channels.overdue(at):
        try:
            found = channels.lapse_channel(channel_id=channel_id, by=System(name=permissions.CHANNEL_WATCHER), at=at)
        except ChangedMeanwhile:
            continue
        moved += found is not None
    return moved + channels.find_candidates(at)


def recount_channels(at: datetime) -> None:
    """Count the periods for plans anew."""
    for channel_id in queries_channels.with_running_clock(at):
        channels.recount_plan(channel_id=channel_id, by=System(name=permissions.CHANNEL_WATCHER), at=at)
