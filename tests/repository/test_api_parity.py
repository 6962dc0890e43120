"""What people do on a page, programs do over the interface, or stand with a reason in api_left_out.yaml."""

import ast
import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

import gongxiang.platform
from gongxiang.platform.http_api.api import description
from gongxiang.platform.http_api.endpoints import DOORS
from tests.browser.addresses import pages

ROOT = Path(gongxiang.platform.__file__).parent
#: Page -> the operations that give the same, or the name of a reason.
READS: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("api_pages.yaml").read_text("utf-8"))
LEFT_OUT: dict[str, str] = yaml.safe_load(Path(__file__).with_name("api_left_out.yaml").read_text("utf-8")) or {}


#: Lists whose order is their sense: the most urgent first, open duties first, a thread, what a machine answered.
ORDER_OF_THEIR_OWN = {
    "list_waiting", "list_disposals", "list_grant_filings", "list_request_messages", "list_source_tables", "list_quality_rows",
    "list_statutes", "list_tokens", "list_city_changes",
}  # fmt: skip


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


def test_every_page_is_an_operation_or_is_left_out_with_a_reason():
    told, reasons = READS["pages"], READS["reasons"]
    assert sorted(set(pages()) ^ set(told)) == [], "pages that are not in api_pages.yaml, or lines without a page"
    named = {name: [one] if isinstance(one, str) else one for name, one in told.items()}
    unknown = {
        name: one for name, one in named.items() if not set(one) <= set(DOORS) and not (len(one) == 1 and one[0] in reasons)
    }
    assert unknown == {}, "neither an operation nor a reason"
    assert set(reasons) - {one for several in named.values() for one in several} == set(), "reasons that nothing needs"
    assert all(reason.strip() for reason in reasons.values())


def test_every_list_of_records_is_cut_into_pages_and_sorted():
    """Registers of a hundred lines are given whole."""
    whole = {"list_code_lists", "list_departments", "list_systems", "list_matters", "list_quality_figures", "list_versions",
             "list_saved_searches", "list_parameters", "list_handlers",
             "list_operation_rule_versions"}  # fmt: skip
    found = {}
    for path in description()["paths"].values():
        said = path.get("get", {"operationId": ""})
        if said["operationId"].startswith("list_") and said["operationId"] not in whole:
            found[said["operationId"]] = {one["name"] for one in said.get("parameters", ()) if one["in"] == "query"}
    cursor = found.pop("list_resources")
    assert {"cursor", "size"} <= cursor
    assert {name for name, takes in found.items() if not {"page", "size"} <= takes} == set()
    unsorted = {name for name, takes in found.items() if "sort" not in takes}
    assert unsorted == ORDER_OF_THEIR_OWN
