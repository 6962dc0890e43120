"""What people do on a page, programs do over the interface, or stand with a reason in api_left_out.yaml."""

import ast
import inspect
from importlib import import_module
from pathlib import Path

import yaml

import gongxiang.platform

ROOT = Path(gongxiang.platform.__file__).parent
LEFT_OUT: dict[str, str] = yaml.safe_load(Path(__file__).with_name("api_left_out.yaml").read_text("utf-8")) or {}


def acts_used(folder: str) -> set[str]:
    """`room.act` for each public act (it takes `by` and `at`) that the modules of a folder name."""
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        modules, names = {}, {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gongxiang.platform."):
                for one in node.names:
                    whole = f"{node.module}.{one.name}"
                    modules[one.asname or one.name] = whole
                    names[one.asname or one.name] = (node.module, one.name)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
                found |= _act(modules[node.value.id], node.attr)
            elif isinstance(node, ast.Name) and node.id in names:
                found |= _act(*names[node.id])
    return found


def _act(module: str | None, name: str) -> set[str]:
    try:
        said = getattr(import_module(module or ""), name, None)
    except ImportError:
        return set()
    if not inspect.isfunction(said) or not {"by", "at"} <= set(inspect.signature(said).parameters):
        return set()
    room = (inspect.unwrap(said).__module__).split(".")[2]
    return {f"{room}.{name}"}


def test_every_act_of_a_page_is_an_operation_or_is_left_out_with_a_reason():
    pages, operations = acts_used("web"), acts_used("http_api")
    assert "demands.assign_demand" in pages & operations
    missing = pages - operations
    assert sorted(missing - set(LEFT_OUT)) == [], "acts of a page that the interface does not have, and no reason why"
    assert sorted(set(LEFT_OUT) - missing) == [], "left out without need: strike them from the list"
    assert all(reason.strip() for reason in LEFT_OUT.values())
