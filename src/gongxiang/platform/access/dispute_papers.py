"""What a dispute puts on paper: minutes of a meeting, the authority's opinion, its submission to the government.

Official papers of Chinese authorities: their text is Chinese in whichever language the site is read.
"""

from datetime import datetime
from uuid import UUID

from django.utils import translation

from gongxiang.platform.access.models import Dispute, DisputeMeeting
from gongxiang.platform.access.queries import PreparedReply
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.vocabulary import PURPOSE_LABELS
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.documents import queries as issued
from gongxiang.platform.documents.queries import IssuedDocument
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.terms import Purpose

_SIDES = {"consumer": "使用部门", "provider": "提供部门", "authority": "主管部门"}
_OUTCOMES = {"": "继续协商", "AGREED": "协商一致", "PARTLY": "部分协商一致", "FAILED": "未协商一致", "LAPSED": "期满未协商一致"}
_BASIS = ("wushen-2021-60:21(2)", "cn-809:28")


def minutes(dispute: Dispute, meeting: DisputeMeeting, *, by: Actor, at: datetime) -> IssuedDocument:
    """The minutes that both sides confirmed."""
    people = "；".join(f"{one['name']}（{_SIDES.get(one['side'], '')}，{one['post']}）" for one in meeting.participants)
    rows = [
        ("争议编号", dispute.number),
        ("信息资源", dispute.resource_name),
        ("协商时间、地点", f"{_moment(meeting.held_at)}{('，' + meeting.place) if meeting.place else ''}"),
        ("参加人员", people),
        ("使用部门意见", meeting.consumer_proposal or "—"),
        ("提供部门意见", meeting.provider_proposal or "—"),
        ("协商结果", _OUTCOMES[meeting.outcome]),
        ("使用部门确认", f"{meeting.consumer_confirmed_by} {_moment(meeting.consumer_confirmed_at)}"),
        ("提供部门确认", f"{meeting.provider_confirmed_by} {_moment(meeting.provider_confirmed_at)}"),
    ]
    if meeting.terms:
        rows.append(("商定内容", terms_in_words(dispute.resource_id, meeting.terms)))
    return _issue(
        dispute, "dispute_minutes", "政数协纪", f"关于{dispute.resource_name}共享争议的协商纪要", rows,
        meeting.minutes.splitlines(), by=by, at=at,
    )  # fmt: skip


def opinion(dispute: Dispute, *, by: Actor, at: datetime) -> IssuedDocument:
    """The mediation opinion."""
    rows = [
        ("争议编号", dispute.number),
        ("使用部门", dispute.consumer_name),
        ("提供部门", dispute.provider_name),
        ("信息资源", dispute.resource_name),
        ("协商情况", _OUTCOMES.get(dispute.consulted, "未协商一致")),
        *((f"{_SIDES[one.side]}陈述", one.text) for one in dispute.statements.order_by("side")),
        ("协调意见", terms_in_words(dispute.resource_id, dispute.opinion or {})),
    ]
    last = "双方自收到本意见之日起在平台规定的期限内答复；一方不接受的，由主管部门报请旗人民政府决定。"
    return _issue(
        dispute, "dispute_opinion", "政数协调", f"关于{dispute.resource_name}共享争议的协调意见", rows,
        [*dispute.opinion_reasons.splitlines(), last], by=by, at=at,
        addressee=f"{dispute.consumer_name}、{dispute.provider_name}",
    )  # fmt: skip


def submission(dispute: Dispute, *, government: str, by: Actor, at: datetime) -> IssuedDocument:
    """The submission to the banner's government, with the opinion that was not accepted."""
    answers = {"ACCEPTED": "接受", "REJECTED": "不接受", "": "逾期未答复"}
    rows = [
        ("争议编号", dispute.number),
        ("使用部门及理由", f"{dispute.consumer_name}：{dispute.grounds}"),
        ("提供部门", dispute.provider_name),
        ("信息资源", dispute.resource_name),
        ("协调意见", terms_in_words(dispute.resource_id, dispute.opinion or {})),
        ("使用部门答复", f"{answers[dispute.consumer_answer]} {dispute.consumer_answer_reason}".strip()),
        ("提供部门答复", f"{answers[dispute.provider_answer]} {dispute.provider_answer_reason}".strip()),
    ]
    texts = [
        f"{dispute.consumer_name}与{dispute.provider_name}就《{dispute.resource_name}》的共享经协商、协调未达成一致。",
        *dispute.opinion_reasons.splitlines(),
        "根据《政务数据共享条例》第二十八条，现报请决定。",
    ]
    title = f"关于{dispute.resource_name}共享争议的请示"
    return _issue(dispute, "dispute_submission", "政数争请", title, rows, texts, by=by, at=at, addressee=government)


def terms_in_words(resource_id: UUID, value: dict[str, object]) -> str:
    """Terms kept as a prepared reply, in one line."""
    if value.get("outcome") != "grant":
        return f"不予提供。{value.get('text', '')}".strip()
    names = {spec.code: spec.name for spec in catalogue.get_resource(resource_id).elements}
    given = value.get("elements")
    elements = "、".join(names.get(code) or code for code in given) if isinstance(given, (list, tuple)) else ""
    asked = value.get("purposes")
    with translation.override("zh-hans"):
        purposes = "、".join(str(PURPOSE_LABELS[Purpose(p)]) for p in asked) if isinstance(asked, (list, tuple)) else ""
    masked = value.get("masks")
    masks = "；脱敏：" + "、".join(names.get(code) or code for code in masked) if isinstance(masked, dict) and masked else ""
    until = f"；至{value['until']}" if value.get("until") else ""
    return f"提供信息项：{elements}；用途：{purposes}{masks}{until}"


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


def _issue(
    dispute: Dispute, kind: str, prefix: str, title: str, rows: list[tuple[str, str]], paragraphs: list[str], *, by: Actor,
    at: datetime, addressee: str = "",
) -> IssuedDocument:  # fmt: skip
    return documents.issue_document(
        kind=kind, number_prefix=prefix, title=title, rows=rows, paragraphs=[one for one in paragraphs if one.strip()],
        addressee=addressee, concerns=(dispute.consumer_id, dispute.provider_id, parties.authority().id),
        trail=(f"dispute:{dispute.pk}", f"access_request:{dispute.access_request_id}"), basis=_BASIS, by=by, at=at,
    )  # fmt: skip


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    local = at.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
