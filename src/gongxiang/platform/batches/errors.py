"""Refusals of the room."""

from typing import ClassVar

from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal

_RESPONSIBLE = ("wushen-2021-60:25",)


class BatchNotFound(NotFound):
    """There is no such batch, or somebody else asked for it."""

    basis: ClassVar[tuple[str, ...]] = _RESPONSIBLE
    next_step = "Go back to your batches."


class NothingAsked(Refusal):
    """The batch holds nothing."""

    basis: ClassVar[tuple[str, ...]] = _RESPONSIBLE
    next_step = "Go back to the list and tick what the act is for."


class TooManyInBatch(Refusal):
    """A batch holds at most {most} records."""

    basis: ClassVar[tuple[str, ...]] = _RESPONSIBLE
    next_step = "Tick fewer; the rest goes into another batch."


class TooManyBatches(Refusal):
    """{most} batches of yours are under way already."""

    basis: ClassVar[tuple[str, ...]] = _RESPONSIBLE
    next_step = "Wait until one of them has ended, or stop one."


class AskerGone(NotPermitted):
    """Who asked for the batch may not act on the site any more."""

    next_step = "Let somebody who holds the role do it."


class ActBroken(Refusal):
    """The product failed at this one, and did nothing to it."""

    basis: ClassVar[tuple[str, ...]] = _RESPONSIBLE
    next_step = "Try it again from its own page; if it fails once more, tell the platform operator when you did."
