"""Transition tables of every room: each arrow says who, rests on an article, has words and a notice, and is gone in a test."""

import ast
import importlib
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from tools import code

from gongxiang.law.articles import article
from gongxiang.platform.kernel.transitions import Transition, TransitionTable
from gongxiang.platform.notices.rules import RULES
from gongxiang.platform.web import labels

code.import_everything()
PLATFORM = code.SOURCE / "platform"
TESTS = Path(__file__).resolve().parents[1]


def tables() -> dict[str, tuple[str, TransitionTable]]:
    """Subject -> (room, table), of every module of states."""
    found = {}
    for path in sorted(PLATFORM.glob("*/states*.py")):
        module = importlib.import_module(f"gongxiang.platform.{path.parent.name}.{path.stem}")
        found |= {v.subject: (path.parent.name, v) for v in vars(module).values() if isinstance(v, TransitionTable)}
    return found


TABLES = tables()
ARROWS = [(room, table, arrow) for room, table in TABLES.values() for arrow in table.transitions]
NAMES = [f"{table.subject}:{arrow.act}:{arrow.target}" for _room, table, arrow in ARROWS]


_OWN_HANDS = "who acted goes on"
_SAME_ACT = "told of by the act of the request that carries it"
#: Subjects whose acts rest on no article of the two instruments.
WITHOUT_ARTICLE = {
    "person": "accounts",
    "department": "the register of departments follows their founding documents",
    "document": "issued and withdrawn on the articles of the act that it puts on paper",
}
#: Arrows and notices that cite an article of several paragraphs as a whole, and why.
WHOLE_ARTICLE = {
    ("grant:end", "cn-809:27"): "purpose met (.1), misuse (.2) or announced (.3): the reason of the act tells which",
    ("grant:ended", "cn-809:27"): "as the act",
    ("flow:terminate", "cn-809:27"): "as the end of the grant",
}
#: Events after which it is somebody's turn and nobody is told, and why not.
WITHOUT_NOTICE = {
    "access_request:drafted": _OWN_HANDS,
    "catalogue_import:received": "the product itself goes on",
    "dispute:consultation_failed": _SAME_ACT,
    "dispute:consultation_lapsed": _SAME_ACT,
    "dispute:mediation_asked": _SAME_ACT,
    "dispute:opened": _SAME_ACT,
    "flow:requested": "told of by the grant's request",
    "flow:completed": "told of by the duty to dispose",
    "flow:terminated": "told of by the duty to dispose",
    "grant:issued": "told of by the reply to the request",
    "node:code_renewed": "who asked for the code sees it",
    "node:offered": "who asked for the code sees it",
    "project:amended": _OWN_HANDS,
    "project:approved": _OWN_HANDS,
    "project:catalogue_begun": _OWN_HANDS,
    "project:registered": _OWN_HANDS,
    "project:revision_discarded": _OWN_HANDS,
    "project:revision_started": _OWN_HANDS,
    "provision:opened": "told of by the reply to the request",
    "resource:drafted": _OWN_HANDS,
    "resource:revision_started": _OWN_HANDS,
}
#: Acts that no test calls by name, and why not.
WITHOUT_TEST = {
    "grant:issue": "issued by the reply to a request only, which many tests give",
}


@pytest.mark.parametrize(("room", "table", "arrow"), ARROWS, ids=NAMES)
def test_an_arrow_says_who_and_on_which_article_and_has_words(room: str, table: TransitionTable, arrow: Transition):
    assert len(arrow.who) >= 4, "who may, in words"
    assert arrow.basis or table.subject in WITHOUT_ARTICLE
    assert all(article(cited) for cited in arrow.basis)
    kind = f"{table.subject}:{arrow.event}"
    assert str(labels.event(kind)) != kind, "the event in words, in an area's labels.py"
    for state in (*arrow.sources, arrow.target):
        assert str(labels.state(table.subject, state)[0]) != state, f"the state {state} in words"


def test_whatever_is_recorded_has_words_on_the_pages():
    rooms = Path(labels.__file__).resolve().parents[1]
    kinds: set[str] = set()
    for path in rooms.rglob("*.py"):
        if not {"web", "migrations"} & set(path.relative_to(rooms).parts):
            kinds |= set(re.findall(r'record_act\(\s*kind="([a-z_]+:[a-z_]+)"', path.read_text("utf-8")))
    assert len(kinds) > 80
    assert {kind for kind in kinds if str(labels.event(kind)) == kind} == set()


def test_arrows_and_notices_cite_the_paragraph_that_carries_them():
    cited = {(f"{table.subject}:{arrow.act}", one) for _room, table, arrow in ARROWS for one in arrow.basis}
    cited |= {(kind, one) for kind, rule in RULES.items() for one in rule.basis}
    whole = {(name, one) for name, one in cited if article(one).parts}
    assert whole == set(WHOLE_ARTICLE), sorted(whole ^ set(WHOLE_ARTICLE))


#: Where an article of several paragraphs is cited as a whole, and why.
WHOLE_ELSEWHERE = {
    ("wushen-2021-60:19", "agreements/terms.py"): "any of the three ways",
    ("wushen-2021-60:19", "access/errors.py"): "any of the three ways",
    ("wushen-2021-60:19", "catalogue/policies.py"): "one of the three ways is named",
    ("wushen-2021-60:22", "documents/errors.py"): "papers on requests, grants and use alike",
    ("cn-809:27", "grants/states.py"): "the reason of the act tells which",
    ("cn-809:27", "delivery/states.py"): "the reason of the act tells which",
    ("cn-809:27", "notices/rules.py"): "the reason of the act tells which",
    ("cn-809:11", "parties/actions/departments.py"): "the unit as such is named; the items are its tasks",
}


def test_rules_refusals_and_pages_cite_the_paragraph_that_carries_them():
    cited = re.compile(r'"((?:wushen-2021-60|cn-809):\d+)"')
    files = [one for kind in ("*.py", "*.html") for one in PLATFORM.rglob(kind)]
    whole = {
        (one, path.relative_to(PLATFORM).as_posix())
        for path in files
        for one in cited.findall(path.read_text("utf-8"))
        if article(one).parts
    }
    assert whole == set(WHOLE_ELSEWHERE), sorted(whole ^ set(WHOLE_ELSEWHERE))


def test_whoever_has_the_turn_is_told():
    untold = {f"{t.subject}:{a.event}" for _room, t, a in ARROWS if a.turn} - set(RULES)
    assert untold <= set(WITHOUT_NOTICE), sorted(untold - set(WITHOUT_NOTICE))


def test_the_diagrams_show_every_table():
    shown = (code.ROOT / "docs" / "reference" / "states.md").read_text("utf-8")
    missing = [subject for subject, (room, _t) in TABLES.items() if f"## {subject.replace('_', ' ')} (`{room}`)" not in shown]
    assert not missing, "make docs"


@cache
def functions_of(room: str) -> dict[str, tuple[set[str], set[str]]]:
    """Function of a room -> (texts in it, names it calls)."""
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for path in sorted((PLATFORM / room).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.Assign, ast.AnnAssign)):
                if isinstance(node, ast.FunctionDef):
                    name = node.name
                else:
                    name = getattr(node.targets[0] if isinstance(node, ast.Assign) else node.target, "id", "")
                if name and name == name.upper() and "TransitionTable" in ast.dump(node):
                    continue  # The table names every act.
                for one in ast.walk(node):
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        found[name][0].add(one.value)
                    elif isinstance(one, ast.Name):
                        found[name][1].add(one.id)
                    elif isinstance(one, ast.Attribute):
                        found[name][1].add(one.attr)
    return found


def acts_by(room: str, act: str) -> set[str]:
    """The functions of a room that go along an arrow, and those that call them."""
    known = functions_of(room)
    found = {name for name, (texts, _calls) in known.items() if act in texts}
    while more := {name for name, (_texts, calls) in known.items() if calls & found} - found:
        found |= more
    return found


@cache
def called_in_tests() -> frozenset[str]:
    names = set()
    for path in TESTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                names.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                names.add(node.value)  # Tables of acts name them.
            elif isinstance(node, ast.ImportFrom):
                names |= {one.name for one in node.names}
    return frozenset(names)


def test_every_arrow_is_gone_in_some_test():
    untested = {f"{t.subject}:{a.act}" for room, t, a in ARROWS if not acts_by(room, a.act) & called_in_tests()}
    assert untested <= set(WITHOUT_TEST), sorted(untested - set(WITHOUT_TEST))


@pytest.mark.parametrize("subject", sorted(TABLES))
def test_the_search_of_evidence_names_what_a_record_is_about(subject: str) -> None:
    assert labels.code("evidence_subject", subject) != subject
