"""Disputes, filings and collection plans for tests, brought to any state by the real acts."""

from datetime import date, datetime, timedelta
from typing import Any

from gongxiang.platform.access import collecting, disputing, mediating
from gongxiang.platform.access import states_dispute as states
from gongxiang.platform.access.models import AccessRequest, Dispute
from gongxiang.platform.access.queries_collection import AbsenceView
from gongxiang.platform.documents.models import Document
from gongxiang.protocol.terms import Purpose
from tests.factories.kept import kept
from tests.factories.parties import Banner
from tests.factories.procedure import answer, make_request

GROUNDS = "登记实名核验为法定职责，缺少证件号码无法履行。"
REFUSAL = {"outcome": "refuse", "ground": "outside_remit", "text": "超出登记注册职责，不予同意提供。"}
ABSENT = {"outcome": "refuse", "ground": "does_not_exist", "text": "本部门未采集，系统中没有这些信息。"}
SCAN = ("决定.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
PEOPLE = (
    {"name": "甲", "post": "登记股股长", "side": "consumer"},
    {"name": "乙", "post": "救助股股长", "side": "provider"},
)


def terms(**changes: Any) -> dict[str, Any]:
    """Terms that grant part of what was asked."""
    return {
        "outcome": "grant", "elements": ("id_number", "name"), "purposes": (Purpose.VERIFICATION,),
        "until": date(2027, 10, 31), "text": "按最小必要提供。", **changes,
    }  # fmt: skip


@kept()
def refused_request(banner: Banner, resource_id: Any, **refusal: Any) -> AccessRequest:
    """A request that was refused, with reasons."""
    request = make_request(banner=banner, resource_id=resource_id)
    return answer(request, banner=banner, at=banner.at, **{**REFUSAL, **refusal})


@kept()
def make_dispute(
    status: str = states.CONSULTING, *, banner: Banner, request: AccessRequest, at: datetime | None = None
) -> Dispute:
    """A dispute over a refused request at any state on the way to the government's decision (REFERRED beside it)."""
    at = at or banner.at
    hour = timedelta(hours=1)
    made = disputing.open_dispute(access_request_id=request.pk, grounds=GROUNDS, by=banner.consumer.officer, at=at)
    key: dict[str, Any] = {"dispute_id": made.pk}
    accepts = status in (states.OPINION_ACCEPTED, states.MEDIATED)

    def ask() -> None:
        disputing.ask_mediation(
            access_request_id=request.pk, statement="对信息项范围未能一致。", by=banner.consumer.officer, at=at + hour
        )

    def hear() -> None:
        handler = banner.authority_officer
        mediating.open_hearing(handler_id=handler.id, by=handler, at=at + 2 * hour, **key)

    def state() -> None:
        for side in (banner.consumer, banner.provider):
            mediating.make_statement(text="本部门的意见和理由如下。", by=side.officer, at=at + 3 * hour, **key)

    def opine() -> None:
        reasons = "职责明确，应当提供核验所需信息项。"
        kept = terms(elements=("id_number", "name", "township"))
        mediating.prepare_opinion(terms=kept, reasons=reasons, by=banner.authority_officer, at=at + 4 * hour, **key)
        mediating.give_opinion(by=banner.authority_leader, at=at + 5 * hour, **key)

    def reply() -> None:
        mediating.answer_opinion(accepts=True, by=banner.consumer.officer, at=at + 6 * hour, **key)
        mediating.answer_opinion(
            accepts=accepts, reason="仍认为超出提供范围。", by=banner.provider.officer, at=at + 6 * hour, **key
        )

    def submit() -> None:
        mediating.submit_to_government(by=banner.authority_leader, at=at + 7 * hour, **key)

    def refer() -> None:
        mediating.refer_dispute(
            to="鄂尔多斯市数据局", letter="乌政数函〔2026〕3号", reason="提供部门为垂直管理单位。", by=banner.authority_leader,
            at=at + 3 * hour, **key,
        )  # fmt: skip

    def record() -> None:
        decide(banner, made, at=at + 8 * hour)

    def carry_out() -> None:
        mediating.carry_out(by=banner.authority_leader, at=at + 9 * hour, **key)

    steps: list[tuple[str, Any]] = [(states.CONSULTING, None), (states.IN_MEDIATION, ask)]
    if status == states.REFERRED:
        steps += [(states.REFERRED, refer)]
    else:
        steps += [(states.HEARING, hear), (states.HEARD, state), (states.OPINION_GIVEN, opine)]
        if accepts:
            steps += [(states.OPINION_ACCEPTED, reply), (states.MEDIATED, carry_out)]
        else:
            steps += [(states.NOT_ACCEPTED, reply), (states.BEFORE_GOVERNMENT, submit)]
            steps += [(states.DECISION_RECORDED, record), (states.DECIDED, carry_out)]
    for reached, act in steps:
        if act is not None:
            act()
        if reached == status:
            break
    made.refresh_from_db()
    assert made.status == status
    return made


def decide(banner: Banner, dispute: Dispute, *, at: datetime, **changes: Any) -> None:
    """The government's decision, as the authority's officer records it."""
    values: dict[str, Any] = {
        "number": "乌政字〔2026〕18号", "decided_on": at.date(), "content": "提供部门应当提供核验所需的信息项。",
        "terms": terms(), "scan": SCAN, **changes,
    }  # fmt: skip
    mediating.record_decision(dispute_id=dispute.pk, by=banner.authority_officer, at=at, **values)


@kept()
def make_absence(
    status: str = states.STATED, *, banner: Banner, request: AccessRequest, at: datetime | None = None
) -> AbsenceView:
    """A statement of non-existence about a request refused on that ground, at STATED, CONFIRMED, DISPUTED or FILED."""
    at = at or banner.at
    search = "查询了救助系统全部表和2019年以来纸质档案，均无。"
    made = collecting.state_search(access_request_id=request.pk, search=search, by=banner.provider.reviewer, at=at)
    if status == states.STATED:
        return made
    made = collecting.answer_absence(
        absence_id=made.id,
        confirms=status != states.DISPUTED,
        reason="其他旗已能提供，应当存在。",
        by=banner.consumer.officer,
        at=at,
    )
    if status in (states.CONFIRMED, states.DISPUTED):
        return made
    return file(banner, made, at=at)


@kept()
def file(banner: Banner, absence: AbsenceView, *, at: datetime) -> AbsenceView:
    """The authority files it, having answered every hit."""
    from gongxiang.platform.access.models import Absence

    hits = {hit["target_id"] for hit in collecting.existing_for(Absence.objects.get(pk=absence.id))}
    return collecting.file_absence(
        absence_id=absence.id, opinion="检索目录未发现相应信息项，予以备案。", answered_hits=sorted(hits),
        by=banner.authority_officer, at=at,
    )  # fmt: skip


def plan_fields(**changes: Any) -> dict[str, Any]:
    """A collection plan with nothing missing."""
    return {
        "title": "经营者经营场所采集计划", "items": ["姓名", "苏木镇"], "collected_from": "个体工商户经营者",
        "legal_basis": "《促进个体工商户发展条例》第十条", "update_cycle": "MONTHLY", "starts_on": date(2027, 1, 4), **changes,
    }  # fmt: skip


def papers_of(dispute: Dispute) -> list[str]:
    """The kinds of documents issued in a dispute."""
    rows = Document.objects.filter(trail__contains=[f"dispute:{dispute.pk}"]).order_by("issued_at")
    return list(rows.values_list("kind", flat=True))
