"""Schemes that make resource codes (信息资源代码): versioned and pluggable: the region may have its own.

A code is generated at first publication, never typed, never changed, never given twice: `CodeCounter` only counts up.
"""

import re
from dataclasses import dataclass
from typing import Protocol

CLASSIFICATION = re.compile(r"[123]\d{2}(\d{3}[0-9A-Z]*)?\Z")


class UnknownScheme(ValueError):
    """No code scheme of this name is installed: choose one of `SCHEMES`."""


class CodeScheme(Protocol):
    """How codes are laid out; `name` carries its version."""

    @property
    def name(self) -> str:
        """How the scheme is called, its version included."""
        ...

    def prefix(self, *, classification: str, department_number: int) -> str:
        """The part that is counted within."""
        ...

    def code(self, *, prefix: str, number: int) -> str:
        """The whole code for the `number`-th entry within `prefix`."""
        ...

    def matches(self, code: str) -> bool:
        """Whether `code` could be one of this scheme."""
        ...


@dataclass(frozen=True)
class Guide1272:
    """Layout of the national guide: 类 1 digit, 项 2, 目 3, 细目 variable, "/", sequence number.

    Where the classification stops at 项, 目 is the department's number for departmental resources (类 3) and 000 otherwise:
    the guide leaves it to the compiler (docs/explanation/choices.md).
    """

    name: str = "ndrc-2017-1272@1"

    def prefix(self, *, classification: str, department_number: int) -> str:
        """类 + 项 + 目 + 细目; raises ValueError for a malformed classification."""
        if not CLASSIFICATION.match(classification):
            raise ValueError(f"malformed classification {classification!r}")
        if len(classification) > 3:
            return classification
        return f"{classification}{department_number if classification[0] == '3' else 0:03d}"

    def code(self, *, prefix: str, number: int) -> str:
        """`307015/000001`."""
        return f"{prefix}/{number:06d}"

    def matches(self, code: str) -> bool:
        """The guide's shape."""
        return re.fullmatch(r"[123]\d{2}\d{3}[0-9A-Z]*/[0-9A-Za-z]+", code) is not None


SCHEMES: dict[str, CodeScheme] = {scheme.name: scheme for scheme in (Guide1272(),)}
DEFAULT_SCHEME = "ndrc-2017-1272@1"


def get_scheme(name: str = DEFAULT_SCHEME) -> CodeScheme:
    """The scheme of that name; raises UnknownScheme."""
    try:
        return SCHEMES[name]
    except KeyError:
        raise UnknownScheme(name) from None
