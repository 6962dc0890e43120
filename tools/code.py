"""Reads the product's own code for the generated pages and the house rules: modules, views, tests and what they cite."""

import ast
import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "gongxiang"


@dataclass(frozen=True, kw_only=True)
class Door:
    """One address of the site: its pattern, its view, and the permission it declares (None: none, which is a fault)."""

    address: str
    view: Any
    permission: Any


@cache
def import_everything() -> None:
    """Import every module of the rooms, so that what registers itself at import is known."""
    import gongxiang.platform

    for found in pkgutil.walk_packages(gongxiang.platform.__path__, "gongxiang.platform."):
        if ".migrations" not in found.name:
            importlib.import_module(found.name)


def doors() -> list[Door]:
    """Every address of the site with its view."""
    return sorted(_doors(get_resolver(), "/"), key=lambda door: door.address)


def _doors(resolver: URLResolver, prefix: str) -> Iterator[Door]:
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _doors(pattern, address)
        elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "doors"):
            for method, permission in pattern.callback.doors.items():
                yield Door(address=f"{address} {method}", view=pattern.callback, permission=permission)
        elif isinstance(pattern, URLPattern):
            yield Door(address=address, view=pattern.callback, permission=getattr(pattern.callback, "door", None))


def names_called(view: Any) -> set[str]:
    """Bare names of what a view calls, itself and through functions of its own module."""
    module = inspect.getmodule(inspect.unwrap(view))
    if module is None:
        return set()
    calls = _calls(module)
    seen, found, todo = set[str](), set[str](), [inspect.unwrap(view).__name__]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        found |= calls.get(name, set())
        todo += [called for called in calls.get(name, set()) if called in calls]
    return found


def speaks_of(view: Any, name: str) -> bool:
    """Whether the view's module knows the function of the full `name`, itself or in a module it imports."""
    module, bare = inspect.getmodule(inspect.unwrap(view)), name.rpartition(".")[2]
    known = vars(module).values() if module else ()
    candidates = (getattr(one, bare, None) if inspect.ismodule(one) else one for one in known)
    return any(f"{getattr(one, '__module__', '')}.{getattr(one, '__qualname__', '')}" == name for one in candidates)


@cache
def _calls(module: Any) -> dict[str, set[str]]:
    calls: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.FunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name):
                    calls[node.name].add(inner.id)
                elif isinstance(inner, ast.Attribute):
                    calls[node.name].add(inner.attr)
    return calls


def tests_by_article() -> dict[str, list[str]]:
    """Article id to the tests marked with it, as `path::test`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").glob("**/test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        whole = [a for node in tree.body if isinstance(node, ast.Assign) for a in _marked([node.value])]
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for article in _marked(node.decorator_list):
                    found[article].append(f"{path.relative_to(ROOT)}::{node.name}")
        for article in whole:
            found[article].append(str(path.relative_to(ROOT)))
    return found


def _marked(expressions: list[ast.expr]) -> Iterator[str]:
    for expression in expressions:
        for node in ast.walk(expression):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "article":
                yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))
