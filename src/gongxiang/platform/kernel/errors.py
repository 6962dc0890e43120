"""Base of every named refusal: what was wrong, which article, what to do next; for every room and page.

A room's `errors.py` derives from `Refusal`; the English class docstring is the default message and is translated on the page.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext


class Refusal(Exception):
    """The act is refused."""

    #: Articles the refusal rests on, e.g. ("wushen-2021-60:21(2)",).
    basis: ClassVar[tuple[str, ...]] = ()
    #: What the person can do next, in English (a gettext id).
    next_step: ClassVar[str] = ""
    #: HTTP status of the API's answer.
    status: ClassVar[int] = 409

    def __init__(
        self, reason: str = "", *, field: str = "", basis: Iterable[str] = (), next_step: str = "", **values: Any
    ) -> None:
        self.template = reason or (type(self).__doc__ or "").split("\n\n")[0].strip()
        self.values: Mapping[str, Any] = values
        self.field = field
        self.articles = tuple(basis) or self.basis
        self.todo = next_step or self.next_step
        super().__init__(self.template.format(**values) if values else self.template)

    @property
    def code(self) -> str:
        """A stable name for machines: the class name in snake_case."""
        name = type(self).__name__
        return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))

    @property
    def message(self) -> str:
        """The reason in the reader's language."""
        text = gettext(self.template)
        return text.format(**self.values) if self.values else text

    @property
    def advice(self) -> str:
        """What to do next, in the reader's language; may be empty."""
        text = gettext(self.todo) if self.todo else ""
        return text.format(**self.values) if text and self.values else text


class NotPermitted(Refusal):
    """You do not hold the role this act needs."""

    #: Departments name who is accountable and which unit acts.
    basis: ClassVar[tuple[str, ...]] = ("wushen-2021-60:25",)
    status = 403
    next_step = "Ask your department's accountable officer, or the security administrator, to give you the role."


class NeedsPerson(NotPermitted):
    """This act is a named person's: a system cannot do it with an access token."""

    #: Departments name who is accountable; a legal act has a person behind it.
    basis: ClassVar[tuple[str, ...]] = ("wushen-2021-60:25",)
    next_step = "Let the responsible person sign in and do it on the site."


class ScopeMissing(NotPermitted):
    """The access token does not hold the scope {scope}, which this door asks for."""

    basis: ClassVar[tuple[str, ...]] = ("wushen-2021-60:25",)
    next_step = "Ask for a token with this scope; scopes of a token are never widened."


class NeedsSecondFactor(NotPermitted):
    """This act asks for the second factor of the person, which an access token cannot give."""

    basis: ClassVar[tuple[str, ...]] = ("wushen-2021-60:25",)
    next_step = "Sign in on the site and do it there."


class NotFound(Refusal):
    """There is no such record, or it is not yours to see."""

    next_step = "Go back to the list and look for it there."
    status = 404


class Shortfalls(Refusal):
    """Something is missing: each point is listed with its article."""

    def __init__(self, shortfalls: Iterable[Refusal]) -> None:
        self.shortfalls = tuple(shortfalls)
        super().__init__(basis=tuple(dict.fromkeys(a for s in self.shortfalls for a in s.articles)))
