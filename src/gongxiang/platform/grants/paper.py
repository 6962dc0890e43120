"""A grant on paper (授权书) and for machines: one list of terms gives the certificate's lines and the ODRL policy."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date, last_day
from gongxiang.platform.agreements.terms import MODES, PURPOSES, YEARS, day_words, urn
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.documents import queries as issued
from gongxiang.platform.documents.queries import IssuedDocument
from gongxiang.platform.documents.rendering.official import LetterForm, OfficialText
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants import errors, permissions, queries, states
from gongxiang.platform.grants.models import Grant
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.grants.queries_use import PassingOn, passing_on
from gongxiang.platform.grants.shared import seen_by
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol import clock, odrl
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.odrl import Party, Policy, Term, TermKind, numbered
from gongxiang.protocol.terms import NO_VALUE, Comparison, Condition, Mask, MaskKind, Terms, Volume

KIND: Final = "grant"
_PREFIX: Final = "共享授"
_OPERATORS: Final = {
    Comparison.EQ: ("等于", "eq"), Comparison.NE: ("不等于", "neq"), Comparison.LT: ("小于", "lt"),
    Comparison.LE: ("不大于", "lteq"), Comparison.GT: ("大于", "gt"), Comparison.GE: ("不小于", "gteq"),
    Comparison.IN: ("属于", "isAnyOf"), Comparison.STARTS_WITH: ("开头为", "gx:startsWith"),
    Comparison.IS_NULL: ("为空", "gx:isNull"), Comparison.NOT_NULL: ("不为空", "gx:notNull"),
}  # fmt: skip
_VOLUMES: Final = {
    "calls_per_day": ("每日调用不超过{}次", "gx:callsPerDay"),
    "rows_per_day": ("每日获取不超过{}条", "gx:rowsPerDay"),
    "rows_in_all": ("累计获取不超过{}条", "gx:rowsInAll"),
}
_OF: Final = "wushen-2021-60"


@dataclass(frozen=True, kw_only=True)
class PaperStanding:
    """Whether a certificate's grant still stands as it says; `since` where an instant is known."""

    word: Literal["holds", "suspended", "ended", "superseded"]
    since: datetime | None


@implements("wushen-2021-60:22.3", "wushen-2021-60:22.4", "cn-809:29.2")
def terms_of(grant: GrantView, terms: Terms, names: Mapping[str, str], passed: Iterable[PassingOn] = ()) -> tuple[Term, ...]:
    """The list, numbered: who, what, which part of it, for what, how much, until when, and the duties that go with it.

    `passed`: what the provider consented to being passed on, which the ban then leaves out.
    """

    def term(kind: TermKind, words: str, *articles: str, **parts: Any) -> Term:
        return Term(code="", kind=kind, words=words, articles=articles, **parts)

    def said(code: str) -> str:
        return f"{names.get(code, code)}（{code}）"

    kept = rulebook.rules().period("use_record_retention", beijing_date(terms.valid_from))
    years = YEARS.get(kept.value, str(kept.value))
    party, part, within, duty = TermKind.PARTY, TermKind.REFINEMENT, TermKind.CONSTRAINT, TermKind.DUTY
    found = [
        term(party, f"提供部门为{grant.provider_name}", f"{_OF}:21(2)", action="assigner"),
        term(party, f"使用部门为{grant.consumer_name}", f"{_OF}:22.1", action="assignee"),
        term(
            TermKind.PERMISSION, f"使用部门可以使用“{grant.resource_name}”（{grant.resource_code}）", f"{_OF}:21(2)",
            action="use",
        ),
        term(
            part, f"信息项：{'、'.join(said(code) for code in terms.elements)}", f"{_OF}:9", left="gx:element",
            operator="isAnyOf", right=list(terms.elements),
        ),
    ]  # fmt: skip
    for code, mask in terms.masks.items():
        right = {"gx:element": code, "gx:mask": mask.kind.value, "gx:prefix": mask.prefix, "gx:suffix": mask.suffix}
        found.append(
            term(part, f"脱敏：{said(code)}{mask_words(mask)}", "cn-809:25.1", left="gx:mask", operator="eq", right=right)
        )
    for condition in terms.conditions:
        found.append(
            term(
                part, f"行范围：{said(condition.element)}{condition_words(condition)}", f"{_OF}:21(2)",
                left=f"gx:row:{condition.element}", operator=_OPERATORS[condition.operator][1], right=list(condition.values),
            )
        )  # fmt: skip
    found += [
        term(
            within, f"使用用途：{'、'.join(PURPOSES[one] for one in terms.purposes)}", f"{_OF}:22.3", left="purpose",
            operator="isAnyOf", right=[f"gx:purpose:{one.value}" for one in terms.purposes],
        ),
        term(
            within, f"共享方式：{MODES.get(grant.mode, grant.mode)}", f"{_OF}:19", left="deliveryChannel", operator="eq",
            right=f"gx:mode:{grant.mode}",
        ),
    ]  # fmt: skip
    for name, (words, unit) in _VOLUMES.items():
        limit = getattr(terms.volume, name)
        if limit is not None:
            found.append(
                term(within, words.format(limit), "cn-809:25.1", left="count", operator="lteq", right=limit, unit=unit)
            )
    start, until = terms.valid_from.astimezone(BEIJING), terms.valid_until.astimezone(BEIJING)
    consented = [_passed(one, said) for one in passed]
    ban = "不得将获取的共享信息直接或以改变数据形式的方式提供给第三方"
    found += [
        *consented,
        term(within, f"自{start:%Y-%m-%d %H:%M}起", f"{_OF}:22.3", left="dateTime", operator="gteq", right=_instant(start)),
        term(
            within, f"至{day_words(last_day(terms.valid_until))}24时止", f"{_OF}:22.3", left="dateTime", operator="lt",
            right=_instant(until),
        ),
        term(
            TermKind.PROHIBITION, f"除上列经提供部门同意的外，{ban}" if consented else ban, f"{_OF}:22.4",
            action="distribute",
        ),
        term(
            TermKind.PROHIBITION, "不得超出本授权的用途使用；用途变更的重新申请", f"{_OF}:22.3", action="gx:useBeyondPurpose"
        ),
        term(
            duty, f"记录使用场景、使用过程、应用成效、存储情况和销毁情况，保存不少于{years}年，接受检查", kept.article,
            action="gx:recordUse", left="elapsedTime", operator="gteq",
            right={"@value": f"P{kept.value}Y", "@type": "xsd:duration"},
        ),
        term(duty, "谁经手、谁使用、谁管理、谁负责，按职责使用并防止泄漏", f"{_OF}:22.1", f"{_OF}:15", action="gx:protect"),
        term(
            duty, "发现疑义或明显错误的及时反馈提供部门，校核期间办事人已提供合法有效证明材料的照常办理", f"{_OF}:23",
            action="gx:reportDoubt",
        ),
        term(duty, "使用目的已实现、期限届满或者授权终止的，处置获取的共享信息并出具证明", "cn-809:27.1", action="delete"),
    ]  # fmt: skip
    return numbered(found)


def _passed(one: PassingOn, said: Callable[[str], str]) -> Term:
    """One consent to pass elements on, as a permission of its own."""
    until, elements = one.until.astimezone(BEIJING), "、".join(map(said, one.elements))
    whom, purpose = " ".join(one.third_party.split()), " ".join(one.purpose.split())
    return Term(
        code="", kind=TermKind.PERMISSION, articles=("cn-809:25.1",), action="distribute", left="recipient", operator="eq",
        words=f"经提供部门同意（{one.number}），可以将{elements}提供给“{whom}”，用于“{purpose}”，至{day_words(last_day(one.until))}24时止",
        right={
            "gx:number": one.number, "gx:name": one.third_party, "gx:element": list(one.elements), "gx:purpose": one.purpose,
            "gx:until": _instant(until),
        },
    )  # fmt: skip


def policy(grant: GrantView, *, revision: int | None = None) -> dict[str, Any]:
    """The grant as ODRL 2.2 JSON-LD, in its present terms or those of a revision."""
    return odrl.to_jsonld(_policy(grant, _terms(grant.id, revision), at=clock.now()))


def get_policy(grant_id: UUID, *, actor: Actor) -> dict[str, Any]:
    """The same for a reader who may see the grant."""
    permissions.TERMS.check(actor)
    return policy(queries.get_grant(grant_id, actor=actor))


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def issue_paper(*, grant_id: UUID, by: Actor, at: datetime) -> IssuedDocument:
    """Issue the certificate of a grant's present terms with a code; asked again for the same terms, the same is given."""
    grant = queries.get_grant(grant_id, actor=by)
    permissions.check_actor_can_issue_paper(by, grant.provider_id)
    row = queries.get_for_update(grant_id)
    if row.status == states.ENDED:
        raise errors.PaperOfEndedGrant()
    terms = queries.current_terms(grant_id)
    tag = f"grant:{grant_id}:revision:{terms.revision}"
    if standing := [one for one in issued.documents_of(tag) if one.kind == KIND and one.status == "VALID"]:
        return standing[-1]
    made = _policy(grant, terms, at=at)
    said = OfficialText(
        form=LetterForm.DOCUMENT, mark=grant.provider_name, title="政务信息资源共享授权书", addressees=(grant.consumer_name,),
        text=(
            "依据《乌审旗政务信息资源共享管理办法》（下称《办法》）和《政务数据共享条例》（下称《条例》），授权如下：",
            *(f"{one.line}。" for one in made.terms),
        ),
        rows=(
            ("授权编号", grant.number), ("条款版本", str(terms.revision)),
            ("授权时间", f"{grant.issued_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"),
        ),
    )  # fmt: skip
    document = documents.issue_letter(
        kind=KIND, number_prefix=_PREFIX, said=said, issuer=grant.provider_name,
        concerns=(grant.provider_id, grant.consumer_id, parties.authority().id), trail=(f"grant:{grant_id}", tag),
        basis=(f"{_OF}:21(2)",), by=by, at=at,
    )  # fmt: skip
    record_act(
        kind="grant:paper_issued", subject=("grant", grant_id), by=by, at=at, basis=(f"{_OF}:21(2)",),
        after={"document": document.number, "digest": document.digest, "revision": terms.revision}, **seen_by(row),
    )  # fmt: skip
    return document


def withdraw_papers(grant: Grant, *, reason: str, at: datetime) -> None:
    """What papers of the grant say is no longer so; called within the act that changed it."""
    for one in issued.documents_of(f"grant:{grant.pk}"):
        if one.kind == KIND and one.status == "VALID":
            documents.withdraw_document(document_id=one.id, reason=reason, by=System(name="grants"), at=at)


@implements("wushen-2021-60:21(2)", "cn-809:27.2")
def standing_of_paper(*, kind: str, trail: Sequence[str]) -> PaperStanding | None:
    """Whether what a certificate of a grant says holds now, for whoever holds its code; None for any other paper.

    A suspended grant keeps its certificate, which is right about the terms: but nothing is shared under them meanwhile.
    """
    tags = [tag.split(":") for tag in trail if tag.startswith("grant:")]
    if kind != KIND or not tags:
        return None
    row = Grant.objects.filter(pk=tags[0][1]).first()
    if row is None:
        return None
    if row.status == states.ENDED:
        return PaperStanding(word="ended", since=row.ended_at)
    revision = next((int(tag[3]) for tag in tags if len(tag) == 4 and tag[2] == "revision"), None)
    if revision is not None and revision != queries.current_terms(row.pk).revision:
        return PaperStanding(word="superseded", since=None)
    if row.status == states.SUSPENDED:
        return PaperStanding(word="suspended", since=row.suspended_at)
    return PaperStanding(word="holds", since=None)


def condition_words(condition: Condition) -> str:
    """What a row filter asks of its element, in the words of paper."""
    if condition.operator in NO_VALUE:
        return _OPERATORS[condition.operator][0]
    return _OPERATORS[condition.operator][0] + "、".join(f"“{' '.join(one.split())}”" for one in condition.values)


def volume_words(volume: Volume) -> tuple[str, ...]:
    """The limits of a volume, in the words of paper; none where nothing is limited."""
    limits = ((words, getattr(volume, name)) for name, (words, _unit) in _VOLUMES.items())
    return tuple(words.format(limit) for words, limit in limits if limit is not None)


def mask_words(mask: Mask) -> str:
    """What a mask leaves to be seen, in the words of paper."""
    match mask.kind:
        case MaskKind.KEEP:
            return f"仅保留前{mask.prefix}位和后{mask.suffix}位"
        case MaskKind.BLANK:
            return "不提供值"
        case MaskKind.PSEUDONYM:
            return "以假名代替"
        case MaskKind.YEAR:
            return "仅保留年份"


def _terms(grant_id: UUID, revision: int | None) -> Terms:
    return queries.current_terms(grant_id) if revision is None else queries.terms_of_revision(grant_id, revision)


def _policy(grant: GrantView, terms: Terms, *, at: datetime) -> Policy:
    names = {one.code: one.name or one.code for one in catalogue.get_resource(grant.resource_id).elements}
    return Policy(
        uid=f"{urn('grant', grant.id)}:revision:{terms.revision}", number=grant.number, title="政务信息资源共享授权书",
        assigner=_party(grant.provider_id), assignee=_party(grant.consumer_id), target=urn("resource", grant.resource_id),
        target_title=grant.resource_name, target_code=grant.resource_code,
        terms=terms_of(grant, terms, names, passing_on(grant.id, at)),
        issued=grant.issued_at.isoformat(), status=grant.status,
    )  # fmt: skip


def _party(department_id: UUID) -> Party:
    department = parties.department_ref(department_id)
    return Party(uid=urn("department", department_id), name=department.name, credit_code=department.credit_code)


def _instant(at: datetime) -> dict[str, str]:
    return {"@value": at.isoformat(), "@type": "xsd:dateTime"}
