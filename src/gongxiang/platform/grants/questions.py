"""Questions about use (办法 22.3): opened on a sign of drift or by hand, answered by the consumer, settled by who asked."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.actions import open_record, transition
from gongxiang.platform.grants import drift, permissions, policies, queries, states_use
from gongxiang.platform.grants import errors_use as errors
from gongxiang.platform.grants.models import Grant, UseQuestion
from gongxiang.platform.grants.shared import next_number, seen_by
from gongxiang.platform.grants.states import ACTIVE
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.rulebook import queries as rulebook

#: What a question can be about, besides the signs that are found.
BY_HAND = ("purpose", "storage", "passing_on", "other")
SHORTEST = 4


@implements("wushen-2021-60:22.3", "cn-809:25.1")
@transaction.atomic
def ask_about_use(
    *, grant_id: UUID, sign: str, question: str = "", detail: dict[str, Any] | None = None, by: Actor, at: datetime
) -> UseQuestion:
    """Ask the consumer about its use; the provider's officer and the authority in words, the product on a sign."""
    grant = queries.get_for_update(grant_id)
    permissions.check_provider_or_authority(permissions.ASK_ABOUT_USE, by, grant.provider_id)
    found = isinstance(by, System)
    if sign not in (drift.ASKED if found else (*BY_HAND, *drift.ASKED, *drift.SHOWN)):
        raise errors.SignUnknown(field="sign")
    if not found and len(question.strip()) < SHORTEST:
        raise errors.SaidTooLittle(field="question")
    if UseQuestion.objects.filter(grant=grant, sign=sign, status__in=("ASKED", "ANSWERED")).exists():
        raise errors.QuestionOpenAlready(field="sign")
    row = UseQuestion(
        id=new_id(), number=next_number("WX", at), grant=grant, sign=sign, detail=detail or {}, question=question.strip(),
        asked_at=at, asked_by=by.name, **_period(at),
    )  # fmt: skip
    open_record(
        row, table=states_use.USE_QUESTION, act="ask", by=by, at=at, rule_version=row.due_rule,
        after={"number": row.number, "sign": sign, "due_at": row.due_at}, detail={**row.detail, "question": row.question},
        **seen_by(grant),
    )  # fmt: skip
    return row


@implements("wushen-2021-60:22.2")
@transaction.atomic
def answer_question(*, question_id: UUID, answer: str, by: Actor, at: datetime) -> UseQuestion:
    """The consumer explains."""
    row = for_update(question_id)
    permissions.check_own_department(permissions.REPORT_USE, by, row.grant.consumer_id)
    states_use.USE_QUESTION.find("answer", row.status)
    if len(answer.strip()) < SHORTEST:
        raise errors.SaidTooLittle(field="answer")
    changes = {"answer": answer.strip(), "answered_at": at, "answered_by": by.name}
    transition(row, table=states_use.USE_QUESTION, act="answer", by=by, at=at, changes=changes, **seen_by(row.grant))
    return row


@implements("wushen-2021-60:22.3")
@transaction.atomic
def settle_question(*, question_id: UUID, opinion: str, by: Actor, at: datetime) -> UseQuestion:
    """The answer suffices, or the question has fallen away; what does not suffice leads to a suspension."""
    row = for_update(question_id)
    permissions.check_provider_or_authority(permissions.ASK_ABOUT_USE, by, row.grant.provider_id)
    states_use.USE_QUESTION.find("settle", row.status)
    policies.check_reasoned("settled", opinion, ("settled",))
    changes = {"opinion": opinion.strip(), "settled_at": at, "settled_by": by.name}
    transition(row, table=states_use.USE_QUESTION, act="settle", by=by, at=at, changes=changes, **seen_by(row.grant))
    return row


@implements("wushen-2021-60:22.3")
@transaction.atomic
def ask_again(*, question_id: UUID, question: str, by: Actor, at: datetime) -> UseQuestion:
    """The answer does not suffice."""
    row = for_update(question_id)
    permissions.check_provider_or_authority(permissions.ASK_ABOUT_USE, by, row.grant.provider_id)
    states_use.USE_QUESTION.find("ask_again", row.status)
    policies.check_reasoned("asked", question, ("asked",))
    changes = {"question": question.strip(), "asked_at": at, "asked_by": by.name, **_period(at)}
    transition(
        row, table=states_use.USE_QUESTION, act="ask_again", by=by, at=at, changes=changes, rule_version=changes["due_rule"],
        **seen_by(row.grant),
    )  # fmt: skip
    return row


def find_drift(at: datetime) -> int:
    """Ask about every sign that was not asked about lately; gives how many questions were opened."""
    asked = 0
    quiet = at - timedelta(days=rulebook.parameter("drift_quiet_days"))
    for grant in Grant.objects.filter(status=ACTIVE).order_by("pk"):
        lately = set(UseQuestion.objects.filter(grant=grant, asked_at__gt=quiet).values_list("sign", flat=True))
        open_ones = set(
            UseQuestion.objects.filter(grant=grant, status__in=("ASKED", "ANSWERED")).values_list("sign", flat=True)
        )
        for sign in drift.signs_of(grant, at):
            if sign.asks and sign.kind not in lately | open_ones:
                by = System(name=permissions.DRIFT_FINDER)
                ask_about_use(grant_id=grant.pk, sign=sign.kind, detail=sign.detail, by=by, at=at)
                asked += 1
    return asked


def for_update(question_id: UUID) -> UseQuestion:
    """The row with its grant, locked."""
    row = UseQuestion.objects.select_for_update(of=("self",)).select_related("grant").filter(pk=question_id).first()
    if row is None:
        raise NotFound()
    return row


def _period(at: datetime) -> dict[str, Any]:
    deadline = rulebook.deadline("use_question", start=at)
    return {
        "due_at": deadline.due_at, "due_basis": deadline.basis, "due_rule": deadline.rule,
        "due_provisional": deadline.provisional,
    }  # fmt: skip
