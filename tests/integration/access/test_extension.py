"""Regulation art. 21: the period of a reply is extended with the authority's consent only, once, and the applicant is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from gongxiang.platform.access import actions, errors, queries, queries_extension, states, tasks
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.notices.rules import RULES, Where
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import answer, make_request
from tests.integration.access.test_permissions import EVERYBODY, actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("cn-809:21.1")]
DUE = datetime(2026, 11, 9, 16, 0, tzinfo=UTC)
#: Ten working days on from 9 November.
LATER = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
WHY = "需核对三个年度的历史台账，短期内不能完成。"


@pytest.fixture
def banner() -> Banner:
    return make_banner()


@pytest.fixture
def request_(banner: Banner) -> AccessRequest:
    return make_request(banner=banner, resource_id=make_conditional(banner=banner).id)


def ask(request: AccessRequest, banner: Banner, *, at: datetime, **changes: Any) -> Any:
    given = {"working_days": 10, "reason": WHY, "by": banner.provider.officer, **changes}
    return actions.ask_extension(access_request_id=request.pk, at=at, **given)


def decide(request: AccessRequest, banner: Banner, *, at: datetime, allow: bool = True, **changes: Any) -> Any:
    given = {"opinion": "理由成立。", "by": banner.authority_leader, **changes}
    return actions.decide_extension(access_request_id=request.pk, allow=allow, at=at, **given)


def test_the_period_is_counted_on_with_its_basis(banner: Banner, request_: AccessRequest) -> None:
    day = banner.at + timedelta(days=1)
    ask(request_, banner, at=day)
    request_.refresh_from_db()
    assert request_.due_at == DUE, "asking alone changes nothing"
    decide(request_, banner, at=day + timedelta(hours=1))
    request_.refresh_from_db()
    assert (request_.due_at, request_.due_basis, request_.status) == (LATER, "cn-809:21.1", states.SUBMITTED)
    assert request_.due_rule == "reply_conditional=5@2021-10-12+reply_extension=10@2025-08-01"
    assert tasks.sweep_overdue(LATER - timedelta(microseconds=1)) == 0
    # Its two parts are one count, so a holiday notice moves it whole.
    running = queries.running_clock(request_)
    assert running is not None
    assert running.working_days == 15
    recalculator = System(name="calendar-recalculator")
    assert actions.recompute_deadline(access_request_id=request_.pk, by=recalculator, at=day) is None
    told = [news.kind for news in evidence.trail_of(f"access_request:{request_.pk}", by=banner.consumer.officer)]
    assert {"reply_extension:asked", "reply_extension:allowed", "access_request:extended"} <= set(told)
    assert RULES["reply_extension:asked"].whom[0].where is Where.AUTHORITY
    assert RULES["reply_extension:allowed"].binding
    answered = answer(request_, banner=banner, at=LATER - timedelta(hours=1))
    assert not answered.late
    with pytest.raises(WrongState):
        ask(request_, banner, at=LATER)


def test_without_consent_by_the_old_day_it_is_overdue(banner: Banner, request_: AccessRequest) -> None:
    ask(request_, banner, at=banner.at)
    assert tasks.sweep_overdue(DUE) == 1
    request_.refresh_from_db()
    assert (request_.status, request_.turn, request_.due_basis) == (states.REPLY_OVERDUE, "authority", "wushen-2021-60:21(2)")
    assert queries_extension.extension_of(request_.pk) is None
    with pytest.raises(errors.NoExtensionAsked):
        decide(request_, banner, at=DUE)


def test_declined_or_consented_there_is_no_second_one(banner: Banner, request_: AccessRequest) -> None:
    ask(request_, banner, at=banner.at)
    with pytest.raises(errors.ExtendedBefore):
        ask(request_, banner, at=banner.at)
    decide(request_, banner, at=banner.at, allow=False)
    request_.refresh_from_db()
    assert request_.due_at == DUE
    with pytest.raises(errors.ExtendedBefore):
        ask(request_, banner, at=banner.at)
    with pytest.raises(errors.NoExtensionAsked):
        decide(request_, banner, at=banner.at)


def test_a_notice_or_withdrawal_overtakes_the_asking(banner: Banner, request_: AccessRequest) -> None:
    ask(request_, banner, at=banner.at)
    actions.notify_incomplete(access_request_id=request_.pk, missing=["三定规定"], by=banner.provider.clerk, at=banner.at)
    assert queries_extension.extension_of(request_.pk) is None
    with pytest.raises(WrongState):
        ask(request_, banner, at=banner.at)
    actions.complete_access_request(
        access_request_id=request_.pk, completion="已补充。", by=banner.consumer.clerk, at=banner.at
    )
    ask(request_, banner, at=banner.at)
    decide(request_, banner, at=banner.at)
    actions.withdraw_access_request(access_request_id=request_.pk, reason="不再需要", by=banner.consumer.officer, at=banner.at)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"working_days": 11}, "working_days"), ({"working_days": 0}, "working_days"), ({"reason": "忙"}, "reason")],
)
def test_what_cannot_be_asked(banner: Banner, request_: AccessRequest, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Shortfalls) as refused:
        ask(request_, banner, at=banner.at, **given)
    assert [one.field for one in refused.value.shortfalls] == [field]
    with pytest.raises(errors.ExtensionTooLate):
        ask(request_, banner, at=DUE)


def test_who_may(banner: Banner, request_: AccessRequest) -> None:
    for act, allowed in ((ask, {"provider.officer"}), (decide, {"authority_leader"})):
        done = set()
        for who in EVERYBODY:
            with transaction.atomic():
                try:
                    act(request_, banner, at=banner.at, by=actor_of(banner, who))
                    done.add(who)
                except NotPermitted:
                    pass
                transaction.set_rollback(True)
        assert done == allowed
        if act is ask:
            ask(request_, banner, at=banner.at)
    with pytest.raises(errors.CommentMissing):
        decide(request_, banner, at=banner.at, opinion=" ")
