"""Periodic work of the room: reading the outbox, kept searches, reminders of periods, the digest by e-mail."""

import logging
from datetime import datetime, timedelta
from urllib.parse import parse_qs
from uuid import UUID

from gongxiang.platform.access import queries as access
from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.catalogue import finding
from gongxiang.platform.catalogue.search import FACETS
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.evidence.tasks import read_outbox
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.notices import actions, mail, queries, rules
from gongxiang.platform.notices.permissions import WRITER
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol import clock

_log = logging.getLogger(__name__)
_JOB = System(name=WRITER)
#: How often a person is told of new hits of one search.
DAILY = timedelta(days=1)


def on_news() -> int:
    """Read the outbox: tell of every act that the rules name."""
    return read_outbox("notices", dict.fromkeys(rules.RULES, _tell))


def _tell(news: News) -> None:
    actions.tell_of(news=news, by=_JOB, at=clock.now())


def tell_searches(at: datetime) -> int:
    """Tell people of entries published since they were last told, for each search they keep; gives how many were told."""
    told = 0
    for kept in finding.searches_to_tell(at - DAILY):
        try:
            person = parties.actor_of(kept.person_id, at)
        except NotFound:
            continue
        asked = parse_qs(kept.query)
        facets = {name: asked[name] for name in FACETS if name in asked}
        text = " ".join(asked.get("q", []))
        found = finding.search(text, actor=person, facets=facets, sort="newest", size=5, published_after=kept.told_until)
        if found.total:
            told += actions.tell_person(
                person_id=kept.person_id, kind="saved_search:new_entries", subject=("saved_search", kept.id), title=kept.name,
                values={"query": kept.query, "count": found.total, "names": [hit.name for hit in found.hits]},
                source=f"saved_search:{kept.id}:{at.date()}", by=_JOB, at=at,
            )  # fmt: skip
        catalogue.note_told(saved_search_id=kept.id, by=_JOB, at=at)
    return told


def remind(at: datetime) -> int:
    """Remind those whose turn it is at half of a period of reply and on its last day; only the inbox changes."""
    told = 0
    for running in access.open_deadlines(at):
        kind = reminder(running.start, running.due_at, at)
        if kind is None:
            continue
        key = UUID(running.subject.partition(":")[2])
        request = access.get_access_request(key, actor=_JOB)
        # Once it is granted the period is the provider's, of provision.
        side = {"provider": request.provider_id, "consumer": request.consumer_id, "": request.provider_id}
        department = side.get(request.turn) or parties.authority().id
        roles = rules.AUTHORITY if request.turn == "authority" else rules.DESK
        for person in {one.id for role in roles for one in parties.people_with(role, department)}:
            told += actions.tell_person(
                person_id=person, kind=kind, subject=("access_request", key), title=running.title,
                values={"due_at": running.due_at.isoformat()}, source=f"{kind}:{key}:{running.due_at.isoformat()}",
                by=_JOB, at=at,
            )  # fmt: skip
    return told


def reminder(start: datetime, due_at: datetime, at: datetime) -> str | None:
    """Which reminder is due: the last day's from 24 hours before the end, else half time's."""
    if at >= due_at or at < start + (due_at - start) / 2:
        return None
    return "period:last_day" if at >= due_at - DAILY else "period:half_time"


def send_digests(at: datetime) -> int:
    """Send everybody who asked what they have not read, once; gives how many letters went out."""
    if not mail.is_on():
        return 0
    sent = 0
    for person_id, address, notices in queries.digests_due(at - timedelta(minutes=10)):
        try:
            mail.send_digest(address, notices)
        except OSError as problem:
            # The address is not logged: it may be a person's own.
            _log.warning("the digest for %s was not sent: %s", person_id, type(problem).__name__)
            continue
        actions.note_mailed(notice_ids=[one.pk for one in notices], by=_JOB, at=at)
        sent += 1
    return sent


def forget_old(at: datetime) -> int:
    """Remove notices read long ago."""
    return actions.forget_old(by=_JOB, at=at)
