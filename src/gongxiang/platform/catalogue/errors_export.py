"""Refusals about files made in the background."""

from typing import ClassVar

from gongxiang.platform.kernel.errors import NotFound, Refusal


class ExportNotFound(NotFound):
    """There is no such file, or somebody else asked for it."""

    basis = ("wushen-2021-60:6",)
    next_step = "Go back to your files."


class TooManyExports(Refusal):
    """{most} files for you are being made already."""

    basis: ClassVar[tuple[str, ...]] = ("wushen-2021-60:6",)
    next_step = "Wait until one of them is ready, then ask again."


class NothingToExport(Refusal):
    """Nothing is found that could be exported."""

    basis: ClassVar[tuple[str, ...]] = ("wushen-2021-60:6",)
    next_step = "Take out words or narrow down less."


class ExportNotReady(Refusal):
    """The file is not ready, or was let go."""

    basis: ClassVar[tuple[str, ...]] = ("wushen-2021-60:6",)
    next_step = "Wait until it is ready; a file that was let go can be asked for again."


class ExportBeyondSight(Refusal):
    """What you may see has changed since the file was made; it holds more than that."""

    basis: ClassVar[tuple[str, ...]] = ("wushen-2021-60:6", "wushen-2021-60:15")
    status = 403
    next_step = "Ask for the file again: it will hold what you may see now."
