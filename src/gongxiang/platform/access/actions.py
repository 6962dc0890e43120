"""Acts of the consumer's side and of the clock: draft, present, consent, submit, complete, consult, withdraw, lapse."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.access import (
    answers,
    ban,
    dispute_sync,
    disputing,
    errors,
    extending,
    permissions,
    policies,
    queries,
    states,
)
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.access.records import (
    check_grant_changeable,
    clock_changes,
    find_problems,
    is_unconditional,
    resource_of,
    seen_by,
)
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.grants.shared import next_number
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook

#: What the applicant may write while the request is a draft.
DRAFT_FIELDS = (
    "legal_basis",
    "purposes",
    "purpose_note",
    "use_case",
    "scope",
    "elements",
    "mode",
    "volume",
    "until",
    "materials",
    "handlers",
)

notify_incomplete = answers.notify_incomplete
prepare_reply = answers.prepare_reply
return_reply = answers.return_reply
consent_reply = answers.consent_reply
ask_extension = extending.ask_extension
decide_extension = extending.decide_extension


@implements("wushen-2021-60:22.1", "wushen-2021-60:4(2)")
@transaction.atomic
def draft_access_request(
    *,
    resource_id: UUID,
    fields: Mapping[str, Any] | None = None,
    changes_grant_id: UUID | None = None,
    kind: str = "change",
    copied_from_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> AccessRequest:
    """Begin a request for a resource; everything may still be empty."""
    permissions.APPLY.check(by)
    if not isinstance(by, Person):
        raise NotPermitted()
    resource = resource_of(resource_id)
    if resource.provider_id == by.department_id:
        raise errors.OwnResource()
    if changes_grant_id is not None and kind != "renewal":
        check_grant_changeable(changes_grant_id, resource_id=resource_id, consumer_id=by.department_id)
    consumer, provider = parties.department_ref(by.department_id), parties.department_ref(resource.provider_id)
    request = AccessRequest(
        id=new_id(),
        number=next_number("GX", at),
        turn="consumer",
        resource_id=resource_id,
        resource_name=resource.name,
        resource_code=resource.code,
        unconditional=is_unconditional(resource, consumer_id=consumer.id, changes_grant_id=changes_grant_id),
        provider_id=provider.id,
        provider_name=provider.name,
        consumer_id=consumer.id,
        consumer_name=consumer.name,
        changes_grant_id=changes_grant_id,
        drafted_at=at,
        drafted_by=by.name,
        drafted_by_id=by.id,
        handlers=[by.id],
        kind=kind if changes_grant_id is not None else "new",
        copied_from_id=copied_from_id,
    )
    _write_draft(request, fields or {})
    open_record(request, table=states.ACCESS_REQUEST, act="draft", by=by, at=at, **seen_by(request))
    return request


@transaction.atomic
def save_draft(
    *, access_request_id: UUID, fields: Mapping[str, Any], ban_accepted: bool | None = None, by: Actor, at: datetime
) -> AccessRequest:
    """Keep what was typed so far. No act in law, so no evidence; the text is frozen when it is presented."""
    request = queries.get_for_update(access_request_id)
    permissions.check_of_department(permissions.APPLY, by, request.consumer_id)
    states.ACCESS_REQUEST.find("present", request.status)
    _write_draft(request, fields)
    if ban_accepted is not None:
        request.ban_accepted_at = (request.ban_accepted_at or at) if ban_accepted else None
        now_holds = ban.text_on(at).version
        if ban_accepted and request.ban_version != now_holds:
            request.ban_accepted_at = at
        request.ban_accepted_by = by.name if ban_accepted else ""
        request.ban_version = now_holds if ban_accepted else ""
    request.save()
    return request


@implements("cn-809:20.2")
@transaction.atomic
def present_access_request(*, access_request_id: UUID, by: Actor, at: datetime) -> AccessRequest:
    """Lay the finished draft before the own accountable officer."""
    request = queries.get_for_update(access_request_id)
    permissions.check_of_department(permissions.APPLY, by, request.consumer_id)
    _check_complete(request, at)
    _move(request, "present", by=by, at=at, after={"asked": _asked(request)})
    return request


@implements("cn-809:20.2")
@transaction.atomic
def send_back(*, access_request_id: UUID, comment: str, by: Actor, at: datetime) -> AccessRequest:
    """The accountable officer does not consent yet and says why."""
    request = queries.get_for_update(access_request_id)
    permissions.check_of_department(permissions.CONSENT, by, request.consumer_id)
    if not comment.strip():
        raise errors.CommentMissing(field="comment")
    _move(request, "send_back", by=by, at=at, detail={"comment": comment.strip()})
    return request


@implements("cn-809:20.2", "cn-809:11(2)")
@transaction.atomic
def consent_access_request(*, access_request_id: UUID, by: Actor, at: datetime) -> AccessRequest:
    """The own accountable officer consents; never who drafted it."""
    request = queries.get_for_update(access_request_id)
    officer = permissions.check_of_department(permissions.CONSENT, by, request.consumer_id)
    drafted = hands_in(request.drafted_by_id, of=[("access_request", request.pk)], acts=["access_request:drafted"])
    if officer.is_hand_of(*drafted):
        raise errors.OwnDraft()
    _check_complete(request, at)
    changes = {"consented_at": at, "consented_by": by.name}
    _move(request, "consent", by=by, at=at, changes=changes)
    return request


@implements("wushen-2021-60:21(2)", "wushen-2021-60:18", "cn-809:20.2", "cn-809:20.3", "cn-809:21.1")
@transaction.atomic
def submit_access_request(*, access_request_id: UUID, by: Actor, at: datetime) -> AccessRequest:
    """Hand the request to the provider and start its period of reply; the own officer has consented, whatever the type.

    An unconditional resource is granted in the same act, under the consent that the provider's officer gave at publication.
    """
    request = queries.get_for_update(access_request_id)
    permissions.check_of_department(permissions.APPLY, by, request.consumer_id)
    _check_complete(request, at)
    if request.status in (states.DRAFT, states.PRESENTED):
        raise errors.OfficerConsentMissing()
    unconditional = is_unconditional(
        resource_of(request.resource_id), consumer_id=request.consumer_id, changes_grant_id=request.changes_grant_id
    )
    rule = "reply_unconditional" if unconditional else "reply_conditional"
    changes = {"submitted_at": at, "unconditional": unconditional, **clock_changes(rule, at)}
    act = "submit_unconditional" if unconditional else "submit"
    _move(request, act, by=by, at=at, changes=changes, after={"asked": _asked(request)})
    if unconditional:
        answers.grant_under_standing_consent(request, at=at)
    return request


@implements("cn-809:21.2")
@transaction.atomic
def complete_access_request(
    *,
    access_request_id: UUID,
    completion: str,
    materials: Sequence[str] = (),
    fields: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> AccessRequest:
    """Add what the notice named, and write anew the fields that it named, no others; the period of reply begins anew."""
    request = queries.get_for_update(access_request_id)
    permissions.check_of_department(permissions.APPLY, by, request.consumer_id)
    if len(completion.strip()) < policies.SHORTEST_TEXT:
        raise errors.CompletionEmpty(field="completion")
    written = {name: list(value) if isinstance(value, tuple) else value for name, value in (fields or {}).items()}
    if unasked := set(written) - set(request.missing_fields):
        raise errors.FieldUnknown(name=", ".join(sorted(unasked)))
    for name, value in written.items():
        setattr(request, name, value)
    found = [one for one in find_problems(request, at=at) if one.field in written] if written else []
    if found:
        raise Shortfalls(found)
    changes = {
        **written,
        "completed_at": at,
        "completion": completion.strip(),
        "materials": [*request.materials, *(m.strip() for m in materials if m.strip())],
        **clock_changes("reply_conditional", at),
    }
    _move(request, "complete", by=by, at=at, changes=changes, detail={"fields": sorted(written)} if written else {})
    return request


@implements("wushen-2021-60:21(2)", "wushen-2021-60:24", "cn-809:39(4)")
@transaction.atomic
def lapse_reply(*, access_request_id: UUID, by: Actor, at: datetime) -> AccessRequest | None:
    """Pass an unanswered request to the authority as of the instant its period ended; None when somebody was faster.

    The text gives silence no effect, so nothing is granted; whose turn it is instead is our choice (art. 24).
    """
    permissions.LAPSE.check(by)
    request = queries.get_for_update(access_request_id)
    if request.status not in (states.SUBMITTED, states.IN_CONSULTATION):
        return None
    answers.lapse(request, by=by, ended_at=policies.check_lapsed(request, at))
    return request


@transaction.atomic
def open_consultation(*, access_request_id: UUID, grounds: str, by: Actor, at: datetime) -> AccessRequest:
    """The consumer disputes all that was refused and says why; see `disputing.open_dispute` for a part of it."""
    disputing.open_dispute(access_request_id=access_request_id, grounds=grounds, by=by, at=at)
    return queries.get_for_update(access_request_id)


def ask_mediation(*, access_request_id: UUID, statement: str, by: Actor, at: datetime) -> AccessRequest:
    """One of the two sides brings the consultation before the authority."""
    return disputing.ask_mediation(access_request_id=access_request_id, statement=statement, by=by, at=at)


@implements("wushen-2021-60:22.1")
@transaction.atomic
def withdraw_access_request(*, access_request_id: UUID, reason: str, by: Actor, at: datetime) -> AccessRequest:
    """The consumer no longer asks."""
    request = queries.get_for_update(access_request_id)
    permissions.check_actor_can_withdraw(by, request.consumer_id, submitted=request.submitted_at is not None)
    if not reason.strip():
        raise errors.CommentMissing(field="reason")
    extending.close_asked(request, because="withdraw", by=by, at=at)
    changes = {"withdrawn_at": at, "withdrawn_reason": reason.strip(), **answers.STOPPED_CLOCK}
    dispute_sync.follow(request, "withdraw", by=by, at=at)
    _move(request, "withdraw", by=by, at=at, changes=changes)
    return request


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def recompute_deadline(*, access_request_id: UUID, by: Actor, at: datetime) -> AccessRequest | None:
    """Count a running period again after the holiday notice was entered; the rule stays that of the day it began."""
    permissions.RECOMPUTE.check(by)
    request = queries.get_for_update(access_request_id)
    running = queries.running_clock(request)
    if running is None:
        return None
    deadline = rulebook.recount_open(running, at=at)
    changed = {"due_at": deadline.due_at, "due_provisional": deadline.provisional}
    if all(getattr(request, name) == value for name, value in changed.items()):
        return None
    record_act(
        kind="access_request:deadline_recomputed",
        subject=("access_request", request.pk),
        by=by,
        at=at,
        basis=(request.due_basis,),
        rule_version=running.rule,
        before={name: getattr(request, name) for name in changed},
        after=changed,
        **seen_by(request),
    )
    for name, value in changed.items():
        setattr(request, name, value)
    request.save(update_fields=[*changed])
    dispute_sync.follow_clock(request)
    return request


def _write_draft(request: AccessRequest, fields: Mapping[str, Any]) -> None:
    unknown = set(fields) - set(DRAFT_FIELDS)
    if unknown:
        raise TypeError(f"not the applicant's to write: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(request, name, list(value) if isinstance(value, tuple) else value)


def _check_complete(request: AccessRequest, at: datetime) -> None:
    problems = find_problems(request, at=at)
    if problems:
        raise Shortfalls(problems)


def _asked(request: AccessRequest) -> dict[str, Any]:
    asked: dict[str, Any] = {name: getattr(request, name) for name in DRAFT_FIELDS}
    until: date | None = request.until
    return {
        **asked,
        "until": until,
        "third_party_ban_accepted_at": request.ban_accepted_at,
        "third_party_ban_version": request.ban_version,
        "material_files": request.material_ids,
        "kind": request.kind,
    }


def _move(
    request: AccessRequest, act: str, *, by: Actor, at: datetime, changes: Mapping[str, Any] | None = None, **more: Any
) -> None:
    arrow = states.ACCESS_REQUEST.find(act, request.status)
    changes = {"turn": arrow.turn, **(changes or {})}
    seen = seen_by(request, submitting="submitted_at" in changes)
    rule = str(changes.get("due_rule", ""))
    transition(request, table=states.ACCESS_REQUEST, act=act, by=by, at=at, changes=changes, rule_version=rule, **seen, **more)
