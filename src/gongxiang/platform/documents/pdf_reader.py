"""A program: reads a PDF from standard input and says a line of JSON for its properties and for each of its first pages.

For `pdf_words`, which starts it; it may use so much time and memory and writes no file.
"""

import io
import json
import logging
import resource
import sys

import pypdf

#: A marking stands on the first page (GB/T 9704); the next ones are for papers bound together.
PAGES = 10
SECONDS = 5
MEMORY = 768 * 2**20
LONGEST = 200_000


def say(words: str, *, about: bool) -> None:
    """One line."""
    sys.stdout.write(json.dumps([about, words[:LONGEST]]) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Say what can be read."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.disable(logging.CRITICAL)
    file = pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read()))
    say("\n".join(str(one) for one in (file.metadata or {}).values()), about=True)
    for page in file.pages[:PAGES]:
        say(page.extract_text(), about=False)


if __name__ == "__main__":
    try:
        main()
    except Exception:  # a broken file is said nothing more of
        sys.exit(1)
