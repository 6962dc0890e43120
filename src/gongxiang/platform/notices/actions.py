"""Writing notices, reading them, and choosing what to hear of.

Notices are copies for the eye: the acts they tell of have their evidence, so none is written here.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.kernel.actors import Actor, Person, Role
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.notices import actions_out, errors, permissions, queries, rules, subjects
from gongxiang.platform.notices.models import Letter, Notice, Reminder, Wishes
from gongxiang.platform.notices.rules import Where, Whom
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import clocks
from gongxiang.platform.rulebook.values import OpenDeadline

#: How long a notice that was read is kept.
KEPT = timedelta(days=365)
#: How long a letter rests that may have gone out when the worker died.
UNSURE = timedelta(minutes=5)


@implements("cn-809:16.1")
@transaction.atomic
def tell_of(*, news: News, by: Actor, at: datetime) -> int:
    """Tell everybody whom the rules name of one act, but who did it; gives how many. Told twice, it changes nothing."""
    permissions.WRITE.check(by)
    rule = rules.RULES[news.kind]
    meant = parties.with_deputies((one for whom in rule.whom for one in _people(whom, news)), at)
    people = [one for one in meant if str(one) != news.actor_id]
    # What the act itself rests on: a grant held for want of an agreement is told of by art. 18, not as misuse.
    basis = tuple(dict.fromkeys(news.basis or rule.basis))
    message: dict[str, Any] = {
        "kind": news.kind, "subject": (news.subject_type, news.subject_id), "title": subjects.title_of(news), "basis": basis,
        "values": {"actor": news.actor_name if news.actor_kind == "person" else ""}, "at": news.occurred_at,
        "source": str(news.uid),
    }  # fmt: skip
    _tell_office_systems(people, **message)
    return _write(people, **message)


@transaction.atomic
def tell_person(
    *, person_id: UUID, kind: str, subject: tuple[str, object], title: str, values: Mapping[str, Any], source: str,
    basis: Iterable[str] = (), by: Actor, at: datetime,
) -> int:  # fmt: skip
    """Tell one person of something that is no act: new hits of a kept search, a period half over."""
    permissions.WRITE.check(by)
    cited = tuple(dict.fromkeys((*basis, *rules.OWN_KINDS[kind].basis)))
    return _write(
        [person_id], kind=kind, subject=(subject[0], str(subject[1])), title=title, basis=cited, values=dict(values), at=at,
        source=source,
    )  # fmt: skip


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def remind_of(*, clock: OpenDeadline, kind: str, by: Actor, at: datetime) -> int:
    """Remind the people of the departments whose turn it is, once for this end of this clock; gives how many were told.

    The reminder is written down before anybody is told: two workers at once, or one that comes again, tell once.
    """
    permissions.WRITE.check(by)
    reminder = Reminder(subject=clock.subject, rule=clock.rule, due_at=clock.due_at, kind=kind, at=at)
    key = {"subject": reminder.subject, "rule": reminder.rule, "due_at": reminder.due_at, "kind": kind}
    Reminder.objects.bulk_create([reminder], ignore_conflicts=True)
    kept = Reminder.objects.select_for_update().get(**key)
    if kept.at != at:
        return 0
    roles = clock.roles or (Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER)
    holders = (one.id for place in clock.turn for role in roles for one in parties.people_with(role, place))
    people = parties.with_deputies(holders, at)
    subject, _colon, key_of = clock.subject.partition(":")
    cited = (clock.basis,) if clock.basis else rules.OWN_KINDS[kind].basis
    message: dict[str, Any] = {
        "kind": kind, "subject": (subject, key_of), "title": clock.title[:500], "basis": tuple(dict.fromkeys(cited)),
        "values": {"due_at": clock.due_at.isoformat(), "rule": clocks.rule_name(clock)}, "at": at,
        "source": f"reminder:{kept.pk}",
    }  # fmt: skip
    _tell_office_systems(people, **message)
    told = _write(people, **message)
    Reminder.objects.filter(pk=kept.pk).update(told=told)
    return told


@transaction.atomic
def mark_read(*, notice_id: UUID, by: Actor, at: datetime) -> Notice:
    """The person read one of their notices."""
    person = permissions.own(by)
    notice = Notice.objects.select_for_update().filter(pk=notice_id, person_id=person.id).first()
    if notice is None:
        raise NotFound()
    if notice.read_at is None:
        notice.read_at = at
        notice.save(update_fields=["read_at"])
    return notice


@transaction.atomic
def mark_all_read(*, topic: str = "", by: Actor, at: datetime) -> int:
    """The person read all notices, or all of one topic; gives how many were unread."""
    return queries.inbox(by, topic=topic, unread=True).order_by().update(read_at=at)


@transaction.atomic
def choose_topics(*, muted: Iterable[str], by: Actor, at: datetime) -> Wishes:
    """Choose which topics not to hear of; what must be told is told all the same."""
    person = permissions.own(by)
    known = rules.topics()
    chosen = sorted(topic for topic in set(muted) if topic in known)
    if firm := [topic for topic in chosen if not known[topic]]:
        raise errors.MustBeTold(topic=firm[0], field="muted")
    return _wish(person, muted=chosen)


@transaction.atomic
def choose_mail(*, address: str, asked: bool, rhythm: str = "daily", by: Actor, at: datetime) -> Wishes:
    """Ask for letters by e-mail, daily, at once, or only of what must be told; or for none."""
    person = permissions.own(by)
    if asked and not address.strip():
        raise errors.AddressMissing(field="address")
    try:
        validate_email(address.strip() or "nobody@example.org")
    except ValidationError:
        raise errors.MailAddressWrong(field="address") from None
    if rhythm not in queries.RHYTHMS:
        raise errors.AddressMissing(field="rhythm")
    fresh = {"mail_failures": 0, "mail_retry_at": None, "mail_problem": ""}
    return _wish(person, mail=address.strip(), mail_asked=asked, rhythm=rhythm, **fresh)


@transaction.atomic
def begin_letter(*, person_id: UUID, notice_ids: Iterable[UUID], by: Actor, at: datetime) -> Letter:
    """Note a letter before it is sent; the one under way, if there is one. Should this process die now, it rests a while."""
    permissions.WRITE.check(by)
    letter, _made = Letter.objects.get_or_create(person_id=person_id, defaults={"notices": list(notice_ids), "begun_at": at})
    Wishes.objects.filter(pk=person_id).update(mail_retry_at=at + UNSURE)
    return letter


@transaction.atomic
def note_mailed(*, person_id: UUID, by: Actor, at: datetime) -> None:
    """The letter under way went out to the person, or what it says was read meanwhile."""
    permissions.WRITE.check(by)
    for letter in Letter.objects.select_for_update().filter(person_id=person_id):
        Notice.objects.filter(pk__in=letter.notices, person_id=person_id).update(mailed_at=at)
        letter.delete()
    fresh = {"mail_failures": 0, "mail_retry_at": None, "mail_problem": ""}
    Wishes.objects.filter(pk=person_id).update(mailed_at=at, **fresh)


@transaction.atomic
def note_mail_failed(*, person_id: UUID, problem: str, by: Actor, at: datetime) -> None:
    """A letter did not go out: it is tried again, each time after twice the pause, and at least once a day."""
    permissions.WRITE.check(by)
    row = Wishes.objects.select_for_update().get(pk=person_id)
    row.mail_failures = min(row.mail_failures + 1, 1000)
    row.mail_retry_at = at + min(timedelta(minutes=5) * 2 ** min(row.mail_failures - 1, 9), timedelta(days=1))
    row.mail_problem = problem[:120]
    row.save(update_fields=["mail_failures", "mail_retry_at", "mail_problem"])


@transaction.atomic
def forget_old(*, by: Actor, at: datetime) -> int:
    """Remove notices read long ago; the acts stay in the evidence."""
    permissions.WRITE.check(by)
    removed, _rows = Notice.objects.filter(read_at__lt=at - KEPT).delete()
    return removed


def _wish(person: Person, **changes: Any) -> Wishes:
    row, _made = Wishes.objects.select_for_update().get_or_create(person_id=person.id)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()
    return row


def _write(
    people: Iterable[UUID], *, kind: str, subject: tuple[str, str], title: str, basis: tuple[str, ...], values: dict[str, Any],
    at: datetime, source: str,
) -> int:  # fmt: skip
    told = [
        Notice(
            person_id=one, kind=kind, topic=rules.topic_of(kind), subject_type=subject[0], subject_id=subject[1], title=title,
            values=values, basis=list(basis), at=at, source=f"{source}",
        )
        for one in queries.willing(people, kind)
    ]  # fmt: skip
    Notice.objects.bulk_create(told, ignore_conflicts=True)
    return len(told)


def _tell_office_systems(people: Iterable[UUID], **message: Any) -> None:
    """The departments of whoever is told hear of it by their own systems, once each, whatever one person muted."""
    actions_out.enqueue(parties.departments_of(people), **message)


def _people(whom: Whom, news: News) -> list[UUID]:
    """The people with one of the roles in the departments meant."""
    departments = _departments(whom.where, news)
    found = [person for role in whom.roles for person in parties.people_with(Role(role))]
    return [one.id for one in found if departments is None or one.department_id in departments]


def _departments(where: Where, news: News) -> set[UUID] | None:
    """None: all of them."""
    if where in (Where.EVERYWHERE, Where.OPERATOR):
        return None
    if where is Where.AUTHORITY:
        return {parties.authority().id}
    # Acts between two departments concern the authority as overseer: it is told where the rule says so.
    concerned = set(news.concerns)
    if len(concerned) > 2:
        concerned.discard(parties.authority().id)
    if where is Where.OWN:
        return {news.actor_department} if news.actor_department else concerned
    if where is Where.OTHERS:
        return concerned - {news.actor_department}
    return concerned
