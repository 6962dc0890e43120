"""`make check`: every check that needs no running product. All are run; the words of those that fail are shown at the end."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable]
TOOL = str(Path(sys.executable).parent) + os.sep
SOURCES = ["src", "tests", "bench", "tools"]

CHECKS: dict[str, list[str]] = {
    "style": [TOOL + "ruff", "check", "--quiet", *SOURCES],
    "format": [TOOL + "ruff", "format", "--check", "--quiet", *SOURCES],
    "directions": [TOOL + "lint-imports", "--no-cache"],
    "types": [TOOL + "mypy"],
    "django": [*PYTHON, "-W", "error", "-m", "django", "check", "--fail-level", "WARNING"],
    "migrations": [*PYTHON, "-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run"],
    "translations": [*PYTHON, "-m", "gongxiang.machine.messages", "check"],
    "generated docs": [*PYTHON, "tools/generate_docs.py", "--check"],
    "house rules": [*PYTHON, "-m", "pytest", "-q", "-p", "no:randomly", "tests/repository"],
}


def run(name: str) -> tuple[str, int, str, float]:
    """Run one check; gives its name, exit status, words and duration."""
    environment = {
        **os.environ, "PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "gongxiang.platform.wiring.settings",
        "GONGXIANG_PROFILE": "test",
    }  # fmt: skip
    since = time.monotonic()
    done = subprocess.run(
        CHECKS[name],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return name, done.returncode, done.stdout, time.monotonic() - since


def main() -> int:
    """Run the named checks (all of them if none is named), two at a time."""
    names = sys.argv[1:] or list(CHECKS)
    failed = {}
    with ThreadPoolExecutor(2) as pool:
        for name, status, words, seconds in pool.map(run, names):
            print(f"  {name:<16} {'well' if status == 0 else 'FAILED':<8} {seconds:6.1f} s", flush=True)
            if status:
                failed[name] = words
    for name, words in failed.items():
        print(f"\n==== {name}: {' '.join(CHECKS[name])}\n{words.rstrip()}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
