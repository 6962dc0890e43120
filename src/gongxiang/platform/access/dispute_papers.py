"""What disputes and filings put on paper: minutes, the authority's opinion, its submission, the certificate of a filing.

Official papers of Chinese authorities: their text is Chinese in whichever language the site is read.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import translation

from gongxiang.platform.access.models import Absence, AccessRequest, Dispute, DisputeMeeting
from gongxiang.platform.access.queries import PreparedReply, read_reply
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.vocabulary import PURPOSE_LABELS
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.documents import queries as issued
from gongxiang.platform.documents.queries import IssuedDocument
from gongxiang.platform.documents.rendering.official import LetterForm, OfficialText
from gongxiang.platform.grants.paper import condition_words, mask_words, volume_words
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.terms import Purpose

_SIDES = {"consumer": "使用部门", "provider": "提供部门", "authority": "主管部门"}
_OUTCOMES = {"": "继续协商", "AGREED": "协商一致", "PARTLY": "部分协商一致", "FAILED": "未协商一致", "LAPSED": "期满未协商一致"}
_BASIS = ("wushen-2021-60:21(2)", "cn-809:28.2")


def minutes(dispute: Dispute, meeting: DisputeMeeting, *, by: Actor, at: datetime) -> IssuedDocument:
    """The minutes that both sides confirmed."""
    text = [
        "一、争议事项",
        f"{dispute.consumer_name}与{dispute.provider_name}就《{dispute.resource_name}》的共享（争议编号{dispute.number}）进行协商。",
        f"协商时间：{_moment(meeting.held_at)}。{f'地点：{meeting.place}。' if meeting.place else ''}",
        "二、双方意见",
        f"使用部门：{meeting.consumer_proposal or '未另提方案。'}",
        f"提供部门：{meeting.provider_proposal or '未另提方案。'}",
        "三、协商情况",
        *meeting.minutes.splitlines(),
        "四、协商结果",
        f"{_OUTCOMES[meeting.outcome]}。",
    ]
    if meeting.terms:
        text.append(f"商定内容：{terms_in_words(dispute.access_request, meeting.terms)}。")
    people = [
        (_SIDES[side], "、".join(f"{one['name']}（{one['post']}）" for one in meeting.participants if one["side"] == side))
        for side in _SIDES
    ]
    said = OfficialText(
        form=LetterForm.MINUTES, mark="政务信息资源共享争议协商纪要", title=f"关于{dispute.resource_name}共享争议的协商纪要",
        text=_lines(text), attended=tuple((side, names) for side, names in people if names), copies=(parties.authority().name,),
        rows=(
            ("使用部门确认", f"{meeting.consumer_confirmed_by} {_moment(meeting.consumer_confirmed_at)}"),
            ("提供部门确认", f"{meeting.provider_confirmed_by} {_moment(meeting.provider_confirmed_at)}"),
        ),
    )  # fmt: skip
    return _issue(dispute, "dispute_minutes", "政数协纪", said, by=by, at=at)


def opinion(dispute: Dispute, *, answer_by: datetime, by: Actor, at: datetime) -> IssuedDocument:
    """The mediation opinion, with the day by which both sides answer it and what silence means."""
    stated = [f"{_SIDES[one.side]}：{one.text}" for one in dispute.statements.order_by("side")]
    text = [
        "一、争议事项",
        f"{dispute.consumer_name}申请共享{dispute.provider_name}的《{dispute.resource_name}》，"
        f"双方{_OUTCOMES.get(dispute.consulted) or '未协商一致'}（争议编号{dispute.number}）。",
        f"使用部门提出的理由：{dispute.grounds}",
        "二、双方陈述",
        *(stated or ["双方在规定期限内均未提交陈述。"]),
        "三、协调意见",
        f"{terms_in_words(dispute.access_request, dispute.opinion or {}).rstrip('。')}。",
        "四、理由和依据",
        *dispute.opinion_reasons.splitlines(),
        "本意见依据《乌审旗政务信息资源共享管理办法》第二十一条第（二）项和《政务数据共享条例》第二十八条作出。",
        f"请双方于{_last_day(answer_by)}24时前答复；一方不接受或者逾期未答复的，视为未达成一致，由主管部门报请旗人民政府决定。",
    ]
    said = OfficialText(
        title=f"关于{dispute.resource_name}共享争议的协调意见", addressees=(dispute.consumer_name, dispute.provider_name),
        text=_lines(text),
    )  # fmt: skip
    return _issue(dispute, "dispute_opinion", "政数协调", said, by=by, at=at)


def submission(dispute: Dispute, *, government: str, by: Actor, at: datetime) -> IssuedDocument:
    """The submission to the banner's government, with the opinion that was not accepted."""
    answers = {"ACCEPTED": "接受", "REJECTED": "不接受", "": "逾期未答复"}
    replies = [
        f"{name}：{'，'.join(part for part in (answers[answer], reason) if part)}"
        for name, answer, reason in (
            (dispute.consumer_name, dispute.consumer_answer, dispute.consumer_answer_reason),
            (dispute.provider_name, dispute.provider_answer, dispute.provider_answer_reason),
        )
    ]
    text = [
        f"{dispute.consumer_name}与{dispute.provider_name}就《{dispute.resource_name}》的共享经协商、协调未达成一致。",
        "一、争议事项",
        f"争议编号{dispute.number}。使用部门的理由：{dispute.grounds}",
        "二、协调意见及理由",
        f"{terms_in_words(dispute.access_request, dispute.opinion or {}).rstrip('。')}。",
        *dispute.opinion_reasons.splitlines(),
        "三、双方答复",
        *replies,
        "根据《政务数据共享条例》第二十八条，现报请决定。",
        "妥否，请批示。",
    ]
    paper = documents_number(dispute.opinion_document_id)
    said = OfficialText(
        form=LetterForm.DOCUMENT, title=f"关于{dispute.resource_name}共享争议的请示", addressees=(government,),
        text=_lines(text), attachments=(f"协调意见（{paper}）",) if paper else (), signer=by.name,
    )  # fmt: skip
    return _issue(dispute, "dispute_submission", "政数争请", said, by=by, at=at)


def filing(row: Absence, *, by: Actor, at: datetime) -> IssuedDocument:
    """The certificate that the data do not exist and that this is filed."""
    answered = {True: f"{row.answer_reason or '确认不存在。'}", False: "未答复。"}[row.answered_at is not None]
    seen = "、".join(dict.fromkeys(str(hit["target_name"]) for hit in row.hits)) or "无相近目录"
    text = _lines([
        "依据《乌审旗政务信息资源共享管理办法》第二十一条第（二）项，经核查，下列信息资源不存在，予以备案。",
        *row.opinion.splitlines(),
        f"{row.consumer_name}可以据此编制采集计划；采集前应当核对目录，不得重复采集。",
    ])  # fmt: skip
    said = OfficialText(
        form=LetterForm.DOCUMENT, title="政务信息资源不存在备案证明", addressees=(row.consumer_name,), text=text,
        rows=(
            ("备案编号", row.filing_number), ("记录编号", row.number), ("信息资源", row.title),
            ("信息项", "、".join(row.items)), ("使用部门", row.consumer_name), ("提供部门", row.provider_name or "—"),
            ("检索情况", f"{row.search}（{row.stated_by}，{_moment(row.stated_at)}）"), ("使用部门答复", answered),
            ("目录核查", seen),
        ),
        copies=(row.provider_name,) if row.provider_name else (),
    )  # fmt: skip
    case = f"access_request:{row.access_request_id}" if row.access_request_id else f"demand:{row.demand_id}"
    concerned = {one for one in (row.consumer_id, row.provider_id, parties.authority().id) if one}
    return documents.issue_letter(
        kind="absence_filing", number_prefix="政数备", said=said, concerns=concerned, trail=(f"absence:{row.pk}", case),
        basis=("wushen-2021-60:21(2)",), by=by, at=at,
    )  # fmt: skip


def terms_in_words(request: AccessRequest, value: dict[str, Any]) -> str:
    """Terms kept as a prepared reply, whole: what is given, and every limit of it."""
    if value.get("outcome") != "grant":
        return f"不予提供。{value.get('text', '')}".strip()
    reply = read_reply(value)
    names = {spec.code: spec.name for spec in catalogue.get_resource(request.resource_id).elements}
    with translation.override("zh-hans"):
        purposes = "、".join(str(PURPOSE_LABELS[Purpose(one)]) for one in reply.purposes)
    said = [f"提供信息项：{'、'.join(names.get(code) or code for code in reply.elements)}", f"用途：{purposes}"]
    if reply.masks:
        masked = (f"{names.get(code) or code}{mask_words(mask)}" for code, mask in reply.masks.items())
        said.append(f"脱敏：{'、'.join(masked)}")
    if reply.conditions:
        rows = (f"{names.get(one.element) or one.element}{condition_words(one)}" for one in reply.conditions)
        said.append(f"行范围：{'，且'.join(rows)}")
    said += volume_words(reply.volume)
    until = reply.until or request.until
    if until is not None:
        said.append(f"期限至{until.year}年{until.month}月{until.day}日")
    return "；".join(said)


def citation(dispute: Dispute, reply: PreparedReply) -> str:
    """What the reply that carries a result out says first: the paper it rests on."""
    if dispute.decision_number:
        day = dispute.decision_on
        on = f"{day.year}年{day.month}月{day.day}日" if day else ""
        paper = f"{dispute.decision_body}{on}{dispute.decision_number}"
    else:
        paper = documents_number(dispute.opinion_document_id)
    return f"依据{paper}（争议{dispute.number}）：{reply.text}".strip("：")


def documents_number(document_id: UUID | None) -> str:
    """The number of an issued document."""
    return issued.get_document(document_id).number if document_id else ""


def _issue(dispute: Dispute, kind: str, prefix: str, said: OfficialText, *, by: Actor, at: datetime) -> IssuedDocument:
    return documents.issue_letter(
        kind=kind, number_prefix=prefix, said=said,
        concerns=(dispute.consumer_id, dispute.provider_id, parties.authority().id),
        trail=(f"dispute:{dispute.pk}", f"access_request:{dispute.access_request_id}"), basis=_BASIS, by=by, at=at,
    )  # fmt: skip


def _lines(text: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in text if one.strip())


def _last_day(until: datetime) -> str:
    """The last day of a period, which ends at its 24:00."""
    local = (until - timedelta(microseconds=1)).astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日"


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    local = at.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
