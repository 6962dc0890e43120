"""Terms that a paper and a machine read alike: one list gives the numbered lines on paper and the ODRL 2.2 policy.

For agreements and grants. Nothing is said in one form and not in the other. Pure: knows neither Django nor a database.
"""

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

CONTENT_TYPE: Final = "application/ld+json"
CONTEXT: Final = (
    "http://www.w3.org/ns/odrl.jsonld",
    {"dct": "http://purl.org/dc/terms/", "gx": "urn:gongxiang:ns:"},
)
PROFILE: Final = "urn:gongxiang:ns:profile:1"
_INSTRUMENTS: Final = {"wushen-2021-60": "《办法》", "cn-809": "《条例》"}
_REFERENCE = re.compile(r"^(?P<of>[a-z0-9-]+):(?P<article>\d+)(?:\.(?P<paragraph>\d+))?(?:\((?P<item>\d+)\))?$")


class TermKind(enum.StrEnum):
    """What a term is in ODRL; the value stands on paper."""

    PARTY = "主体"
    PERMISSION = "许可"
    PROHIBITION = "禁止"
    DUTY = "义务"
    #: Holds of every permission.
    CONSTRAINT = "约束"
    #: Narrows the asset itself: elements, masks, rows.
    REFINEMENT = "范围"


@dataclass(frozen=True, kw_only=True)
class Term:
    """One term: its words on paper and its parts in ODRL."""

    code: str
    kind: TermKind
    words: str
    articles: tuple[str, ...]
    #: ODRL action of a permission, prohibition or duty; the role (`assigner`, `assignee`) of a party.
    action: str = ""
    #: leftOperand, operator, rightOperand of a constraint, or of the constraint of a duty.
    left: str = ""
    operator: str = ""
    right: Any = None
    unit: str = ""

    @property
    def line(self) -> str:
        """As it stands on paper."""
        return f"{self.code}【{self.kind.value}】{self.words}（依据：{'、'.join(map(article_words, self.articles))}）"

    def to_json(self) -> dict[str, Any]:
        """Plain values, to be kept."""
        return {**self.__dict__, "kind": self.kind.name, "articles": list(self.articles)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Term":
        """From what was kept."""
        return cls(**{**kept, "kind": TermKind[kept["kind"]], "articles": tuple(kept["articles"])})


@dataclass(frozen=True, kw_only=True)
class Party:
    """Who grants or receives."""

    uid: str
    name: str
    credit_code: str = ""

    def to_jsonld(self) -> dict[str, Any]:
        """As an ODRL party."""
        return {"@type": "Party", "uid": self.uid, "dct:title": self.name, "dct:identifier": self.credit_code}


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A whole ODRL policy of the kind Agreement."""

    uid: str
    number: str
    title: str
    assigner: Party
    assignee: Party
    target: str
    target_title: str
    terms: tuple[Term, ...]
    #: The code of the asset, where it has one.
    target_code: str = ""
    issued: str = ""
    #: SM3 of the text on paper, hex, where the text is more than its terms.
    text_digest: str = ""
    status: str = ""


def article_words(reference: str) -> str:
    """`wushen-2021-60:22.4` as people write it; what is not understood stays as it is."""
    found = _REFERENCE.match(reference)
    if found is None:
        return reference
    words = f"{_INSTRUMENTS.get(found['of'], found['of'])}第{found['article']}条"
    if found["paragraph"]:
        words += f"第{found['paragraph']}款"
    return words + (f"第（{found['item']}）项" if found["item"] else "")


def numbered(terms: Iterable[Term]) -> tuple[Term, ...]:
    """The terms with their codes T01, T02, …"""
    return tuple(replace(term, code=f"T{n:02d}") for n, term in enumerate(terms, start=1))


def to_jsonld(policy: Policy) -> dict[str, Any]:
    """The policy as JSON-LD."""
    of: dict[TermKind, list[Term]] = {kind: [] for kind in TermKind}
    for term in policy.terms:
        of[term.kind].append(term)
    parties = {"assigner": policy.assigner.to_jsonld(), "assignee": policy.assignee.to_jsonld()}
    for term in of[TermKind.PARTY]:
        parties[term.action] |= _described(policy, term)
    named = {"dct:title": policy.target_title, **({"dct:identifier": policy.target_code} if policy.target_code else {})}
    target: dict[str, Any] = {"@type": "Asset", "uid": policy.target, **named}
    if of[TermKind.REFINEMENT]:
        target = {
            "@type": "AssetCollection", "source": policy.target, **named,
            "refinement": [_constraint(policy, term) for term in of[TermKind.REFINEMENT]],
        }  # fmt: skip
    both = {"assigner": policy.assigner.uid, "assignee": policy.assignee.uid}
    constraints = [_constraint(policy, term) for term in of[TermKind.CONSTRAINT]]

    def rule(term: Term) -> dict[str, Any]:
        made = {**_described(policy, term), "action": term.action, **both}
        return made | ({"constraint": [_bare(term)]} if term.left else {})

    def of_permission(term: Term) -> list[dict[str, Any]]:
        return [*([_bare(term)] if term.left else []), *constraints]

    return {
        "@context": list(CONTEXT),
        "@type": "Agreement",
        "uid": policy.uid,
        "profile": PROFILE,
        "dct:identifier": policy.number,
        "dct:title": policy.title,
        **({"dct:issued": policy.issued} if policy.issued else {}),
        **({"gx:textDigest": f"sm3:{policy.text_digest}"} if policy.text_digest else {}),
        **({"gx:status": policy.status} if policy.status else {}),
        **parties,
        "permission": [
            rule(term) | {"target": target} | ({"constraint": made} if (made := of_permission(term)) else {})
            for term in of[TermKind.PERMISSION]
        ],
        "prohibition": [rule(term) | {"target": policy.target} for term in of[TermKind.PROHIBITION]],
        "obligation": [rule(term) for term in of[TermKind.DUTY]],
    }


def described(document: Mapping[str, Any]) -> dict[str, str]:
    """Every term that a JSON-LD policy states, code to words; what a comparison with the paper goes by."""
    found: dict[str, str] = {}

    def walk(part: Any) -> None:
        if isinstance(part, Mapping):
            if "gx:term" in part:
                found[part["gx:term"]] = part["dct:description"]
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(document)
    return found


def on_paper(text: str) -> dict[str, str]:
    """Every term that a paper's text states, code to words; white space and line ends of the paper do not count."""
    kinds = "|".join(kind.value for kind in TermKind)
    return dict(re.findall(rf"(T\d\d)【(?:{kinds})】(.*?)（依据：", re.sub(r"\s+", "", text)))


def _described(policy: Policy, term: Term) -> dict[str, Any]:
    made: dict[str, Any] = {"gx:term": term.code, "dct:description": term.words}
    if term.kind is not TermKind.PARTY:
        made["uid"] = f"{policy.uid}#{term.code}"
    return made | {"dct:source": list(term.articles)}


def _bare(term: Term) -> dict[str, Any]:
    made = {"@type": "Constraint", "leftOperand": term.left, "operator": term.operator, "rightOperand": term.right}
    return made | ({"unit": term.unit} if term.unit else {})


def _constraint(policy: Policy, term: Term) -> dict[str, Any]:
    return {**_bare(term), **_described(policy, term)}
