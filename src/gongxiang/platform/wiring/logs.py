"""What the logs of site and worker may say: where something failed and what kind of thing failed, never whose data it was.

A database names the values that it refused (`Failing row contains (…)`), and so does a check of a message; both are people's
data and stay out. Secrets that stand in addresses are cut out of them.
"""

import logging
import re
import traceback
from collections.abc import Iterator
from typing import Any

import psycopg
from django.core.exceptions import SuspiciousOperation
from django.db import Error
from pydantic import ValidationError

from gongxiang.platform.kernel.outage import outage

_SECRET = re.compile(r"(/agenda/feed/)[^\s?#]+")
#: Characters of what a caller made up.
MADE_UP = 500


class SecretAddresses(logging.Filter):
    """Cut the secret out of addresses that were refused; calendar programs ask with methods that are not served."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without secrets."""
        if isinstance(record.args, tuple):
            record.args = tuple(_SECRET.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args)
        return True


class OutagesBriefly(logging.Filter):
    """One line for each call while the database is away: where the call stood says nothing, and there are very many."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through; of an outage without the calls that led to it."""
        error = record.exc_info[1] if record.exc_info else None
        if (found := outage(error)) is not None:
            record.msg, record.args = f"{record.getMessage()} ({found.code})", ()
            record.exc_info = record.exc_text = None
        return True


class WithoutValues(logging.Formatter):
    """Tracebacks whose last lines hold no values."""

    def format(self, record: logging.LogRecord) -> str:
        """The record; of what a caller made up (a host, too large a body) its first words: the log is not theirs to fill."""
        if record.exc_info and isinstance(record.exc_info[1], SuspiciousOperation):
            record.exc_info, record.exc_text = None, None
            return super().format(record)[:MADE_UP]
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        """The calls, oldest error first, each with what may be said of it."""
        told = []
        for error in reversed(list(_chain(ei[1]))):
            kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
            told.append("".join(traceback.format_tb(error.__traceback__)) + f"{kind}: {said_of(error)}")
        return "\n".join(told)


def said_of(error: BaseException) -> str:
    """What the error says, without the values it was about."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in error.errors(include_input=False))
    found = error.__cause__ if isinstance(error, Error) else error
    if not isinstance(found, psycopg.Error) or found.sqlstate is None:
        return str(error)
    named = (found.diag.table_name, found.diag.column_name, found.diag.constraint_name)
    return " ".join([found.sqlstate, *(one for one in named if one)])


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
