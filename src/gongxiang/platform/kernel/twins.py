"""Two equal submissions at once: only the database can tell which came first, and the second hears so by name.

For acts whose uniqueness nothing else settles (no locked row above both), and for the doors as a last net.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from gongxiang.platform.kernel.errors import Refusal

_UNIQUE_VIOLATION = "23505"


class SentTwice(Refusal):
    """The same was entered a moment ago, by you or somebody else; nothing was entered twice."""

    #: One act, one record: who is responsible must be able to tell what was done.
    basis = ("wushen-2021-60:25",)
    next_step = "Go back to the list: what was entered first stands there."


class ShownOnce(Refusal):
    """This form was sent already, and what it made was shown once, on the page that answered; no second one was made."""

    #: A secret that nobody knows of is one that nobody guards.
    basis = ("wushen-2021-60:25",)
    next_step = "If it was not kept, open the form anew and make a new one; end the one that was lost where that is possible."


def is_twin(problem: IntegrityError) -> bool:
    """Whether the database refused a second equal row, and nothing worse."""
    return getattr(problem.__cause__, "sqlstate", None) == _UNIQUE_VIOLATION


@contextmanager
def first_wins(refusal: Refusal, *, constraint: str = "") -> Iterator[None]:
    """Raise `refusal` where the database holds an equal row already; `constraint`: only where its name begins so."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        diagnosis = getattr(problem.__cause__, "diag", None)
        named = getattr(diagnosis, "constraint_name", None) or ""
        if is_twin(problem) and named.startswith(constraint):
            raise refusal from problem
        raise
