"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import Refusal


class ChangedMeanwhile(Refusal):
    """Somebody else acted on this record while you were looking at it."""

    next_step = "Reload the page and look at what happened before acting again."
