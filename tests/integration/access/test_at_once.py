"""Two people at the same moment, on connections of their own: one act is done, or both are; the other hears a named refusal."""

import itertools
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from gongxiang.platform.access import actions, collecting, copying, queries_collection, states, superiors, tasks
from gongxiang.platform.access import states_dispute as steps
from gongxiang.platform.access.models import AccessRequest, Dispute, SuperiorRequest
from gongxiang.platform.agreements import actions as agreements
from gongxiang.platform.agreements import queries as agreement_queries
from gongxiang.platform.agreements.models import Agreement
from gongxiang.platform.delivery import channels
from gongxiang.platform.delivery.models import OutsideChannel
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import actions as grants
from gongxiang.platform.grants import narrowing
from gongxiang.platform.grants import queries as grant_queries
from gongxiang.platform.grants import tasks as grant_tasks
from gongxiang.platform.grants.models import Grant, GrantRevision
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import Refusal
from tests.factories.catalogue import make_conditional, make_published
from tests.factories.contents import complete_content, element
from tests.factories.parties import Banner, make_agreement, make_banner, make_person, signing
from tests.factories.procedure import make_grant, make_request, reply_fields
from tests.integration.access.test_dispute_clocks import propose
from tests.support.chain import until

HOUR = timedelta(hours=1)
Act = Callable[[], object]
#: A race: (what is looked at afterwards, how many of the acts may have been done, the acts).
Race = tuple[Callable[[], Any], set[int], list[Act]]


def run(*acts: Act) -> list[str]:
    """All of them at once; `done`, or the name of the refusal, for each."""
    told, start = [""] * len(acts), threading.Barrier(len(acts))

    def one(number: int, act: Act) -> None:
        start.wait()
        try:
            act()
            told[number] = "done"
        except Refusal as refusal:
            told[number] = type(refusal).__name__
        except Exception as wrong:  # told by the assertion, with its name
            told[number] = f"!{type(wrong).__name__}: {wrong}"
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


_NUMBERS = itertools.count(1)


def fresh(banner: Banner) -> UUID:
    """A conditional resource of its own."""
    return make_conditional(banner=banner, name=f"救助信息{next(_NUMBERS)}").id


def prepared(banner: Banner) -> AccessRequest:
    """A request whose reply lies ready."""
    request = make_request(banner=banner, resource_id=fresh(banner))
    return actions.prepare_reply(access_request_id=request.pk, by=banner.provider.reviewer, at=banner.at, **reply_fields())


def giving(banner: Banner, request: AccessRequest, by: Any = None) -> Act:
    """The provider's officer gives it."""
    return lambda: actions.consent_reply(
        access_request_id=request.pk, read_at=request.prepared_at, by=by or banner.provider.officer, at=banner.at + HOUR
    )


def status(request: AccessRequest) -> str:
    return AccessRequest.objects.get(pk=request.pk).status


def reply_and_withdrawal(banner: Banner) -> Race:
    one = prepared(banner)
    leaves: Act = lambda: actions.withdraw_access_request(  # noqa: E731
        access_request_id=one.pk, reason="不再需要。", by=banner.consumer.officer, at=banner.at + HOUR
    )
    return (lambda: status(one) in (states.PARTLY_GRANTED, states.WITHDRAWN)), {1}, [giving(banner, one), leaves]


def reply_and_extension(banner: Banner) -> Race:
    one = prepared(banner)
    asks: Act = lambda: actions.ask_extension(  # noqa: E731
        access_request_id=one.pk, working_days=5, reason="复核尚未完成。", by=banner.provider.officer, at=banner.at + HOUR
    )
    # Asked first, the reply overtakes the asking; given first, there is nothing to ask for.
    return (lambda: status(one) == states.PARTLY_GRANTED), {1, 2}, [giving(banner, one), asks]


def two_officers(banner: Banner) -> Race:
    one, second = prepared(banner), make_person(banner.provider.department, Role.ACCOUNTABLE_OFFICER)
    once = lambda: Grant.objects.filter(access_request_id=one.pk).count() == 1  # noqa: E731
    return once, {1}, [giving(banner, one), giving(banner, one, second)]


def reply_and_prepared_anew(banner: Banner) -> Race:
    one = prepared(banner)
    anew: Act = lambda: actions.prepare_reply(  # noqa: E731
        access_request_id=one.pk, by=banner.provider.clerk, at=banner.at + HOUR, **reply_fields(elements=("name",), masks={})
    )

    def as_read() -> bool:
        row = AccessRequest.objects.get(pk=one.pk)
        return row.grant_id is None or set(grant_queries.current_terms(row.grant_id).elements) != {"name"}

    return as_read, {1}, [giving(banner, one), anew]


def reply_and_the_agreement_s_end(banner: Banner) -> Race:
    one = prepared(banner)
    agreement = agreement_queries.in_force(banner.consumer.id, banner.at + HOUR)
    assert agreement is not None
    ends: Act = lambda: agreements.terminate_agreement(  # noqa: E731
        agreement_id=agreement.id, reason="机构职责调整。", by=banner.authority_leader, at=banner.at + HOUR
    )

    def nothing_flows_without() -> bool:
        grant_tasks.watch_agreements(banner.at + 2 * HOUR)
        return not Grant.objects.filter(consumer_id=banner.consumer.id, status="ACTIVE").exists()

    return nothing_flows_without, {1, 2}, [giving(banner, one), ends]


def suspending_narrowing_renewing(banner: Banner) -> Race:
    grant_id = make_grant(banner=banner, resource_id=fresh(banner))
    terms = grant_queries.current_terms(grant_id)
    draft = copying.renew_grant(grant_id=grant_id, by=banner.consumer.clerk, at=banner.at)
    key: dict[str, Any] = {"access_request_id": draft.pk, "at": banner.at}
    fields = {"until": date(2028, 6, 30)}
    actions.save_draft(fields=fields, ban_accepted=True, by=banner.consumer.clerk, **key)
    actions.present_access_request(by=banner.consumer.clerk, **key)
    actions.consent_access_request(by=banner.consumer.officer, **key)
    actions.submit_access_request(by=banner.consumer.clerk, **key)
    kept = {
        "elements": terms.elements, "masks": terms.masks, "conditions": terms.conditions, "purposes": terms.purposes,
        "until": fields["until"],
    }  # fmt: skip
    ready = actions.prepare_reply(by=banner.provider.reviewer, **key, **{**reply_fields(), **kept})
    at, by = banner.at + HOUR, banner.provider.officer
    suspends: Act = lambda: grants.suspend_grant(  # noqa: E731
        grant_id=grant_id, reason="security", statement="发现账号异常。", by=by, at=at
    )
    narrows: Act = lambda: narrowing.protect_now(  # noqa: E731
        grant_id=grant_id, elements=terms.elements[:1], masks={}, conditions=terms.conditions, purposes=terms.purposes,
        valid_until=terms.valid_until, ground="security", statement="该信息项存在泄露风险。", by=by, at=at,
    )  # fmt: skip

    def one_line_of_revisions() -> bool:
        numbers = list(GrantRevision.objects.filter(grant_id=grant_id).order_by("revision").values_list("revision", flat=True))
        grant = Grant.objects.get(pk=grant_id)
        # Whichever came first: the valve is closed, and what was taken away has not come back by the renewal.
        taken = set(grant_queries.current_terms(grant_id).elements) <= set(terms.elements)
        return numbers == list(range(1, len(numbers) + 1)) and grant.status == "SUSPENDED" and taken

    return one_line_of_revisions, {1, 2, 3}, [suspends, narrows, giving(banner, ready)]


def two_countersignatures(banner: Banner) -> Race:
    waits = make_agreement(banner.stranger, status="SIGNED_BY_DEPARTMENT", at=banner.at)
    leader, second = banner.authority_leader, make_person(banner.authority, Role.AUTHORITY_LEADER)
    at = banner.at + HOUR
    said = [(by, signing(by, at)) for by in (leader, second)]

    def signing_by(by: Any, known: dict[str, str]) -> Act:
        return lambda: agreements.sign_for_authority(agreement_id=waits.id, by=by, at=at, **known)

    signs = [signing_by(by, known) for by, known in said]
    returns: Act = lambda: agreements.return_agreement(  # noqa: E731
        agreement_id=waits.id, reason="范围不清，请修改。", by=banner.authority_officer, at=at
    )

    def once() -> bool:
        row = Agreement.objects.get(pk=waits.id)
        signed = EvidenceRecord.objects.filter(kind="agreement:in_force", subject_id=row.pk).count()
        return (row.status, signed) in (("IN_FORCE", 1), ("RETURNED", 0))

    return once, {1}, [*signs, returns]


def two_letters_and_two_answers(banner: Banner) -> Race:
    office, day, at = banner.provider, (banner.at + HOUR).date(), banner.at + HOUR
    row = superiors.draft_superior_request(
        superior="内蒙古自治区民政厅", level="REGIONAL", system_name="全区社会救助信息系统", title="低保对象信息",
        items=["姓名"], reason="复核需要本旗数据。", frequency="MONTHLY", by=office.clerk, at=banner.at,
    )  # fmt: skip
    key: dict[str, Any] = {"superior_request_id": row.pk, "at": at}
    issues: Act = lambda: superiors.issue_letter(by=office.officer, **key)  # noqa: E731
    issued = run(issues, issues)
    superiors.send_letter(sent_on=day, way="oa", to="社会救助处", by=office.clerk, **key)
    agrees: Act = lambda: superiors.record_answer(  # noqa: E731
        outcome="GRANTED", answered_on=day, text="同意按月回流。", agreed_mode="table", agreed_frequency="MONTHLY",
        by=office.clerk, **key,
    )  # fmt: skip
    refuses: Act = lambda: superiors.record_answer(  # noqa: E731
        outcome="TURNED_DOWN", answered_on=day, text="系统改造中，暂不提供。", by=office.officer, **key
    )

    def one_letter_one_answer() -> bool:
        kinds = list(EvidenceRecord.objects.filter(subject_id=row.pk).values_list("kind", flat=True))
        return (
            sorted(issued) == ["WrongState", "done"]
            and kinds.count("superior_request:letter_issued") == 1
            # A refusal may be followed by agreement, never the other way.
            and SuperiorRequest.objects.get(pk=row.pk).status in ("AGREED", "REFUSED")
        )

    return one_letter_one_answer, {1, 2}, [agrees, refuses]


def channel(banner: Banner, title: str) -> OutsideChannel:
    return channels.declare_channel(
        provider_id=banner.provider.id, consumer_id=banner.consumer.id, title=title, kind="usb", items=["姓名"],
        basis="会议纪要", frequency="MONTHLY", by=banner.consumer.clerk, at=banner.at,
    )  # fmt: skip


def declared_twice(banner: Banner) -> Race:
    once = lambda: OutsideChannel.objects.filter(title="救助对象名册").count() == 1  # noqa: E731
    return once, {1}, [lambda: channel(banner, "救助对象名册")] * 2


def planned_and_closed(banner: Banner) -> Race:
    row = channel(banner, "补贴名册")
    channels.confirm_channel(channel_id=row.pk, by=banner.authority_officer, at=banner.at)
    at, plan = banner.at + HOUR, [((banner.at + timedelta(days=20)).date(), "挂接库表")]
    plans: Act = lambda: channels.plan_channel(  # noqa: E731
        channel_id=row.pk, steps=plan, note="", by=banner.provider.officer, at=at
    )
    closes: Act = lambda: channels.close_channel(  # noqa: E731
        channel_id=row.pk, reason="已停止交换。", by=banner.consumer.officer, at=at
    )
    return (lambda: OutsideChannel.objects.get(pk=row.pk).status == "CLOSED"), {1, 2}, [plans, closes]


RACES = (
    reply_and_withdrawal, reply_and_extension, two_officers, reply_and_prepared_anew, suspending_narrowing_renewing,
    two_countersignatures, reply_and_the_agreement_s_end, two_letters_and_two_answers, declared_twice, planned_and_closed,
)  # fmt: skip


@pytest.mark.article(
    "wushen-2021-60:21(2)", "wushen-2021-60:21(3)", "wushen-2021-60:17", "wushen-2021-60:18", "cn-809:20.3", "cn-809:27"
)
def test_two_at_once_end_in_one_defined_state_and_a_named_refusal(site_database: Any) -> None:
    banner = make_banner()
    plan_ends_with_the_publication(banner)
    wrong = {}
    for race in RACES:
        holds, may, acts = race(banner)
        told = run(*acts)
        named = not any(one.startswith("!") or not one for one in told)
        if not (named and told.count("done") in may and holds()):
            wrong[race.__name__] = told
    assert wrong == {}


def plan_ends_with_the_publication(banner: Banner) -> None:
    """What the department collects, once published whole, ends its plan (办法 7, 21(2)); another database costs a second."""
    plan = propose(banner, fresh(banner))
    collecting.review_plan(plan_id=plan.pk, approves=True, opinion="", by=banner.authority_officer, at=banner.at + 2 * HOUR)
    name, town = element("xm", name="姓名", key=True, nullable=False), element("sm", name="苏木镇")
    office = banner.consumer
    make_published(banner=banner, office=office, content=complete_content("经营者名录", elements=(name,)))
    content = complete_content("经营场所名录", elements=(name, town), source_table="public.shop")
    whole = make_published(banner=banner, office=office, content=content)

    def ended() -> bool:
        # An older transaction anywhere on the server hides newer acts.
        tasks.on_news()
        return not queries_collection.approved_of(office.id)

    until(ended, words="the plan is ended")
    plan.refresh_from_db()
    assert (plan.status, plan.resource_id, plan.ended_by) == (steps.DONE, whole.id, "plan-finisher")
    assert not Dispute.objects.exists()
