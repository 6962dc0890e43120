"""Periodic work of the room: reading the outbox, kept searches, reminders of periods, the digest by e-mail."""

import logging
import smtplib
from datetime import datetime, timedelta
from urllib.parse import parse_qs
from uuid import UUID

from gongxiang.platform.batches import queries as batches
from gongxiang.platform.batches.actions import AT_ONCE
from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.catalogue import finding
from gongxiang.platform.catalogue.search import FACETS
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.evidence.tasks import read_outbox
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.notices import actions, actions_out, mail, queries, rules
from gongxiang.platform.notices.permissions import WRITER
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import clocks
from gongxiang.protocol import clock, killpoints

_log = logging.getLogger(__name__)
_JOB = System(name=WRITER)
#: With these a calendar address ends.
ENDS_FEEDS = ("person:password_reset", "person:factor_reset", "person:account_closed")
#: Nobody else's letter goes out now either: the next look tries again.
_SERVER_AWAY = (TimeoutError, ConnectionError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError)
#: How often a person is told of new hits of one search.
DAILY = timedelta(days=1)


def on_news() -> int:
    """Read the outbox: tell of every act that the rules name."""
    told = dict.fromkeys(rules.RULES, _tell)
    others = {**dict.fromkeys(rules.OF_DEPUTIES, _tell_deputy), **dict.fromkeys(ENDS_FEEDS, _end_feed)}
    return read_outbox("notices", {**told, **others, **dict.fromkeys(rules.OF_BATCHES, _tell_asker)})


def _end_feed(news: News) -> None:
    actions_out.end_feeds_of(person_id=UUID(news.subject_id), by=_JOB, at=clock.now())


def _tell(news: News) -> None:
    actions.tell_of(news=news, by=_JOB, at=clock.now())


def _tell_deputy(news: News) -> None:
    """The colleague who stands in, or no longer does, hears of it; who named them knows."""
    deputy = news.after.get("deputy") or news.detail.get("deputy")
    if not deputy or deputy == news.actor_id:
        return
    dates = {"starts_at": news.after.get("starts_at"), "ends_at": news.after.get("ends_at")}
    actions.tell_person(
        person_id=UUID(deputy), kind=rules.OF_DEPUTIES[news.kind], subject=("deputy", news.subject_id),
        title=parties.person_ref(UUID(news.subject_id)).name, values=dates, source=str(news.uid), basis=news.basis, by=_JOB,
        at=news.occurred_at,
    )  # fmt: skip


def _tell_asker(news: News) -> None:
    """The person who asked for a batch hears that it is done, and whether something was refused; few are seen on the page."""
    asked = batches.asked_by(UUID(news.subject_id))
    if asked is None or asked.total <= AT_ONCE:
        return
    done, refused = rules.OF_BATCHES[news.kind]
    actions.tell_person(
        person_id=asked.person_id, kind=refused if asked.refused else done, subject=("batch", news.subject_id),
        title=asked.title, values={}, source=str(news.uid), basis=news.basis, by=_JOB, at=news.occurred_at,
    )  # fmt: skip


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
    """Remind those whose turn it is, of every clock of every room, at half time and on the last day; once each."""
    due = clocks.reminders_due(clocks.running(at), at)
    fresh = queries.not_reminded([(clock, f"period:{moment}") for clock, moment in due])
    return sum(actions.remind_of(clock=clock, kind=kind, by=_JOB, at=at) for clock, kind in fresh)


def send_digests(at: datetime) -> int:
    """Send everybody who asked what they have not read, once; gives how many letters went out."""
    if not mail.is_on():
        return 0
    sent = 0
    for person_id, address, notices in queries.digests_due(at):
        # 1. Note it, 2. send it, 3. note that it went. Dying after 2 sends the same letter again under the same Message-ID.
        letter = actions.begin_letter(person_id=person_id, notice_ids=[one.pk for one in notices], by=_JOB, at=at)
        if not all(one.read_at for one in notices):
            killpoints.reach("notices.letter_noted")
            try:
                mail.send_digest(address, notices, message_id=letter.pk, begun_at=letter.begun_at)
            except (OSError, ValueError) as problem:
                # The address is not logged: it may be a person's own.
                _log.warning("the digest for %s was not sent: %s", person_id, type(problem).__name__)
                actions.note_mail_failed(person_id=person_id, problem=type(problem).__name__, by=_JOB, at=at)
                if isinstance(problem, _SERVER_AWAY):
                    break
                continue
            sent += 1
            killpoints.reach("notices.letter_sent")
        actions.note_mailed(person_id=person_id, by=_JOB, at=at)
    return sent


def send_webhooks(at: datetime) -> int:
    """Send what departments' office systems wait for; gives how many were taken."""
    return actions_out.send_due(by=_JOB, at=at)


def forget_old(at: datetime) -> int:
    """Remove notices read long ago, and old messages."""
    return actions.forget_old(by=_JOB, at=at) + actions_out.forget_dispatches(by=_JOB, at=at)
