"""Grants: narrowing, suspending, ending, expiring; the closing order in the act's own transaction."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.delivery import opening
from gongxiang.platform.evidence import actions as evidence_actions
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import actions, disposing, errors, narrowing, policies, queries, states, tasks
from gongxiang.platform.grants.models import DisposalDuty, Filing, Grant
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.protocol.terms import Comparison, Condition, Mask, MaskKind, Purpose
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import FILTER, MASKED, make_grant, make_node

pytestmark = pytest.mark.django_db
STATEMENT = "发现超范围使用，先行中止。"


@pytest.fixture
def banner() -> Banner:
    """A banner with agreements in force."""
    return make_banner()


@pytest.fixture
def resource(banner: Banner) -> ResourceRef:
    """A published conditional resource."""
    return make_conditional(banner=banner)


@pytest.fixture
def grant_id(banner: Banner, resource: ResourceRef) -> UUID:
    """A grant with masks and a filter."""
    return make_grant(banner=banner, resource_id=resource.id)


def orders(kind: str) -> list[str]:
    """The bodies of the orders of a kind, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM link.orders WHERE kind = %s ORDER BY id", [kind])
        return [row[0] for row in cursor.fetchall()]


def narrowed(**changes: Any) -> dict[str, Any]:
    """The terms of `make_grant` with some changes."""
    return {
        "elements": ("id_number", "name", "township"),
        "masks": {"id_number": MASKED["id_number"]},
        "conditions": FILTER,
        "purposes": (Purpose.VERIFICATION,),
        **changes,
    }


@pytest.mark.article("cn-809:27")
def test_suspension_writes_order_and_filing_in_its_own_transaction(banner: Banner, grant_id: UUID) -> None:
    at = banner.at + timedelta(hours=2)
    actions.suspend_grant(grant_id=grant_id, reason="misuse", statement=STATEMENT, by=banner.provider.officer, at=at)
    assert Grant.objects.get(pk=grant_id).status == states.SUSPENDED
    assert len(orders("suspend_grant")) == 1
    assert Filing.objects.get(grant_id=grant_id).act == "suspended"
    kinds = [news.kind for news in evidence.trail_of(f"grant:{grant_id}", by=banner.auditor)]
    assert kinds[-3:] == ["grant:suspended", "grant:filed", "rectification:demanded"]


@pytest.mark.article("cn-809:27.1", "cn-809:27.2", "wushen-2021-60:22.3")
@pytest.mark.parametrize(
    ("reason", "article"),
    [("purpose_met", "cn-809:27.1"), ("not_needed", "cn-809:27.1"), ("superseded", "wushen-2021-60:22.3")],
)
def test_an_end_says_which_paragraph_it_rests_on(banner: Banner, grant_id: UUID, reason: str, article: str) -> None:
    at = banner.at + timedelta(hours=2)
    actions.end_grant(grant_id=grant_id, reason=reason, statement=STATEMENT, by=banner.consumer.officer, at=at)
    assert queries.get_grant(grant_id, actor=banner.auditor).end_article == article
    (ended,) = (one for one in evidence.trail_of(f"grant:{grant_id}", by=banner.auditor) if one.kind == "grant:ended")
    assert article in ended.basis


@pytest.mark.article("cn-809:27.2", "wushen-2021-60:15", "wushen-2021-60:20")
@pytest.mark.parametrize(
    ("reason", "article"),
    [("misuse", "cn-809:27.2"), ("security", "wushen-2021-60:15"), ("source_fault", "wushen-2021-60:20")],
)
def test_a_suspension_says_which_article_it_rests_on(banner: Banner, grant_id: UUID, reason: str, article: str) -> None:
    actions.suspend_grant(grant_id=grant_id, reason=reason, statement=STATEMENT, by=banner.provider.officer, at=banner.at)
    assert queries.get_grant(grant_id, actor=banner.auditor).suspend_article == article
    trail = evidence.trail_of(f"grant:{grant_id}", by=banner.auditor)
    assert [article in one.basis for one in trail if one.kind == "grant:suspended"] == [True]


@pytest.mark.article("cn-809:27.1", "cn-809:27.2", "cn-809:27.3")
def test_every_reason_of_an_end_a_suspension_or_a_rest_has_its_paragraph() -> None:
    assert {*policies.END_REASONS, *policies.SUSPEND_REASONS, policies.NO_AGREEMENT, "period_over"} == set(policies.ARTICLES)


@pytest.mark.article("cn-809:27")
def test_no_evidence_no_order(banner: Banner, grant_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("the evidence cannot be written")

    monkeypatch.setattr(evidence_actions.EvidenceRecord, "save", broken)
    with pytest.raises(OSError, match="evidence"):
        actions.suspend_grant(grant_id=grant_id, reason="misuse", statement=STATEMENT, by=banner.provider.officer, at=banner.at)
    assert Grant.objects.get(pk=grant_id).status == states.ACTIVE
    assert orders("suspend_grant") == []


@pytest.mark.article("cn-809:27")
@pytest.mark.parametrize(
    ("reason", "statement"),
    [("", STATEMENT), ("annoyance", STATEMENT), ("misuse", ""), ("misuse", " x ")],
    ids=["no reason", "not on the list", "no statement", "statement says nothing"],
)
def test_suspension_without_reason_is_refused(banner: Banner, grant_id: UUID, reason: str, statement: str) -> None:
    with pytest.raises(errors.ReasonNeeded):
        actions.suspend_grant(grant_id=grant_id, reason=reason, statement=statement, by=banner.provider.officer, at=banner.at)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("provider.officer", True),
        ("authority_officer", True),
        ("authority_leader", True),
        ("provider.clerk", False),
        ("provider.reviewer", False),
        ("consumer.officer", False),
        ("stranger.officer", False),
        ("auditor", False),
        ("site.security_admin", False),
    ],
)
def test_who_may_suspend(banner: Banner, grant_id: UUID, who: str, may: bool) -> None:
    actor: Any = banner
    for name in who.split("."):
        actor = getattr(actor, name)
    act = {"grant_id": grant_id, "reason": "security", "statement": STATEMENT, "by": actor, "at": banner.at}
    if may:
        assert actions.suspend_grant(**act).status == states.SUSPENDED
    else:
        with pytest.raises(NotPermitted):
            actions.suspend_grant(**act)


@pytest.mark.article("cn-809:27.3")
@pytest.mark.parametrize("reason", ["purpose_met", "not_needed", "basis_lapsed", "source_retired", "superseded"])
def test_the_provider_does_not_end_sharing_on_its_own_word(banner: Banner, grant_id: UUID, reason: str) -> None:
    act = {"grant_id": grant_id, "reason": reason, "statement": STATEMENT, "at": banner.at}
    with pytest.raises(errors.EndIsNegotiated):
        actions.end_grant(**act, by=banner.provider.officer)
    assert actions.end_grant(**act, by=banner.authority_officer).status == states.ENDED


@pytest.mark.article("cn-809:27.3")
@pytest.mark.parametrize(
    "changes", [{"elements": ("id_number",)}, {"valid_until": -timedelta(days=1)}], ids=["an element less", "a day shorter"]
)
def test_the_provider_does_not_narrow_on_its_own_word(banner: Banner, grant_id: UUID, changes: dict[str, Any]) -> None:
    before = queries.current_terms(grant_id)
    until = before.valid_until + changes.pop("valid_until", timedelta(0))
    act = {"grant_id": grant_id, "valid_until": until, "reason": "提供内容调整。", "at": banner.at, **narrowed(**changes)}
    with pytest.raises(errors.NarrowingIsNegotiated):
        actions.revise_grant(**act, by=banner.provider.officer)
    assert queries.current_terms(grant_id).revision == before.revision
    assert actions.revise_grant(**act, by=banner.authority_leader).revision == before.revision + 1


@pytest.mark.article("cn-809:27.2")
@pytest.mark.parametrize("who", ["provider", "authority"])
def test_misuse_is_suspended_before_it_ends_the_grant(banner: Banner, grant_id: UUID, who: str) -> None:
    by = banner.provider.officer if who == "provider" else banner.authority_officer
    act = {"grant_id": grant_id, "reason": "misuse", "statement": STATEMENT, "by": by}
    with pytest.raises(errors.SuspendedFirst):
        actions.end_grant(**act, at=banner.at)
    actions.suspend_grant(**act, at=banner.at)
    with pytest.raises(errors.RectificationRuns):
        actions.end_grant(**act, at=banner.at + timedelta(days=3))
    over = banner.at + timedelta(days=30)
    assert tasks.lapse_rectifications(over) == 1
    assert actions.end_grant(**act, at=over).status == states.ENDED


def test_only_the_authority_lifts_its_own_suspension(banner: Banner, grant_id: UUID) -> None:
    at = banner.at + timedelta(hours=2)
    actions.suspend_grant(grant_id=grant_id, reason="security", statement=STATEMENT, by=banner.authority_leader, at=at)
    act: dict[str, Any] = {"grant_id": grant_id, "statement": "已完成整改。", "at": at}
    with pytest.raises(errors.NotYourSuspension):
        actions.resume_grant(by=banner.provider.officer, **act)
    assert actions.resume_grant(by=banner.authority_officer, **act).status == states.ACTIVE


@pytest.mark.article("wushen-2021-60:22.3", "cn-809:25")
@pytest.mark.parametrize(
    "changes",
    [
        {"elements": ("id_number", "name", "township", "phone")},
        {"masks": {}},
        {"masks": {"id_number": Mask(kind=MaskKind.KEEP, prefix=6, suffix=4)}},
        {"conditions": ()},
        {"conditions": (Condition(element="township", operator=Comparison.EQ, values=("图克镇",)),)},
        {"purposes": (Purpose.VERIFICATION, Purpose.DECISION)},
    ],
    ids=["element", "mask taken off", "mask shows more", "no filter", "other filter", "purpose"],
)
def test_widening_needs_a_new_request(banner: Banner, grant_id: UUID, changes: dict[str, Any]) -> None:
    until = queries.current_terms(grant_id).valid_until
    with pytest.raises(errors.WideningNeedsApplication):
        actions.revise_grant(
            grant_id=grant_id, reason="应使用部门要求", by=banner.provider.officer, at=banner.at,
            **{"valid_until": until, **narrowed(**changes)},
        )  # fmt: skip


@pytest.mark.article("wushen-2021-60:22.3")
def test_narrowing_makes_a_revision_and_orders_it_at_once(banner: Banner, grant_id: UUID, resource: ResourceRef) -> None:
    at = banner.at + timedelta(hours=2)
    nodes = [make_node(banner=banner, office=office) for office in (banner.provider, banner.consumer)]
    actions.set_route(
        grant_id=grant_id, provider_node_id=nodes[0].pk, consumer_node_id=nodes[1].pk, exchange_table="r_1",
        by=opening._OPENER, at=at,
    )  # fmt: skip
    terms = narrowed(elements=("id_number", "township"))
    until = queries.current_terms(grant_id).valid_until
    narrowing.protect_now(
        grant_id=grant_id, valid_until=until, ground="security", statement="姓名字段发现泄露风险", by=banner.provider.officer,
        at=at, **terms,
    )  # fmt: skip
    assert queries.current_terms(grant_id).elements == ("id_number", "township")
    assert [revision.revision for revision in queries.revisions(grant_id)] == [2, 1]
    assert '"revision":2' in orders("open_grant")[-1]


@pytest.mark.article("cn-809:27", "wushen-2021-60:22.3")
def test_period_over_ends_the_grant_and_opens_the_disposal_duty(banner: Banner, grant_id: UUID) -> None:
    until = queries.current_terms(grant_id).valid_until
    assert tasks.expire_grants(until - timedelta(seconds=1)) == 0
    assert tasks.expire_grants(until + timedelta(minutes=5)) == 1
    assert tasks.expire_grants(until + timedelta(minutes=6)) == 0
    grant = Grant.objects.get(pk=grant_id)
    assert (grant.status, grant.ended_at) == (states.ENDED, until)
    assert DisposalDuty.objects.get(grant_id=grant_id).status == states.OPEN
    assert len(orders("end_grant")) == 1

    certify: dict[str, Any] = {
        "grant_id": grant_id,
        "statement": "已从接收库删除并清空备份。",
        "rows_disposed": 12,
        "witness": "李华，信息股股长",
        "at": until,
    }
    with pytest.raises(errors.DisposalIncomplete):
        disposing.certify_disposal(method="retained", by=banner.consumer.officer, **certify)
    with pytest.raises(NotPermitted):
        disposing.certify_disposal(method="deleted", by=banner.provider.officer, **certify)
    assert disposing.certify_disposal(method="deleted", by=banner.consumer.officer, **certify).status == states.DISCHARGED


def test_terms_and_filings_are_never_rewritten(banner: Banner, grant_id: UUID) -> None:
    from django.db import ProgrammingError, transaction

    for table in ("grants_grantrevision",):
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET made_by = 'somebody'")
