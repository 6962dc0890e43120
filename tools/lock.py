"""Resolves the dependencies of pyproject.toml into the lock files: versions and digests, for every Python we run on."""

import subprocess
import sys
from pathlib import Path

from tools.prepare import ROOT, uv

LOCKS = {
    "requirements.lock": ("platform", "gateway", "node", "build"),
    "requirements-node.lock": ("node",),
    "requirements-dev.lock": ("dev",),
}


def main() -> None:
    """Write every lock file; a name given on the command line is upgraded, `--upgrade` upgrades all."""
    for name, extras in LOCKS.items():
        command = [*uv(), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
        command += ["--no-header", "--no-annotate", "--no-emit-package", "gongxiang", "--output-file", name]
        command += [word for extra in extras for word in ("--extra", extra)]
        subprocess.run([*command, *sys.argv[1:], "pyproject.toml"], cwd=ROOT, check=True)
        print(f"{name}: {sum(1 for line in Path(ROOT, name).read_text().splitlines() if '==' in line)} packages")


if __name__ == "__main__":
    main()
