"""Every file: short enough to read, no foreign hosts, no places of one machine, nothing unfinished."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 600
LONGEST_CONFTEST = 200
_TEXT = {
    ".py",
    ".md",
    ".sql",
    ".yaml",
    ".toml",
    ".html",
    ".js",
    ".mjs",
    ".css",
    ".po",
    ".txt",
    ".json",
    ".lock",
    ".service",
    ".conf",
    "",
}
#: Written with a bracket so that this file does not name what it forbids.
FORBIDDEN = {
    "a package registry's host": r"pypi[.]org|python[h]osted[.]|npmjs[.]org|npm[m]irror|deb[.]debian[.]org",
    "a place of one developer's machine": r"/[w]ork/(main|wt|shared|plan|venv)|/[h]ome/[a-z]+/|/[U]sers/",
    "an unfinished line": r"\b(TO[D]O|FIX[M]E|XX[X])\b|raise NotImplemented[E]rror",
    "a private key": r"BEGIN (EC |RSA )?PRIVATE [K]EY",
}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_no_source_file_is_too_long():
    found = {}
    for path in tracked():
        if path.suffix in (".py", ".js", ".mjs", ".css", ".html") and "0001_initial" not in path.name:
            lines = len(path.read_text("utf-8").splitlines())
            if lines > LONGEST:
                found[str(path.relative_to(ROOT))] = lines
    assert not found, f"longer than {LONGEST} lines: split them"


def test_conftest_stays_small():
    assert len((ROOT / "tests" / "conftest.py").read_text("utf-8").splitlines()) < LONGEST_CONFTEST


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_contains(what):
    pattern = re.compile(FORBIDDEN[what])
    found = []
    for path in tracked():
        if path.suffix not in _TEXT or "demo/data" in str(path):
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not found, f"{what}:\n" + "\n".join(found)


def test_lock_files_carry_digests_and_no_addresses():
    for name in ("requirements.lock", "requirements-node.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        for package in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in package, package
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text("utf-8")


def test_a_node_installs_no_web_framework():
    names = {line.partition("==")[0] for line in (ROOT / "requirements-node.lock").read_text("utf-8").splitlines()}
    assert not names & {"django", "waitress", "uvicorn", "whitenoise", "procrastinate"}


def test_built_things_are_not_committed():
    assert not [
        path for path in tracked() if path.suffix == ".mo" or "static/built" in str(path) or "node_modules" in path.parts
    ]
