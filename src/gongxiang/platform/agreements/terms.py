"""The terms of an agreement as one list: its lines end the signed text, its parts are the ODRL policy (art. 18).

What the law makes every agreement say stands here with its article; what the department fills in comes with the draft.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.law.instruments import Period
from gongxiang.platform.agreements.models import Role
from gongxiang.protocol.odrl import Party, Policy, Term, TermKind, numbered
from gongxiang.protocol.terms import Purpose

#: The ways of art. 19, as words of the document.
MODES: Final = {"table": "前置机库表", "api": "接口", "file": "文件"}
PURPOSES: Final = {
    Purpose.DECISION: "行政依据",
    Purpose.REFERENCE: "工作参考",
    Purpose.VERIFICATION: "数据校核",
    Purpose.JOINT_HANDLING: "业务协同",
}
ROLES: Final = {Role.PROVIDER: "提供部门", Role.CONSUMER: "使用部门", Role.BOTH: "提供部门、使用部门"}
_OWN: Final = "wushen-2021-60:18"
#: Years as the document writes them; longer ones in figures.
YEARS: Final = dict(enumerate("一二三四五六七八九十", start=1))
#: The heading under which the list stands in the text.
HEADING: Final = "附：条款清单（与本协议的机器可读条款一致）"


def urn(kind: str, key: UUID | str) -> str:
    """The name of a thing that lasts beyond any site's address."""
    return f"urn:gongxiang:{kind}:{key}"


def day_words(day: date) -> str:
    """Arabic figures without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


@implements("wushen-2021-60:18", "wushen-2021-60:3", "cn-809:34.1", "cn-809:34.2")
def terms_of(
    *, role: str, scope: str, purposes: Sequence[str], modes: Sequence[str], valid_from: date, valid_until: date,
    supplement: str, authority: str, department: str, kept: Period,
) -> tuple[Term, ...]:  # fmt: skip
    """The list, numbered; each line of it is a term on paper and in ODRL. Records of use are `kept` for that period."""
    provides, uses = role in (Role.PROVIDER, Role.BOTH), role in (Role.CONSUMER, Role.BOTH)
    scope, years = _flat(scope), YEARS.get(kept.value, str(kept.value))

    def term(kind: TermKind, words: str, *articles: str, **parts: Any) -> Term:
        return Term(code="", kind=kind, words=words, articles=articles, **parts)

    party, may, never, duty, within = (
        TermKind.PARTY, TermKind.PERMISSION, TermKind.PROHIBITION, TermKind.DUTY, TermKind.CONSTRAINT,
    )  # fmt: skip
    found = [
        term(party, f"甲方（主管部门）为{authority}", _OWN, action="assigner"),
        term(party, f"乙方（{ROLES[Role(role)]}）为{department}", _OWN, action="assignee"),
    ]
    if provides:
        found.append(term(may, "乙方可以作为提供部门编制目录、发布和提供政务信息资源", _OWN, action="gx:provide"))
    if uses:
        found.append(term(may, "乙方可以作为使用部门申请、获取和使用政务信息资源", _OWN, action="use"))
    found += [
        term(within, f"目录范围：{scope}", _OWN, left="gx:scope", operator="eq", right=scope),
        term(
            within, f"使用用途：{'、'.join(PURPOSES[Purpose(one)] for one in purposes)}", "wushen-2021-60:22.3",
            left="purpose", operator="isAnyOf", right=[f"gx:purpose:{one}" for one in purposes],
        ),
        term(
            within, f"共享方式：{'、'.join(MODES[one] for one in modes)}", "wushen-2021-60:19",
            left="deliveryChannel", operator="isAnyOf", right=[f"gx:mode:{one}" for one in modes],
        ),
        term(within, f"自{day_words(valid_from)}起生效", _OWN, left="dateTime", operator="gteq",
             right={"@value": valid_from.isoformat(), "@type": "xsd:date"}),
        term(within, f"至{day_words(valid_until)}24时止", _OWN, left="dateTime", operator="lteq",
             right={"@value": valid_until.isoformat(), "@type": "xsd:date"}),
    ]  # fmt: skip
    if uses:
        found += [
            term(
                never, "不得将获取的共享信息直接或以改变数据形式的方式提供给第三方", "wushen-2021-60:22.4", action="distribute"
            ),
            term(never, "不得超出申请的用途使用；用途变更的重新申请", "wushen-2021-60:22.3", action="gx:useBeyondPurpose"),
        ]
    found.append(
        term(
            never,
            "不得通过公共信息平台共享涉及国家秘密、工作秘密的信息",
            "wushen-2021-60:17",
            "cn-809:3.1",
            action="gx:shareSecret",
        )
    )
    if provides:
        found += [
            term(duty, "保障数据完整、准确、及时、可用，与本部门所掌握信息一致", "wushen-2021-60:20", action="gx:keepQuality"),
            term(duty, "职能变化的，在规定期限内更新目录", "wushen-2021-60:7", action="gx:updateCatalogue"),
            term(
                duty,
                "对有条件共享资源的申请按期答复，不予共享的说明理由",
                "wushen-2021-60:21(2)",
                "cn-809:21.2",
                action="gx:reply",
            ),
            term(duty, "收到疑义的，按期校核、更正并反馈", "wushen-2021-60:23", "cn-809:26.2", action="gx:verify"),
        ]
    found.append(
        term(duty, "保障信息安全和前置机安全运行，防止泄漏", "wushen-2021-60:13", "wushen-2021-60:15", action="gx:protect")
    )
    if uses:
        found += [
            term(duty, f"记录使用场景、使用过程、应用成效、存储情况和销毁情况，保存不少于{years}年，接受检查", kept.article,
                 action="gx:recordUse", left="elapsedTime", operator="gteq",
                 right={"@value": f"P{kept.value}Y", "@type": "xsd:duration"}),
            term(
                duty, "发现疑义或明显错误的及时反馈，校核期间办事人已提供合法有效证明材料的照常办理", "wushen-2021-60:23",
                action="gx:reportDoubt",
            ),
            term(duty, "使用目的已实现、期限届满或者授权终止的，处置获取的共享信息并报告", "cn-809:27.1", action="delete"),
        ]  # fmt: skip
    found.append(term(duty, "期满前续签；无生效协议期间不开展共享", _OWN, action="gx:renew"))
    if supplement.strip():
        found.append(term(duty, f"补充约定：{_flat(supplement)}", _OWN, action="gx:supplement"))
    return numbered(found)


def lines_of(terms: Sequence[Term]) -> str:
    """The list as it ends the signed text."""
    return "\n".join((HEADING, *(term.line for term in terms)))


def policy_of(
    *, agreement_id: UUID, number: str, title: str, authority: Party, department: Party, kept: Sequence[Mapping[str, Any]],
    text_digest: str, status: str, issued: str,
) -> Policy:  # fmt: skip
    """The agreement as an ODRL policy; `kept` are the terms as they were signed."""
    return Policy(
        uid=urn("agreement", agreement_id), number=number, title=title, assigner=authority, assignee=department,
        target=urn("catalogue", department.uid.rpartition(":")[2]), target_title="政务信息资源目录",
        terms=tuple(Term.from_json(one) for one in kept), text_digest=text_digest, status=status, issued=issued,
    )  # fmt: skip


def _flat(text: str) -> str:
    """On one line: a term is a line of the paper."""
    return " ".join(text.split())
