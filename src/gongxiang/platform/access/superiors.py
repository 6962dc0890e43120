"""Acts on requests to line superiors: draft, letter, sending, reminders, the answer, what came back, the end."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.access import errors_superior as errors
from gongxiang.platform.access import permissions, queries, superior_letters
from gongxiang.platform.access import policies_superior as policies
from gongxiang.platform.access import queries_superior as reading
from gongxiang.platform.access import states_superior as states
from gongxiang.platform.access.models import DataReturn, SuperiorReminder, SuperiorRequest
from gongxiang.platform.catalogue import queries_line
from gongxiang.platform.catalogue.vocabulary import UpdateCycle
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.grants.shared import next_number
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.rulebook.recounting import recount_row
from gongxiang.protocol.clock import BEIJING

_STOPPED: Mapping[str, Any] = {"due_at": None, "due_provisional": False}
#: What may be written while the letter is not issued.
_FIELDS = ("superior", "level", "system_name", "title", "items", "reason", "mode", "frequency")


@implements("wushen-2021-60:21(3)", "cn-809:24.1")
@transaction.atomic
def draft_superior_request(
    *,
    superior: str,
    level: str,
    system_name: str,
    title: str,
    items: Iterable[str],
    reason: str,
    mode: str = "table",
    frequency: str = "DAILY",
    resource_id: UUID | None = None,
    access_request_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> SuperiorRequest:
    """Begin a request to the superior: by hand, for an own entry, or for a request that could not be met."""
    permissions.ASK_SUPERIOR.check(by)
    if not isinstance(by, Person):
        raise NotPermitted()
    fields = _fields(
        superior=superior, level=level, system_name=system_name, title=title, items=items, reason=reason, mode=mode,
        frequency=frequency,
    )  # fmt: skip
    origin = _origin(by.department_id, resource_id, access_request_id)
    if number := reading.asked_number(resource_id=resource_id, access_request_id=access_request_id):
        raise errors.AskedAlready(number=number)
    row = SuperiorRequest(
        id=new_id(),
        number=next_number("SJ", at),
        turn="provider",
        department_id=by.department_id,
        department_name=by.department,
        drafted_at=at,
        drafted_by=by.name,
        drafted_by_id=by.id,
        **fields,
        **origin,
    )
    try:
        with transaction.atomic():
            after = {"number": row.number, "superior": row.superior, "system": row.system_name, "title": row.title}
            open_record(row, table=states.SUPERIOR_REQUEST, act="draft", by=by, at=at, after=after, **_seen_by(row))
    except IntegrityError as error:
        # Two equal forms at once: the second finds what the first made.
        known = reading.asked_number(resource_id=resource_id, access_request_id=access_request_id)
        raise errors.AskedAlready(number=known) from error
    return row


@implements("wushen-2021-60:21(3)")
@transaction.atomic
def save_superior_request(*, superior_request_id: UUID, fields: Mapping[str, Any], by: Actor, at: datetime) -> SuperiorRequest:
    """Change the draft; the text is fixed when the letter is issued, so this alone is no act in law."""
    row = reading.get_for_update(superior_request_id)
    permissions.check_of_department(permissions.ASK_SUPERIOR, by, row.department_id)
    states.SUPERIOR_REQUEST.find("issue", row.status)
    unknown = set(fields) - set(_FIELDS)
    if unknown:
        raise TypeError(f"not the drafter's to write: {', '.join(sorted(unknown))}")
    for name, value in _fields(**{**{name: getattr(row, name) for name in _FIELDS}, **fields}).items():
        setattr(row, name, value)
    assert isinstance(by, Person)
    row.drafted_by, row.drafted_by_id, row.drafted_at = by.name, by.id, at
    row.save(update_fields=[*_FIELDS, "drafted_by", "drafted_by_id", "drafted_at"])
    if by.acting_for:
        # Who writes it in somebody's place is said, so that neither of them issues it.
        record_act(
            kind="superior_request:drafted", subject=("superior_request", row.pk), by=by, at=at,
            basis=("wushen-2021-60:21(3)",), **_seen_by(row),
        )  # fmt: skip
    return row


@implements("wushen-2021-60:21(3)")
@transaction.atomic
def issue_letter(*, superior_request_id: UUID, by: Actor, at: datetime) -> SuperiorRequest:
    """The accountable officer issues the letter: number, Word, PDF, verification code; never who drafted it."""
    row = reading.get_for_update(superior_request_id)
    officer = permissions.check_of_department(permissions.ISSUE_LETTER, by, row.department_id)
    states.SUPERIOR_REQUEST.find("issue", row.status)
    drafted = hands_in(row.drafted_by_id, of=[("superior_request", row.pk)], acts=["superior_request:drafted"])
    if officer.is_hand_of(*drafted):
        raise errors.OwnLetter()
    letter = superior_letters.issue_request(row, by=by, at=at, **_paper(row))
    changes = {"letter_id": letter.id, "letter_number": letter.number, "issued_at": at, "issued_by": by.name}
    asked = {"asked": {name: getattr(row, name) for name in _FIELDS}}
    return _move(row, "issue", by=by, at=at, changes=changes, after=asked)


@implements("wushen-2021-60:21(3)")
@transaction.atomic
def send_letter(
    *, superior_request_id: UUID, sent_on: date | None, way: str, to: str, by: Actor, at: datetime
) -> SuperiorRequest:
    """Write down when, how and to which unit the letter went; the period for an answer begins with that day."""
    row = reading.get_for_update(superior_request_id)
    permissions.check_of_department(permissions.ASK_SUPERIOR, by, row.department_id)
    states.SUPERIOR_REQUEST.find("send", row.status)
    policies.check_sent(way=way, to=to)
    assert row.issued_at is not None
    on = policies.check_day(sent_on, after=beijing_date(row.issued_at), at=at, field="sent_on")
    changes = {"sent_on": on, "sent_by_way": way, "sent_to": to.strip()[:200], **_clock(on, at)}
    return _move(row, "send", by=by, at=at, changes=changes)


@implements("wushen-2021-60:21(3)")
@transaction.atomic
def remind_superior(
    *, superior_request_id: UUID, reminded_on: date | None, way: str, note: str = "", with_letter: bool = True, by: Actor,
    at: datetime,
) -> SuperiorRequest:  # fmt: skip
    """Remind the superior, with a letter of reminder if wanted; the period begins anew."""
    row = reading.get_for_update(superior_request_id)
    permissions.check_of_department(permissions.ASK_SUPERIOR, by, row.department_id)
    states.SUPERIOR_REQUEST.find("remind", row.status)
    if way not in policies.WAYS:
        raise errors.WayUnknown(field="way")
    on = policies.check_day(reminded_on, after=row.sent_on, at=at, field="reminded_on")
    serial = row.reminders + 1
    letter = superior_letters.issue_reminder(row, serial=serial, by=by, at=at, **_paper(row)) if with_letter else None
    SuperiorReminder.objects.create(
        id=new_id(),
        request=row,
        serial=serial,
        reminded_on=on,
        way=way,
        note=note.strip(),
        letter_id=letter.id if letter else None,
        letter_number=letter.number if letter else "",
        recorded_at=at,
        recorded_by=by.name,
    )
    changes = {"reminders": serial, "outcome": "", **_clock(on, at)}
    after = {"reminded_on": on, "way": way, "letter": letter.number if letter else ""}
    return _move(row, "remind", by=by, at=at, changes=changes, after=after)


@implements("wushen-2021-60:21(3)", "wushen-2021-60:24")
@transaction.atomic
def lapse_answer(*, superior_request_id: UUID, by: Actor, at: datetime) -> SuperiorRequest | None:
    """No answer came within the period: the department has to remind; None when somebody was faster."""
    permissions.LAPSE.check(by)
    row = reading.get_for_update(superior_request_id)
    if row.status != states.SENT:
        return None
    return _move(row, "lapse", by=by, at=policies.check_lapsed(row.due_at, at), changes={})


@implements("wushen-2021-60:21(3)", "cn-809:24.1")
@transaction.atomic
def record_answer(
    *,
    superior_request_id: UUID,
    outcome: str,
    answered_on: date | None = None,
    number: str = "",
    text: str = "",
    agreed_mode: str = "",
    agreed_frequency: str = "",
    extra_conditions: str = "",
    file: tuple[str, bytes] | None = None,
    by: Actor,
    at: datetime,
) -> SuperiorRequest:
    """Write down the superior's answer, or (the officer, after a reminder) that none came."""
    row = reading.get_for_update(superior_request_id)
    if outcome not in states.OUTCOMES:
        raise errors.AnswerIncomplete(field="outcome")
    silent = outcome == states.NONE
    permission = permissions.ISSUE_LETTER if silent else permissions.ASK_SUPERIOR
    permissions.check_of_department(permission, by, row.department_id)
    act = {states.GRANTED: "agree", states.PARTLY: "agree", states.TURNED_DOWN: "refuse", states.NONE: "note_silence"}[outcome]
    states.SUPERIOR_REQUEST.find(act, row.status)
    changes: dict[str, Any] = {"outcome": outcome, "answer_recorded_at": at, "answer_recorded_by": by.name, **_STOPPED}
    if silent:
        policies.check_silence(row)
        changes |= {"answer": text.strip(), "answered_on": None, "answer_number": ""}
    else:
        changes |= {
            "answered_on": policies.check_day(answered_on, after=row.sent_on, at=at, field="answered_on"),
            "answer": policies.check_answer(text),
            "answer_number": number.strip()[:80],
        }
    if act == "agree":
        policies.check_agreed(mode=agreed_mode, frequency=agreed_frequency)
        changes |= {
            "agreed_mode": agreed_mode, "agreed_frequency": agreed_frequency, "extra_conditions": extra_conditions.strip(),
        }  # fmt: skip
    if file is not None:
        kept = documents.keep_upload(name=file[0], content=file[1], by=by, at=at, **_paper(row))
        changes["answer_upload_id"] = kept.id
    return _move(row, act, by=by, at=at, changes=changes)


@implements("cn-809:24.1", "cn-809:24.2", "wushen-2021-60:21(3)")
@transaction.atomic
def record_return(
    *, superior_request_id: UUID, arrived_on: date | None, way: str, rows: int | None = None, note: str = "", by: Actor,
    at: datetime,
) -> SuperiorRequest:  # fmt: skip
    """Write down that data came back, where the product does not see it by itself."""
    row = reading.get_for_update(superior_request_id)
    permissions.check_of_department(permissions.ASK_SUPERIOR, by, row.department_id)
    if row.status != states.RETURNING:
        states.SUPERIOR_REQUEST.find("receive", row.status)
    if way not in policies.MODES:
        raise errors.NothingReturned(field="way")
    policies.check_rows(rows)
    on = policies.check_day(arrived_on, after=row.sent_on, at=at, field="arrived_on")
    if reading.returned_already(row.pk, on, way):
        raise errors.ReturnedAlready(field="arrived_on")
    instant = at if on == beijing_date(at) else datetime.combine(on, time(12), BEIJING)
    return _returned(row, on=on, way=way, rows=rows, note=note.strip(), moment=instant, by=by, at=at)


@implements("cn-809:24.1", "wushen-2021-60:21(3)")
@transaction.atomic
def note_flowing(*, superior_request_id: UUID, seen_at: datetime, by: Actor, at: datetime) -> SuperiorRequest | None:
    """The product saw data of the entry move after the superior agreed: proof that it came back; once a day."""
    permissions.WATCH_RETURNS.check(by)
    row = reading.get_for_update(superior_request_id)
    if row.status not in states.COMING or row.answer_recorded_at is None or seen_at < row.answer_recorded_at:
        return None
    on = beijing_date(seen_at)
    if reading.returned_already(row.pk, on, "flow"):
        return None
    return _returned(row, on=on, way="flow", rows=None, note="", moment=seen_at, by=by, at=at)


@implements("wushen-2021-60:21(3)")
@transaction.atomic
def close_superior_request(*, superior_request_id: UUID, reason: str, by: Actor, at: datetime) -> SuperiorRequest:
    """Nothing more is expected, or the data are no longer needed."""
    row = reading.get_for_update(superior_request_id)
    permissions.check_of_department(permissions.ISSUE_LETTER, by, row.department_id)
    changes = {"closed_at": at, "closing_reason": policies.check_reason(reason), **_STOPPED}
    return _move(row, "close", by=by, at=at, changes=changes)


@implements("wushen-2021-60:21(3)")
@transaction.atomic
def discard_superior_request(*, superior_request_id: UUID, by: Actor, at: datetime) -> SuperiorRequest:
    """The letter was not sent and will not be; one that was issued the officer discards, and its document is withdrawn."""
    row = reading.get_for_update(superior_request_id)
    issued = row.status == states.ISSUED
    permissions.check_of_department(permissions.ISSUE_LETTER if issued else permissions.ASK_SUPERIOR, by, row.department_id)
    states.SUPERIOR_REQUEST.find("discard", row.status)
    if row.letter_id is not None:
        documents.withdraw_document(document_id=row.letter_id, reason="未发出，作废。", by=by, at=at)
    return _move(row, "discard", by=by, at=at, changes={"closed_at": at})


@implements("wushen-2021-60:21(3)")
@transaction.atomic
def recount_answer(*, superior_request_id: UUID, by: Actor, at: datetime) -> SuperiorRequest | None:
    """Count a running period again after a holiday notice was entered; None where nothing moves."""
    permissions.RECOMPUTE.check(by)
    row = reading.get_for_update(superior_request_id)
    running = reading.running_clock(row)
    moved = recount_row(row=row, running=running, subject="superior_request", by=by, at=at, seen=_seen_by(row))
    return row if moved else None


def _fields(*, items: Iterable[str], **texts: str) -> dict[str, Any]:
    wanted = [item.strip()[:120] for item in dict.fromkeys(items) if item.strip()][:200]
    checked = ("superior", "system_name", "level", "title", "reason")
    policies.check_drafted(items=wanted, **{name: texts[name] for name in checked})
    if texts["mode"] not in policies.MODES:
        raise errors.AgreementIncomplete(field="mode")
    if texts["frequency"] not in UpdateCycle.values:
        raise errors.AgreementIncomplete(field="frequency")
    lengths = {"superior": 200, "system_name": 200, "title": 200, "reason": 4000}
    return {"items": wanted, **{name: value.strip()[: lengths.get(name, 20)] for name, value in texts.items()}}


def _origin(department_id: UUID, resource_id: UUID | None, access_request_id: UUID | None) -> dict[str, Any]:
    """Entry and access request from which it comes; raises NotYourCase or NotLineRun."""
    found: dict[str, Any] = {}
    if access_request_id is not None:
        case = queries.get_for_update(access_request_id)
        if case.provider_id != department_id or case.submitted_at is None:
            raise errors.NotYourCase()
        found |= {"access_request_id": case.pk, "access_request_number": case.number}
    if resource_id is not None:
        entry = queries_line.line_entry(resource_id)
        if entry is None:
            raise errors.NotLineRun()
        if entry.provider_id != department_id:
            raise errors.NotYourCase()
        found |= {"resource_id": entry.id, "resource_name": entry.name}
    return found


def _returned(
    row: SuperiorRequest, *, on: date, way: str, rows: int | None, note: str, moment: datetime, by: Actor, at: datetime
) -> SuperiorRequest:
    try:
        with transaction.atomic():
            DataReturn.objects.create(
                id=new_id(), request=row, arrived_on=on, way=way, rows=rows, note=note, recorded_at=at, recorded_by=by.name
            )
    except IntegrityError as error:
        raise errors.ReturnedAlready(field="arrived_on") from error
    latest = max(moment, row.last_return_at) if row.last_return_at else moment
    changes = {
        "returns": row.returns + 1, "last_return_at": latest, "first_return_at": min(moment, row.first_return_at or moment),
        "seen_flowing": row.seen_flowing or way == "flow",
    }  # fmt: skip
    after = {"arrived_on": on, "way": way, "rows": rows}
    if row.status == states.AGREED:
        return _move(row, "receive", by=by, at=at, changes=changes, after=after)
    record_act(
        kind="superior_request:returned_again", subject=("superior_request", row.pk), by=by, at=at, basis=("cn-809:24.1",),
        after=after, **_seen_by(row),
    )  # fmt: skip
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=[*changes])
    return row


def _clock(on: date, at: datetime) -> dict[str, Any]:
    """The period for an answer, counted from the day of sending or reminding."""
    start = at if on == beijing_date(at) else datetime.combine(on, time(12), BEIJING)
    deadline = rulebook.deadline("superior_answer", start=start)
    # What was sent long ago and written down only now is not overdue by the writing down: the present day at least is left.
    due_at = max(deadline.due_at, datetime.combine(beijing_date(at) + timedelta(days=1), time(), BEIJING))
    return {
        "clock_from": start, "due_at": due_at, "due_basis": deadline.basis, "due_rule": deadline.rule,
        "due_provisional": deadline.provisional,
    }  # fmt: skip


def _seen_by(row: SuperiorRequest) -> dict[str, Any]:
    """The department; from the letter on the authority too. The applicant reads of it on its request's page."""
    concerned = {row.department_id}
    if row.issued_at is not None or row.letter_number:
        concerned.add(parties.authority().id)
    trail = [f"resource:{row.resource_id}"] if row.resource_id else []
    trail += [f"access_request:{row.access_request_id}"] if row.access_request_id else []
    return {"concerns": concerned, "trail": trail}


def _paper(row: SuperiorRequest) -> dict[str, Any]:
    return {"concerns": {row.department_id, parties.authority().id}, "trail": [f"superior_request:{row.pk}"]}


def _move(
    row: SuperiorRequest, act: str, *, by: Actor, at: datetime, changes: Mapping[str, Any], **more: Any
) -> SuperiorRequest:
    arrow = states.SUPERIOR_REQUEST.find(act, row.status)
    changed = {"turn": arrow.turn, **changes}
    seen = _seen_by(row)
    if act == "issue":
        seen["concerns"] = {row.department_id, parties.authority().id}
    if act in ("send", "receive") and row.access_request is not None:
        # The applicant for whose request the superior is asked learns of the two steps that change its prospects.
        seen["concerns"] = {*seen["concerns"], row.access_request.consumer_id}
    rule = str(changes.get("due_rule", ""))
    transition(row, table=states.SUPERIOR_REQUEST, act=act, by=by, at=at, changes=changed, rule_version=rule, **seen, **more)
    return row


def awaited_and_seen() -> dict[UUID, datetime]:
    """Requests whose entry's data moved since the last return known: request -> when."""
    awaited = reading.awaited_entries()
    seen = queries_line.data_changed_at(awaited)
    return {
        awaited[key][0]: when
        for key, when in seen.items()
        if awaited[key][1] is None or beijing_date(when) > beijing_date(awaited[key][1] or when)
    }
