"""The words of a PDF that somebody hands in: its properties and its first pages, read by a program of its own with limits.

For the look for markings of secrecy. A PDF made to break readers costs that program's seconds and memory, never the site's.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PROGRAM: Final = Path(__file__).with_name("pdf_reader.py")
_SECONDS: Final = 10


def read(content: bytes) -> Iterator[tuple[str, bool]]:
    """What could be read, each with whether it is said about the file; nothing of a torn or locked file."""
    if b"startxref" not in content or (b"/Page" not in content and b"/ObjStm" not in content):
        return
    # Its own interpreter, apart from this one's paths and settings.
    command = [sys.executable, "-I", str(_PROGRAM)]
    try:
        said = subprocess.run(command, input=content, capture_output=True, timeout=_SECONDS, check=False).stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    for line in said.splitlines():
        try:
            about, words = json.loads(line)
        except ValueError:
            continue
        yield words, about
