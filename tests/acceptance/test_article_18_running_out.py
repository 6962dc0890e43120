"""Article 18, while data flow: no sharing without an agreement; it may be renewed without a day's break.

The text says what is needed before sharing begins. Our choice for the day it ends: grants rest, nothing is lost, and they
go on with the next agreement (docs/explanation/choices.md).
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from gongxiang.law.deadlines import end_of_day
from gongxiang.platform.agreements import actions, queries
from gongxiang.platform.agreements.errors import AgreementOpenAlready, NoAgreementInForce, PeriodOverlaps
from gongxiang.platform.agreements.queries import AgreementRef
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import actions as grants_actions
from gongxiang.platform.grants import holding, queries_rectify, tasks
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol.messages import SuspendGrant
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, Office, make_agreement, make_banner, make_draft, signing
from tests.factories.procedure import answer, make_request
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:18")]
HOUR = timedelta(hours=1)


@pytest.fixture
def banner() -> Banner:
    return make_banner()


@pytest.fixture
def grant_id(banner: Banner) -> UUID:
    resource, until = make_conditional(banner=banner), date(2035, 1, 1)
    request = make_request(banner=banner, resource_id=resource.id, until=until)
    made = answer(request, banner=banner, at=banner.at + HOUR, until=until).grant_id
    assert made is not None
    return made


def _standing(banner: Banner, office: Office) -> AgreementRef:
    found = queries.in_force(office.id, banner.at)
    assert found is not None
    return found


def _end(banner: Banner, office: Office) -> datetime:
    at = banner.at + timedelta(days=2)
    standing = _standing(banner, office)
    actions.terminate_agreement(agreement_id=standing.id, reason="职能已划转。", by=banner.authority_leader, at=at)
    return at


def _state(grant_id: UUID, banner: Banner) -> tuple[str, str]:
    view = grants.get_grant(grant_id, actor=banner.auditor)
    return view.status, view.suspend_reason


@pytest.mark.parametrize("side", ["provider", "consumer"])
def test_a_grant_rests_from_the_end_of_either_agreement_and_goes_on_with_the_next(
    banner: Banner, grant_id: UUID, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders: list[object] = []
    monkeypatch.setattr(link, "issue_order", lambda message, **_: orders.append(message))
    office: Office = getattr(banner, side)
    last = end_of_day(_standing(banner, office).valid_until)
    assert tasks.watch_agreements(last - HOUR) == 0
    assert tasks.watch_agreements(last) == 1
    assert _state(grant_id, banner) == ("SUSPENDED", "no_agreement")
    assert [(type(one), one.reason) for one in orders] == [(SuspendGrant, "no_agreement")]
    record = evidence.trail_of(f"grant:{grant_id}", by=office.clerk)[-1]
    assert (record.kind, record.basis) == ("grant:suspended", ("wushen-2021-60:18",))
    assert office.department.name in grants.get_grant(grant_id, actor=office.clerk).suspend_statement
    assert tasks.watch_agreements(last + HOUR) == 0
    other = banner.consumer if side == "provider" else banner.provider
    for number, one in enumerate((office, other)):
        at = last + timedelta(days=number + 1)
        if queries.in_force(one.id, at) is None:
            make_agreement(one, at=at)
    at = last + timedelta(days=3)
    assert tasks.watch_agreements(at) == 1
    assert _state(grant_id, banner) == ("ACTIVE", "")


def test_a_terminated_agreement_stops_the_flow_and_nobody_lifts_it_by_hand(banner: Banner, grant_id: UUID) -> None:
    at = _end(banner, banner.consumer) + HOUR
    assert tasks.watch_agreements(at) == 1
    with pytest.raises(NoAgreementInForce):
        grants_actions.resume_grant(grant_id=grant_id, statement="请恢复共享", by=banner.authority_leader, at=at)
    with pytest.raises(NoAgreementInForce):
        grants_actions.resume_grant(grant_id=grant_id, statement="请恢复共享", by=banner.provider.officer, at=at)
    assert _state(grant_id, banner) == ("SUSPENDED", "no_agreement")


def test_a_suspension_for_misuse_stays_when_the_agreement_comes_back(banner: Banner, grant_id: UUID) -> None:
    grants_actions.suspend_grant(
        grant_id=grant_id, reason="misuse", statement="超范围使用", by=banner.provider.officer, at=banner.at + HOUR
    )
    at = _end(banner, banner.consumer) + HOUR
    assert tasks.watch_agreements(at) == 0
    make_agreement(banner.consumer, at=at + HOUR)
    assert tasks.watch_agreements(at + 2 * HOUR) == 0
    assert _state(grant_id, banner) == ("SUSPENDED", "misuse")


@pytest.mark.article("cn-809:27.2")
def test_what_rests_without_an_agreement_is_suspended_for_misuse_all_the_same(banner: Banner, grant_id: UUID) -> None:
    at = _end(banner, banner.consumer) + HOUR
    assert tasks.watch_agreements(at) == 1
    page = client_of(banner.provider.officer).get(f"/grants/{grant_id}/").content.decode()
    assert f"/grants/{grant_id}/suspend/" in page
    said: dict[str, Any] = {"grant_id": grant_id, "statement": "将数据提供给第三方", "by": banner.provider.officer, "at": at}
    grants_actions.suspend_grant(reason="misuse", **said)
    (demanded,) = queries_rectify.find_rectifications(actor=banner.consumer.officer, status="running")
    assert demanded.status == "DEMANDED"
    with pytest.raises(WrongState):
        grants_actions.suspend_grant(reason="security", **said)
    make_agreement(banner.consumer, at=at + HOUR)
    assert tasks.watch_agreements(at + 2 * HOUR) == 0
    assert _state(grant_id, banner) == ("SUSPENDED", "misuse")


def test_only_the_product_itself_lets_a_grant_rest_or_go_on(banner: Banner, grant_id: UUID) -> None:
    at = _end(banner, banner.consumer) + HOUR
    for by in (banner.provider.officer, banner.consumer.officer, banner.authority_leader, banner.auditor, System(name="job")):
        for act in (holding.hold_grant, holding.release_grant):
            with pytest.raises(NotPermitted):
                act(grant_id=grant_id, by=by, at=at)
    assert _state(grant_id, banner)[0] == "ACTIVE"


def test_the_next_agreement_is_signed_while_the_old_one_runs_and_not_a_second_of_sharing_is_lost(
    banner: Banner, grant_id: UUID
) -> None:
    office, leader = banner.consumer, banner.authority_leader
    old, other = _standing(banner, office), _standing(banner, banner.provider)
    first = old.valid_until + timedelta(days=1)
    at = datetime.combine(old.valid_until - timedelta(days=20), time(4), tzinfo=UTC)
    draft = make_draft(at=at, valid_from=first, valid_until=first.replace(year=first.year + 3))
    overlapping = make_draft(at=at, valid_from=old.valid_until, valid_until=first.replace(year=first.year + 3))
    with pytest.raises(Shortfalls) as refused:
        actions.draft_agreement(department_id=office.id, draft=overlapping, by=office.clerk, at=at)
    assert isinstance(refused.value.shortfalls[0], PeriodOverlaps)
    made = actions.draft_agreement(department_id=office.id, draft=draft, by=office.clerk, at=at)
    with pytest.raises(AgreementOpenAlready):
        actions.draft_agreement(department_id=office.id, draft=draft, by=office.clerk, at=at)
    actions.sign_for_department(agreement_id=made.id, by=office.officer, at=at, **signing(office.officer, at))
    actions.sign_for_authority(agreement_id=made.id, by=leader, at=at + HOUR, **signing(leader, at + HOUR))
    assert queries.in_force(office.id, at + 2 * HOUR).id == old.id  # type: ignore[union-attr]
    # The provider's own agreement must hold as well: renew it in the same way.
    provider = actions.draft_agreement(
        department_id=banner.provider.id, by=banner.provider.clerk, at=at,
        draft=make_draft(
            at=at, valid_from=other.valid_until + timedelta(days=1), valid_until=first.replace(year=first.year + 3)
        ),
    )  # fmt: skip
    officer, later = banner.provider.officer, at + 3 * HOUR
    actions.sign_for_department(agreement_id=provider.id, by=officer, at=later, **signing(officer, later))
    actions.sign_for_authority(agreement_id=provider.id, by=leader, at=later + HOUR, **signing(leader, later + HOUR))
    midnight = end_of_day(old.valid_until)
    for moment in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(seconds=1)):
        assert tasks.watch_agreements(moment) == 0
    assert queries.in_force(office.id, midnight).id == made.id  # type: ignore[union-attr]
    assert _state(grant_id, banner) == ("ACTIVE", "")
