"""Reads what a paper says and what an ODRL policy says, each by itself, into facts that can be compared kind by kind.

The paper is read by its words, the policy by its operands and actions alone: neither reading knows how the other form was made.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Facts = dict[str, set[Any]]
_LINE = re.compile(r"(T\d\d)【(主体|许可|禁止|义务|约束|范围)】(.*?)（依据：((?:《[^》]+》第[^）]*?(?:第（\d+）项)?、?)+)）")
_CODED = re.compile(r"（([A-Za-z_][A-Za-z0-9_]*)）")
_PURPOSES = {"行政依据": "decision", "工作参考": "reference", "数据校核": "verification", "业务协同": "joint_handling"}
_MODES = {"前置机库表": "table", "接口": "api", "文件": "file"}
_YEARS = {"三": 3}
_OPERATORS = {
    "不等于": "neq", "不大于": "lteq", "不小于": "gteq", "等于": "eq", "小于": "lt", "大于": "gt", "属于": "isAnyOf",
    "开头为": "gx:startsWith", "不为空": "gx:notNull", "为空": "gx:isNull",
}  # fmt: skip
#: What a rule forbids or lays upon somebody, by the words that say so.
_ACTS = {
    "提供给第三方": "distribute", "不得超出": "gx:useBeyondPurpose", "国家秘密": "gx:shareSecret", "数据完整": "gx:keepQuality",
    "更新目录": "gx:updateCatalogue", "按期答复": "gx:reply", "按期校核": "gx:verify", "保障信息安全": "gx:protect",
    "谁经手": "gx:protect", "记录使用场景": "gx:recordUse", "及时反馈": "gx:reportDoubt", "处置获取": "delete",
    "续签": "gx:renew", "补充约定": "gx:supplement", "作为提供部门": "gx:provide", "作为使用部门": "use",
    "使用部门可以使用": "use",
    "经提供部门同意（": "distribute",
}  # fmt: skip
_KINDS = {"许可": "permission", "禁止": "prohibition", "义务": "obligation"}


def differing(paper: Facts, policy: Facts) -> set[str]:
    """The kinds of facts in which the two are not the same."""
    return {kind for kind in paper.keys() | policy.keys() if paper.get(kind, set()) != policy.get(kind, set())}


def _add(facts: Facts, kind: str, *found: Any) -> None:
    facts.setdefault(kind, set()).update(found)


def _squeezed(words: str) -> str:
    return re.sub(r"\s+", "", words)


# ---- paper ----------------------------------------------------------------------------------------------------------------


def from_paper(text: str) -> Facts:
    """What the numbered lines of a paper say."""
    facts: Facts = {}
    for code, kind, words, articles in _LINE.findall(_squeezed(text)):
        _add(facts, "kind", (code, kind))
        _add(facts, "words", (code, words))
        _add(facts, "article", *((code, one) for one in articles.split("、")))
        if kind in _KINDS:
            _add(facts, _KINDS[kind], *((code, act) for words_, act in _ACTS.items() if _says(words, words_)))
        for pattern, read in _READERS:
            if found := re.fullmatch(pattern, words):
                read(facts, *found.groups())
    return facts


def _says(words: str, sign: str) -> bool:
    if sign == "提供给第三方":
        return words.startswith(("不得", "除上列")) and sign in words
    return words.startswith(sign) if sign in ("经提供部门同意（", "补充约定", "使用部门可以使用") else sign in words


def _day(year: str, month: str, day: str) -> str:
    return f"{int(year):04}-{int(month):02}-{int(day):02}"


def _masked(facts: Facts, code: str, words: str) -> None:
    kept = re.fullmatch(r"仅保留前(\d+)位和后(\d+)位", words)
    kinds = {"不提供值": "blank", "以假名代替": "pseudonym", "仅保留年份": "year"}
    _add(facts, "mask", (code, "keep", *map(int, kept.groups())) if kept else (code, kinds.get(words, words), 0, 0))


def _row(facts: Facts, code: str, words: str) -> None:
    sign = next(sign for sign in _OPERATORS if words.startswith(sign))
    _add(facts, "row", (code, _OPERATORS[sign], tuple(re.findall(r"“(.*?)”", words))))


def _passed(facts: Facts, number: str, elements: str, whom: str, purpose: str, *until: str) -> None:
    _add(facts, "passing on", (number, tuple(_CODED.findall(elements)), whom, purpose, _day(*until)))


_READERS: tuple[tuple[str, Callable[..., None]], ...] = (
    (r"(?:甲方（主管部门）|提供部门)为(.*)", lambda facts, name: _add(facts, "party", ("assigner", name))),
    (r"(?:乙方（.*?）|使用部门)为(.*)", lambda facts, name: _add(facts, "party", ("assignee", name))),
    (r"使用部门可以使用“(.*)”（(.*)）", lambda facts, name, code: _add(facts, "asset", (name, code))),
    (r"目录范围：(.*)", lambda facts, scope: _add(facts, "scope", scope)),
    (r"使用用途：(.*)", lambda facts, said: _add(facts, "purpose", *(_PURPOSES.get(one, one) for one in said.split("、")))),
    (r"共享方式：(.*)", lambda facts, said: _add(facts, "mode", *(_MODES.get(one, one) for one in said.split("、")))),
    (r"自(\d+)年(\d+)月(\d+)日起生效", lambda facts, *day: _add(facts, "from", _day(*day))),
    (r"自(\d{4}-\d\d-\d\d)(\d\d:\d\d)起", lambda facts, day, hour: _add(facts, "from", f"{day}T{hour}")),
    (r"至(\d+)年(\d+)月(\d+)日24时止", lambda facts, *day: _add(facts, "until", _day(*day))),
    (r"每日调用不超过(\d+)次", lambda facts, most: _add(facts, "volume", ("gx:callsPerDay", int(most)))),
    (r"每日获取不超过(\d+)条", lambda facts, most: _add(facts, "volume", ("gx:rowsPerDay", int(most)))),
    (r"累计获取不超过(\d+)条", lambda facts, most: _add(facts, "volume", ("gx:rowsInAll", int(most)))),
    (r"信息项：(.*)", lambda facts, said: _add(facts, "element", *_CODED.findall(said))),
    (r"脱敏：.*?（([A-Za-z0-9_]+)）(.*)", _masked),
    (r"行范围：.*?（([A-Za-z0-9_]+)）(.*)", _row),
    (r"记录使用场景.*保存不少于(.*)年，接受检查", lambda facts, years: _add(facts, "kept years", _YEARS.get(years, years))),
    (r"补充约定：(.*)", lambda facts, words: _add(facts, "supplement", words)),
    (r"经提供部门同意（(.*?)），可以将(.*)提供给“(.*)”，用于“(.*)”，至(\d+)年(\d+)月(\d+)日24时止", _passed),
)


# ---- policy ---------------------------------------------------------------------------------------------------------------


def from_policy(policy: Mapping[str, Any]) -> Facts:
    """What the operands and actions of a policy say; its descriptions count as words alone."""
    facts: Facts = {}
    for side in ("assigner", "assignee"):
        _add(facts, "party", (side, _squeezed(policy[side]["dct:title"])))
        _note(facts, policy[side], "主体")
    for word, rules in (("许可", "permission"), ("禁止", "prohibition"), ("义务", "obligation")):
        for rule in policy[rules]:
            _note(facts, rule, word)
            _add(facts, rules, (rule["gx:term"], rule["action"]))
            for one in rule.get("constraint", ()):
                _constrained(facts, one, "约束")
            for one in rule.get("target", {}).get("refinement", ()) if isinstance(rule.get("target"), dict) else ():
                _constrained(facts, one, "范围")
            if rules == "permission" and "source" in rule["target"] and rule["action"] == "use":
                _add(facts, "asset", (_squeezed(rule["target"]["dct:title"]), rule["target"]["dct:identifier"]))
            if rule["action"] == "gx:supplement":
                _add(facts, "supplement", _squeezed(rule["dct:description"].removeprefix("补充约定：")))
    return facts


def _note(facts: Facts, part: Mapping[str, Any], kind: str) -> None:
    from gongxiang.protocol.odrl import article_words

    _add(facts, "kind", (part["gx:term"], kind))
    _add(facts, "words", (part["gx:term"], _squeezed(part["dct:description"])))
    _add(facts, "article", *((part["gx:term"], article_words(one)) for one in part["dct:source"]))


def _last(of: Iterable[str]) -> set[str]:
    return {one.rpartition(":")[2] for one in of}


def _constrained(facts: Facts, one: Mapping[str, Any], kind: str) -> None:
    if "gx:term" in one:
        _note(facts, one, kind)
    left, operator, right = one["leftOperand"], one["operator"], one["rightOperand"]
    match left, operator:
        case "gx:scope", "eq":
            _add(facts, "scope", _squeezed(right))
        case "purpose", "isAnyOf":
            _add(facts, "purpose", *_last(right))
        case "deliveryChannel", ("isAnyOf" | "eq"):
            _add(facts, "mode", *_last(right if isinstance(right, list) else [right]))
        case "dateTime", "gteq":
            _add(facts, "from", right["@value"][: 10 if right["@type"] == "xsd:date" else 16])
        case "dateTime", ("lteq" | "lt"):
            _add(facts, "until", _last_day(right["@value"]) if operator == "lt" else right["@value"])
        case "count", "lteq":
            _add(facts, "volume", (one["unit"], right))
        case "gx:element", "isAnyOf":
            _add(facts, "element", *right)
        case "gx:mask", "eq":
            _add(facts, "mask", (right["gx:element"], right["gx:mask"], right["gx:prefix"], right["gx:suffix"]))
        case "elapsedTime", "gteq":
            _add(facts, "kept years", int(right["@value"].strip("PY")))
        case "recipient", "eq":
            until = _last_day(right["gx:until"]["@value"])
            who = (_squeezed(right["gx:name"]), _squeezed(right["gx:purpose"]), until)
            _add(facts, "passing on", (right["gx:number"], tuple(right["gx:element"]), *who))
        case _ if left.startswith("gx:row:"):
            _add(facts, "row", (left.removeprefix("gx:row:"), operator, tuple(_squeezed(one) for one in right)))
        case _:
            _add(facts, "not understood", (left, operator))


def _last_day(instant: str) -> str:
    from datetime import datetime, timedelta

    return (datetime.fromisoformat(instant) - timedelta(microseconds=1)).date().isoformat()
