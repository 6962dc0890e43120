"""What nodes report in English, in the reader's language: sentences are known by their form, names and numbers are kept.

Forms travel with the report (`protocol.sentences`); where a node of an earlier release sent none, the sentence is recognised.
One that is not known here is shown as it came; it is never guessed at.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.utils.translation import gettext, gettext_noop

#: Forms of earlier releases' reports and of texts kept without their forms; what stands in braces is the report's own.
FORMS = (
    gettext_noop(
        "Column {what} is generated: its values do not stand in the log. Leave it out, or store it as a plain column."
    ),
    gettext_noop(
        "Column {what} is an array, which has no element type. Leave it out, or keep its items in a table of their own."
    ),
    gettext_noop("Column {what} is a composite type. Leave it out, or keep its parts in columns of their own."),
    gettext_noop("Column {what} is a range. Leave it out, or keep lower and upper bound in columns of their own."),
    gettext_noop("Column {what} has a type that is not carried. Leave it out, or keep it as text in a column of its own."),
    gettext_noop("Column {what} has more than {most} digits or an odd scale. Declare it as numeric(38, s) or less."),
    gettext_noop("Column {column} is gone from {table} (dropped or renamed)."),
    gettext_noop("Column {column} is now {type}; element {element} was published as {published}."),
    gettext_noop("Column {column} is now part of the primary key."),
    gettext_noop("Column {column} is no longer part of the primary key."),
    gettext_noop("The primary key's column {columns} is not catalogued; without it, updates would fail."),
    gettext_noop(
        "There is no table {table} in the source database, or this account may not see it. Check the spelling"
        " (upper and lower case count) and the account's rights."
    ),
    gettext_noop("{table} is not a table (a view or foreign table has no log). Mount the tables behind it."),
    gettext_noop(
        "{table} is unlogged or temporary: its changes do not stand in the log. ALTER TABLE … SET LOGGED, or take another."
    ),
    gettext_noop("{table} has no primary key, so its changes cannot be told apart. Add one, or choose another way of capture."),
    gettext_noop(
        "{table} has REPLICA IDENTITY {name}. Publishing some of its columns would break the department's own UPDATEs, so"
        " it is not touched. If nothing else needs that setting: ALTER TABLE … REPLICA IDENTITY DEFAULT."
    ),
    gettext_noop("The primary key of {table} cannot be carried."),
    gettext_noop("This account may not read {table}. GRANT SELECT ON {same} TO the node's account."),
    gettext_noop(
        "This account does not own {table}, so it cannot publish it. Make it a member of the owner's role, or let the"
        " owner create the publication that the node's handbook shows."
    ),
    gettext_noop("Compared after segment {position} of epoch {epoch}, revision {revision}."),
    gettext_noop("The table has no primary key."),
)
_SPACE = re.compile(r"[\s;]*")
#: A full stop within a name, as in `public.area`, ends no sentence.
_END = r"(?=[\s;]|$)"


def _pattern(form: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", form)
    return re.compile("".join(f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts)) + _END)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((form, _pattern(form)) for form in FORMS)


def in_language(words: Iterable[Any]) -> str:
    """The sentences in the reader's language, those that the catalogues know; only a known form is ever filled in."""
    said = []
    for part in words:
        form, values = str(part.get("form", "")), part.get("values") or {}
        known = gettext(form) if form else ""
        if known and known != form:
            try:
                said.append(known.format(**values) if values else known)
            except (KeyError, IndexError, ValueError):
                continue
    # Chinese sentences end with their own full stop and stand without a space between.
    return "".join(said)


def translated(text: str) -> str:
    """The report in the reader's language; empty where a sentence of it is not known."""
    said, place = [], 0
    while place < len(text):
        found = next(((form, m) for form, pattern in _patterns() if (m := pattern.match(text, place))), None)
        if found is None:
            return ""
        form, match = found
        said.append(gettext(form).format(**match.groupdict()))
        space = _SPACE.match(text, match.end())
        place = space.end() if space else match.end()
    return " ".join(said)
