"""The whole table of an access request: each arrow out of each state, tried by every role of every side.

Asserted of each: who may and nobody else, the state and turn it leads to, the event, the articles, and who is told. Arrows of a
dispute have their own test (test_article_21_2_disputes.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from gongxiang.platform.access import actions, states, tasks
from gongxiang.platform.access.errors import NoReplyPrepared, OfficerConsentMissing
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.notices.rules import RULES
from tests.factories.catalogue import make_conditional, make_published
from tests.factories.contents import complete_content
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_request, reply_fields, request_fields

pytestmark = pytest.mark.django_db
EVERYBODY = (
    "consumer.clerk", "consumer.reviewer", "consumer.officer", "consumer.node_operator", "provider.clerk", "provider.reviewer",
    "provider.officer", "provider.node_operator", "stranger.clerk", "stranger.officer", "authority_officer", "authority_leader",
    "auditor", "site.system_admin", "site.security_admin", "site.audit_admin",
)  # fmt: skip
JOBS = ("deadline-sweeper", "calendar-recalculator", "standing-consent", "another-job")
_APPLICANTS = {"consumer.clerk", "consumer.reviewer", "consumer.officer"}
_PROVIDER = {"provider.clerk", "provider.reviewer", "provider.officer"}
_OFFICER, _LEADER = {"provider.officer"}, {"authority_leader"}
_AUTHORITY = {"authority_officer", "authority_leader"}
WHOLE = {"elements": ("id_number", "name", "phone", "township"), "masks": {}, "conditions": (), "until": date(2027, 10, 31)}
REFUSAL = {"outcome": "refuse", "ground": "purpose_unfit", "text": "申请用途超出共享范围，请明确依据。"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One arrow out of one state."""

    act: str
    source: str
    by: set[str]
    do: str
    arguments: dict[str, Any] = field(default_factory=dict)
    #: The reply that lies prepared; the side that prepared it.
    prepared: dict[str, Any] | None = None
    side: str = "provider"
    unconditional: bool = False
    #: Whose turn it is in the end, where the act leads further than its arrow.
    ends: str = ""
    #: Those whose door lets them prepare for the other side, so that they hear it is not their turn.
    out_of_turn: set[str] = field(default_factory=set)


def _given(act: str, source: str, side: str, reply: dict[str, Any]) -> Case:
    by = _OFFICER if side == "provider" else _LEADER
    other = _LEADER if side == "provider" else _OFFICER
    return Case(act=act, source=source, by=by, do="consent_reply", prepared=reply, side=side, out_of_turn=other)


CASES = (
    Case(act="present", source=states.DRAFT, by=_APPLICANTS, do="present_access_request"),
    Case(act="send_back", source=states.PRESENTED, by={"consumer.officer"}, do="send_back", arguments={"comment": "请补充"}),
    Case(act="consent", source=states.PRESENTED, by={"consumer.officer"}, do="consent_access_request"),
    Case(act="submit", source=states.CONSENTED, by=_APPLICANTS, do="submit_access_request"),
    Case(
        act="submit_unconditional", source=states.CONSENTED, by=_APPLICANTS, do="submit_access_request", unconditional=True,
        ends=states.GRANTED,
    ),
    Case(
        act="notify_incomplete", source=states.SUBMITTED, by=_PROVIDER, do="notify_incomplete",
        arguments={"missing": ["三定规定"], "fields": ["legal_basis"]},
    ),
    Case(
        act="complete", source=states.INCOMPLETE, by=_APPLICANTS, do="complete_access_request",
        arguments={"completion": "已补充。"},
    ),
    Case(act="lapse_reply", source=states.SUBMITTED, by={"deadline-sweeper"}, do="lapse_reply"),
    _given("grant", states.SUBMITTED, "provider", WHOLE),
    _given("grant_partly", states.SUBMITTED, "provider", {}),
    _given("refuse", states.SUBMITTED, "provider", REFUSAL),
    _given("grant", states.REPLY_OVERDUE, "provider", WHOLE),
    _given("grant_partly", states.REPLY_OVERDUE, "authority", {}),
    _given("refuse", states.REPLY_OVERDUE, "provider", REFUSAL),
    *(
        Case(act="withdraw", source=source, by=by, do="withdraw_access_request", arguments={"reason": "不再需要"})
        for source, by in (
            (states.DRAFT, _APPLICANTS), (states.PRESENTED, _APPLICANTS), (states.CONSENTED, _APPLICANTS),
            (states.SUBMITTED, {"consumer.officer"}), (states.INCOMPLETE, {"consumer.officer"}),
            (states.REPLY_OVERDUE, {"consumer.officer"}),
        )
    ),
)  # fmt: skip
#: Acts that move no status, and who may.
NOTES: tuple[tuple[str, str, dict[str, Any], set[str], set[str]], ...] = (
    ("prepare_reply", states.SUBMITTED, reply_fields(), _PROVIDER, _AUTHORITY),
    ("prepare_reply", states.REPLY_OVERDUE, reply_fields(), _PROVIDER | _AUTHORITY, set()),
    ("recompute_deadline", states.SUBMITTED, {}, {"calendar-recalculator"}, set()),
)
#: Everybody hears of these through the next act or the page; no notice of their own.
UNTOLD = {"drafted", "consented"}
OF_DISPUTES = {
    "refuse_in_consultation", "open_consultation", "grant_part", "uphold_part", "end_dispute", "end_dispute_of_part",
    "ask_mediation", "lapse_consultation",
}  # fmt: skip


def actor_of(banner: Banner, who: str) -> Person:
    """The person of that name in the banner."""
    found: Any = banner
    for name in who.split("."):
        found = getattr(found, name)
    assert isinstance(found, Person)
    return found


def tried(act: Callable[[Actor], object], banner: Banner) -> tuple[set[str], set[str]]:
    """Who got through, and who may at another turn, or another reply, only; each tries in a transaction of its own."""
    done, out_of_turn = set(), set()
    for who in (*EVERYBODY, *JOBS):
        with transaction.atomic():
            try:
                act(System(name=who) if who in JOBS else actor_of(banner, who))
                done.add(who)
            except NotPermitted:
                pass
            except (WrongState, NoReplyPrepared):
                out_of_turn.add(who)
            transaction.set_rollback(True)
    return done, out_of_turn


def bring(banner: Banner, source: str, resource_id: Any) -> AccessRequest:
    """A request in that state by the real acts."""
    plain = source if source in (states.DRAFT, states.PRESENTED, states.CONSENTED) else states.SUBMITTED
    request = make_request(plain, banner=banner, resource_id=resource_id)
    if source == states.INCOMPLETE:
        actions.notify_incomplete(access_request_id=request.pk, missing=["材料"], by=banner.provider.clerk, at=banner.at)
    if source == states.REPLY_OVERDUE:
        tasks.sweep_overdue(banner.at + timedelta(days=30))
    request.refresh_from_db()
    assert request.status == source
    return request


def test_every_arrow_who_may_turn_article_event_and_notice() -> None:
    banner = make_banner()
    resource = make_conditional(banner=banner)
    open_to_all = make_published(banner=banner, content=complete_content())
    for case in CASES:
        with transaction.atomic():
            late = case.source == states.REPLY_OVERDUE or case.act == "lapse_reply"
            at = banner.at + timedelta(days=30 if late else 0)
            if case.unconditional:
                request = actions.draft_access_request(
                    resource_id=open_to_all.id, fields=_open_fields(open_to_all), by=banner.consumer.clerk, at=at
                )
                key: dict[str, Any] = {"access_request_id": request.pk, "at": at}
                actions.save_draft(fields={}, ban_accepted=True, by=banner.consumer.clerk, **key)
                for early in (actions.present_access_request, None):
                    with pytest.raises(OfficerConsentMissing):
                        actions.submit_access_request(by=banner.consumer.clerk, **key)
                    if early is not None:
                        early(by=banner.consumer.clerk, **key)
                actions.consent_access_request(by=banner.consumer.officer, **key)
            else:
                request = bring(banner, case.source, resource.id)
            if case.prepared is not None:
                by = banner.provider.reviewer if case.side == "provider" else banner.authority_officer
                reply = case.prepared if "outcome" in case.prepared else reply_fields(**case.prepared)
                request = actions.prepare_reply(access_request_id=request.pk, by=by, at=at, **reply)
            _check(case, request, banner, at)
            transaction.set_rollback(True)


def _check(case: Case, request: AccessRequest, banner: Banner, at: Any) -> None:
    def act(by: Actor) -> object:
        read = {"read_at": request.prepared_at} if case.do == "consent_reply" else {}
        return getattr(actions, case.do)(access_request_id=request.pk, by=by, at=at, **read, **case.arguments)

    named = f"{case.act} out of {case.source}"
    done, out_of_turn = tried(act, banner)
    assert done == case.by, named
    assert out_of_turn == case.out_of_turn, named
    arrow = states.ACCESS_REQUEST.find(case.act, case.source)
    mark = EvidenceRecord.objects.order_by("-id").values_list("id", flat=True).first() or 0
    who = sorted(case.by)[0]
    act(System(name=who) if who in JOBS else actor_of(banner, who))
    request.refresh_from_db()
    assert request.status == (case.ends or arrow.target), named
    assert request.turn == ("" if case.ends else arrow.turn), named
    written = EvidenceRecord.objects.get(id__gt=mark, kind=f"access_request:{arrow.event}")
    assert set(arrow.basis) <= set(written.basis), named
    assert arrow.event in UNTOLD or written.kind in RULES, f"{named}: nobody is told"
    own_only = request.submitted_at is None
    assert set(written.concerns) == ({request.consumer_id} if own_only else {
        request.consumer_id, request.provider_id, banner.authority.id,
    }), named  # fmt: skip


def _open_fields(resource: Any) -> dict[str, Any]:
    fields = request_fields(elements=[one.code for one in resource.elements])
    return {**fields, "mode": resource.content.kinds[0].lower()}


def test_acts_that_move_no_status() -> None:
    banner = make_banner()
    resource = make_conditional(banner=banner)
    for do, source, arguments, allowed, later in NOTES:
        with transaction.atomic():
            request = bring(banner, source, resource.id)

            def act(by: Actor, do: str = do, key: Any = request.pk, given: dict[str, Any] = arguments) -> object:
                return getattr(actions, do)(access_request_id=key, by=by, at=banner.at, **given)

            assert tried(act, banner) == (allowed, later), f"{do} in {source}"
            transaction.set_rollback(True)


def test_no_arrow_is_left_out() -> None:
    covered = {(case.act, case.source) for case in CASES}
    disputed = (states.IN_CONSULTATION, states.IN_MEDIATION)
    missing = [
        (arrow.act, source)
        for arrow in states.ACCESS_REQUEST.transitions
        for source in arrow.sources
        if arrow.act not in OF_DISPUTES and source not in disputed and (arrow.act, source) not in covered
    ]
    assert missing == []
