"""What the database cannot do just now, said by name to people on pages and to programs at the interfaces."""

import psycopg
from django.db import InterfaceError, OperationalError
from psycopg import errors

from gongxiang.platform.kernel.errors import Refusal

#: Seconds after which it is worth to ask again.
RETRY_AFTER = 30


class DatabaseAway(Refusal):
    """The database does not answer: nothing of your act was saved, in whole or in part."""

    next_step = (
        "Wait a minute and try again; what you typed is kept in this browser. If it lasts, the platform operator runs: "
        "gongxiang doctor"
    )
    status = 503


class DatabaseDiskFull(Refusal):
    """The database's disk is full: nothing of your act was saved, in whole or in part."""

    next_step = "Tell the platform operator to make room; what you typed is kept in this browser."
    status = 503


class ActsCrossed(Refusal):
    """Another act touched the same records at the same moment, and the database let only that one through."""

    #: One act, one record: who is responsible must be able to tell what was done.
    basis = ("wushen-2021-60:25",)
    next_step = "Nothing of yours was saved. Open the page again, see what the other act changed, and do it once more."
    status = 503


class TookTooLong(Refusal):
    """The database broke this off because it took too long: nothing of your act was saved, in whole or in part."""

    next_step = "Ask for less at once: narrow the search or choose fewer rows. If it lasts, tell the platform operator."
    status = 503


_NAMED: tuple[tuple[tuple[type[errors.Error], ...], type[Refusal]], ...] = (
    ((errors.DiskFull,), DatabaseDiskFull),
    ((errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable), ActsCrossed),
    ((errors.QueryCanceled,), TookTooLong),
)


def outage(error: BaseException | None) -> Refusal | None:
    """The named outage behind `error`, if it is one."""
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        cause: BaseException | None = error
    elif isinstance(error, OperationalError | InterfaceError):
        cause = error.__cause__
    else:
        return None
    return next((named() for kinds, named in _NAMED if isinstance(cause, kinds)), DatabaseAway())
