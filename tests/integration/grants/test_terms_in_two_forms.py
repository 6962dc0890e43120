"""Paper and ODRL of agreements and grants, compared kind by kind: whatever is changed or left out in either form is found."""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.agreements import paper as agreement_paper
from gongxiang.platform.agreements.terms import YEARS
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.grants import paper, queries
from gongxiang.platform.grants.queries_use import PassingOn
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol import odrl
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.terms import Comparison, Condition, Mask, MaskKind, Purpose, Volume
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, make_agreement, make_banner
from tests.factories.procedure import make_grant
from tests.integration.agreements.test_paper import words_of
from tests.support.terms_read import differing, from_paper, from_policy

pytestmark = [
    pytest.mark.django_db, pytest.mark.article("wushen-2021-60:18", "wushen-2021-60:22.3", "wushen-2021-60:22.4"),
]  # fmt: skip


@dataclass(frozen=True)
class Forms:
    """The same terms twice."""

    text: str
    policy: dict[str, Any]


def agreements() -> Forms:
    made = make_agreement(
        make_banner(agreements=False).provider, scope="婚姻登记、社会救助等目录", supplement="每季度 对账一次",
        purposes=[one.value for one in Purpose], modes=["table", "api", "file"],
    )  # fmt: skip
    return Forms(words_of("docx", agreement_paper.print_text(made, "docx")), agreement_paper.policy(made))


def _grant(banner: Banner) -> tuple[Any, Any]:
    key = make_grant(banner=banner, resource_id=make_conditional(banner=banner).id)
    return queries.get_grant(key, actor=banner.auditor), queries.current_terms(key)


def grants() -> Forms:
    """A grant with every kind of limit there is."""
    grant, terms = _grant(make_banner())
    one, two, three = terms.elements[:3]
    every = {Comparison.EQ: ("乌审 召",), Comparison.IN: ("甲", "乙"), Comparison.IS_NULL: (), Comparison.NOT_NULL: ()}
    conditions = tuple(
        Condition(element=two, operator=sign, values=every.get(sign, ("2020",))) for sign in Comparison
    )  # fmt: skip
    masks = {
        one: Mask(kind=MaskKind.KEEP, prefix=3, suffix=4), two: Mask(kind=MaskKind.BLANK), three: Mask(kind=MaskKind.YEAR),
    }  # fmt: skip
    if len(terms.elements) > 3:
        masks[terms.elements[3]] = Mask(kind=MaskKind.PSEUDONYM)
    wide = replace(
        terms, masks=masks, conditions=conditions, purposes=tuple(Purpose),
        volume=Volume(calls_per_day=100, rows_per_day=500, rows_in_all=9000),
    )  # fmt: skip
    passed = PassingOn(
        number="ZG-1",
        third_party="乌审旗 人民医院",
        elements=(one, two),
        purpose="核对救助对象",
        until=datetime(2027, 1, 1, tzinfo=BEIJING),
    )
    names = {one: "姓名", two: "住址（现）"}
    made = replace(paper._policy(grant, wide, at=grant.issued_at), terms=paper.terms_of(grant, wide, names, (passed,)))
    return Forms("\n".join(term.line for term in made.terms), odrl.to_jsonld(made))


SAID = {
    "agreement": {
        "party", "permission", "prohibition", "obligation", "scope", "purpose", "mode", "from", "until", "kept years",
        "supplement", "kind", "words", "article",
    },
    "grant": {
        "party", "asset", "permission", "prohibition", "obligation", "purpose", "mode", "from", "until", "volume", "element",
        "mask", "row", "passing on", "kept years", "kind", "words", "article",
    },
}  # fmt: skip

Change = Callable[[dict[str, Any]], None]


def _every(part: Any, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if isinstance(part, dict):
        found.append(part)
        part = list(part.values())
    for inner in part if isinstance(part, list) else ():
        _every(inner, found)
    return found


def right(left: str, change: Callable[[Any], Any], operator: str = "") -> Change:
    """Change the right operand of every constraint on `left`."""

    def apply(policy: dict[str, Any]) -> None:
        for one in _every(policy, []):
            if str(one.get("leftOperand", "")).startswith(left) and operator in ("", one["operator"]):
                one["rightOperand"] = change(one["rightOperand"])

    return apply


def act(rules: str) -> Change:
    return lambda policy: policy[rules][-1].update(action="gx:other")


def said(**more: str) -> Callable[[Any], Any]:
    return lambda value: {**value, **more}


def _article(policy: dict[str, Any]) -> None:
    policy["prohibition"][0]["dct:source"] = ["wushen-2021-60:1"]


def _supplement(policy: dict[str, Any]) -> None:
    next(one for one in policy["obligation"] if one["action"] == "gx:supplement")["dct:description"] = "补充约定：无"


def _asset(policy: dict[str, Any]) -> None:
    for one in _every(policy, []):
        if one.get("@type") == "AssetCollection":
            one["dct:identifier"] = "1/1"


#: Kind -> what is changed on paper, what is changed in the policy.
CHANGED: dict[str, tuple[tuple[str, str], Change]] = {
    "party": (("为乌审旗民政局", "为乌审旗能源局"), lambda policy: policy["assignee"].update({"dct:title": "乌审旗能源局"})),
    "permission": (("作为使用部门|使用部门可以使用", "可以查看"), act("permission")),
    "prohibition": (("提供给第三方（", "公开（"), act("prohibition")),
    "obligation": (("记录使用场景", "留意使用场景"), act("obligation")),
    "scope": (("婚姻登记、", "户籍、"), right("gx:scope", lambda _value: "全部")),
    "purpose": (("数据校核", "工作参考"), right("purpose", lambda value: value[:-1])),
    "mode": (("共享方式：前置机库表", "共享方式：接口"), right("deliveryChannel", lambda _value: ["gx:mode:file"])),
    "from": (("自2", "自3"), right("dateTime", said(**{"@value": "2020-01-01T00:00:00+08:00"}), "gteq")),
    "until": (("】至2", "】至3"), right("dateTime", said(**{"@value": "2020-01-01T00:00:00+08:00"}), "")),
    "volume": (("累计获取不超过9000", "累计获取不超过90000"), right("count", lambda value: value + 1)),
    "element": (("信息项：.*?、", "信息项："), right("gx:element", lambda value: value[1:])),
    "mask": (("仅保留前3位", "仅保留前4位"), right("gx:mask", said(**{"gx:mask": "year"}))),
    "row": (("属于“甲”、", "属于"), right("gx:row:", lambda value: value[:-1])),
    "passing on": (("人民医院", "中医院"), right("recipient", said(**{"gx:name": "中医院"}))),
    "kept years": (("不少于三年", "不少于一年"), right("elapsedTime", said(**{"@value": "P1Y"}))),
    "supplement": (("对账一次", "对账两次"), _supplement),
    "article": (("第22条第4款", "第22条第3款"), _article),
    "asset": (("使用部门可以使用“(.*?)”", "使用部门可以使用“别的”"), _asset),
}


@pytest.mark.parametrize("whose", SAID)
def test_the_two_forms_say_the_same_and_no_change_in_one_of_them_goes_unseen(whose: str) -> None:
    forms = agreements() if whose == "agreement" else grants()
    on_paper, stated = from_paper(forms.text), from_policy(forms.policy)
    assert {kind: (on_paper.get(kind), stated.get(kind)) for kind in differing(on_paper, stated)} == {}
    assert on_paper.keys() == SAID[whose]
    # Each term by itself: taken from the paper, taken from the policy.
    for code, _words in on_paper["words"]:
        without = re.sub(rf"{code}【[^\n]*", "", forms.text)
        assert {"words", "kind", "article"} <= differing(from_paper(without), stated), code
    for kind in SAID[whose] - {"kind", "words"}:
        (old, new), change = CHANGED[kind]
        written, times = re.subn(old, new, forms.text)
        assert times, f"nothing to change on paper: {kind}"
        assert kind in differing(from_paper(written), stated), f"a change on paper went unseen: {kind}"
        policy = copy.deepcopy(forms.policy)
        change(policy)
        assert kind in differing(on_paper, from_policy(policy)), f"a change in the policy went unseen: {kind}"


def test_each_rule_and_limit_left_out_of_the_policy_is_missed() -> None:
    forms = grants()
    on_paper = from_paper(forms.text)
    every = [
        (rules, number, one)
        for rules in ("permission", "prohibition", "obligation")
        for number, one in enumerate(forms.policy[rules])
    ]
    for rules, number, rule in every:
        policy = copy.deepcopy(forms.policy)
        del policy[rules][number]
        assert {rules, "words"} <= differing(on_paper, from_policy(policy)), rule["dct:description"]
        target = rule["target"] if isinstance(rule.get("target"), dict) else {}
        for within, of in (("constraint", rule), ("refinement", target)):
            for place, one in enumerate(of.get(within, ())):
                policy = copy.deepcopy(forms.policy)
                holders = [each for each in _every(policy[rules], []) if within in each]
                for each in holders:
                    each[within] = [it for it in each[within] if it != of[within][place]]
                assert differing(on_paper, from_policy(policy)), one["leftOperand"]


def test_the_certificate_as_issued_says_what_its_policy_says() -> None:
    banner = make_banner()
    grant, _terms = _grant(banner)
    made = paper.issue_paper(grant_id=grant.id, by=banner.provider.clerk, at=grant.issued_at)
    text = words_of("docx", documents.content(made.id, "docx").content)
    assert differing(from_paper(text), from_policy(paper.policy(grant))) == set()


def test_the_numbers_in_the_suggested_text_are_those_of_the_rules() -> None:
    text, today = agreement_paper.queries.suggested_template(), beijing_date(make_banner(agreements=False).at)
    rules = rulebook.rules()
    assert f"记录保存不少于{YEARS[rules.period('use_record_retention', today).value]}年" in text
    assert f"在{YEARS[rules.period('consultation', today).value]}个工作日内协商" in text


@pytest.mark.article("wushen-2021-60:23")
@pytest.mark.parametrize("forms", [agreements, grants])
def test_service_goes_on_in_either_paper_only_where_valid_proof_was_given(forms: Callable[[], Forms]) -> None:
    text = "".join(forms().text.split())
    assert "已提供合法有效证明材料的" in text
    assert "校核期间照常办理" not in text
