"""Prepares a clone for `make`: Python environment, assets, messages; with `--tests` also Chromium and fonts.

Needs nothing but Python 3.11 or later. Every step is skipped when its inputs have not changed since it was last done.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
WEB = ROOT / "src" / "gongxiang" / "platform" / "web"
BUILT = WEB / "static" / "built"
UV = "uv==0.13.9"
#: Only for tests: a real browser, and fonts to show Chinese in it.
TEST_PACKAGES = {"chromium": "a browser for the browser tests", "fonts-noto-cjk": "Chinese fonts for its pictures"}


def fail(text: str) -> None:
    """End with what is wrong and what to do."""
    sys.exit(f"\n{text}")


def step(name: str, work: Callable[[], str]) -> None:
    """One line of progress."""
    print(f"  {name:<16}", end="", flush=True)
    since = time.monotonic()
    said = work()
    print(f"{said:<60} {time.monotonic() - since:6.1f} s", flush=True)


def run(command: Iterable[object], **environment: str) -> str:
    """Run a command; its words are shown only if it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        fail(f"failed: {' '.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


def digest(paths: Iterable[Path]) -> str:
    """Changes when a file's content or the set of files changes."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def unchanged(stamp: Path, value: str) -> bool:
    """Whether the step was done for this value."""
    return stamp.exists() and stamp.read_text("ascii") == value


def uv() -> list[str]:
    """A uv of our own below `.tools`; one that is installed already is taken as it is."""
    if found := shutil.which("uv"):
        return [found]
    own = TOOLS / "uv"
    program = own / "bin" / "uv"
    if not unchanged(own / "version", UV):
        shutil.rmtree(own, ignore_errors=True)
        run([*_pip(), "install", "--quiet", "--disable-pip-version-check", "--target", own, UV])
        (own / "version").write_text(UV, "ascii")
    return [str(program)]


def _pip() -> list[str]:
    """Some pip: the one that is there, or one in a scratch environment."""

    def works(*command: str) -> bool:
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0

    if works(sys.executable, "-m", "pip", "--version"):
        return [sys.executable, "-m", "pip"]
    scratch = TOOLS / "pip"
    if not works(sys.executable, "-c", "import venv, ensurepip"):
        # Debian takes these parts out of Python and puts them into packages of their own.
        install_packages({"python3-pip": "to fetch Python packages"})
        if works(sys.executable, "-m", "pip", "--version"):
            return [sys.executable, "-m", "pip"]
        fail("Python has no pip. Install it (Debian: apt-get install python3-pip) or uv, then run make again.")
    run([sys.executable, "-m", "venv", scratch])
    return [str(scratch / "bin" / "python"), "-m", "pip"]


def install_packages(wanted: dict[str, str]) -> str:
    """Install Debian packages that are missing: as root or by sudo, named first, never with GONGXIANG_NO_APT=1."""
    missing = {name: why for name, why in wanted.items() if not _installed(name)}
    if not missing:
        return "there"
    listed = "\n".join(f"    {name:<18} {why}" for name, why in missing.items())
    by_hand = f"Missing packages of the system:\n{listed}\nInstall them: apt-get install {' '.join(missing)}"
    if os.environ.get("GONGXIANG_NO_APT") == "1":
        fail(f"{by_hand}\n(GONGXIANG_NO_APT=1: nothing is installed for you.)")
    apt = shutil.which("apt-get")
    rights: list[str] | None = [] if os.getuid() == 0 else None
    if rights is None and shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        rights = ["sudo", "-n", "env"]
    if apt is None or rights is None:
        fail(by_hand)
    assert apt is not None
    assert rights is not None
    print(f"\n    installing packages of the system:\n{listed}", flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    setting = [f"{name}={value}" for name, value in quiet.items()] if rights else []
    run([*rights, *setting, apt, "update", "-q"], **quiet)
    run([*rights, *setting, apt, "install", "-y", "-q", "--no-install-recommends", *missing], **quiet)
    return f"installed {', '.join(missing)}"


def _installed(name: str) -> bool:
    if name == "chromium" and any(shutil.which(one) for one in ("chromium", "chromium-browser", "google-chrome")):
        return True
    if name == "fonts-noto-cjk" and shutil.which("fc-list"):
        return "CJK" in subprocess.run(["fc-list"], capture_output=True, text=True).stdout
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Status}", name], capture_output=True, text=True)
    return asked.stdout.endswith(" installed")


def environment(tests: bool) -> str:
    """`.venv` with exactly what the lock file names, checked by digest, and the product itself."""
    locks = {name: digest([ROOT / name]) for name in ("requirements.lock", "requirements-dev.lock")}
    stamp = VENV / "gongxiang-lock.json"
    own = digest([ROOT / "pyproject.toml", ROOT / "src" / "gongxiang" / "__init__.py"])
    done = json.loads(stamp.read_text("utf-8")) if stamp.exists() else {}
    # The larger environment serves the smaller need as well.
    wanted = "requirements-dev.lock" if tests or done.get("lock") == "requirements-dev.lock" else "requirements.lock"
    target = {"lock": wanted, "digest": locks[wanted], "own": own, "python": sys.version}
    if done == target:
        return f"Python {sys.version.split()[0]}, as before"
    settings = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "true", "UV_LINK_MODE": "copy", "VIRTUAL_ENV": str(VENV)}
    program = uv()
    if done.get("python") != sys.version:
        run([*program, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], **settings)
    python = VENV / "bin" / "python"
    # Compiled once here: where PYTHONDONTWRITEBYTECODE is set, every program would compile Django anew at each start.
    sync = ["pip", "sync", "--quiet", "--compile-bytecode", "--python", python, "--require-hashes", wanted]
    run([*program, *sync], **settings)
    run([*program, "pip", "install", "--quiet", "--python", python, "--no-deps", "--no-build-isolation", "-e", "."], **settings)
    stamp.write_text(json.dumps(target), "utf-8")
    return f"Python {sys.version.split()[0]}, {wanted}"


def assets() -> str:
    """The pages' styles, scripts and icons."""
    sources = [path for path in (WEB / "assets").glob("**/*") if path.is_file()]
    value = digest([*sources, ROOT / "package.json", ROOT / "package-lock.json"])
    stamp = BUILT / "built-from"
    if unchanged(stamp, value):
        return "as before"
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    packages = digest([ROOT / "package.json", ROOT / "package-lock.json"])
    installed = ROOT / "node_modules" / "installed-from"
    if not unchanged(installed, packages):
        # Node has authorities of its own; behind an inspecting proxy only the system's are right.
        node = f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()
        run([VENV / "bin" / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], PATH=path, NODE_OPTIONS=node)
        installed.write_text(packages, "ascii")
    run([VENV / "bin" / "npm", "run", "--silent", "build"], PATH=path)
    stamp.write_text(value, "ascii")
    return "built"


def bytecode() -> str:
    """Our own modules, compiled like the others'."""
    run([VENV / "bin" / "python", "-m", "compileall", "-q", ROOT / "src" / "gongxiang"])
    return "compiled"


def messages() -> str:
    """The Chinese words of the pages."""
    return run([VENV / "bin" / "python", "-m", "gongxiang.machine.messages", "compile"]).strip().removeprefix("messages: ")


def main() -> None:
    """Do the steps in order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", action="store_true", help="also what the tests need")
    parser.add_argument("--browser", action="store_true", help="also a browser and fonts for the tests")
    arguments = parser.parse_args()
    print("preparing the clone", flush=True)
    if arguments.browser:
        step("system", lambda: install_packages(TEST_PACKAGES))
    step("environment", lambda: environment(arguments.tests))
    step("bytecode", bytecode)
    step("assets", assets)
    step("messages", messages)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - this file meets whatever python3 there is
        newer = next((path for minor in (13, 12, 11) if (path := shutil.which(f"python3.{minor}"))), None)
        if newer is None:
            fail(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}.")
        else:
            os.execv(newer, [newer, *sys.argv])
    main()
