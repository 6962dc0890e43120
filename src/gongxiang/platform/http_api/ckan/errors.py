"""Refusals in CKAN's own form, which its clients turn into exceptions."""

from collections.abc import Mapping
from typing import Any


class CkanError(Exception):
    """Answered as CKAN answers it: `kind` is what its clients tell errors apart by."""

    kind = "Validation Error"
    status = 409

    def __init__(self, message: str = "", fields: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.message, self.fields = message, dict(fields or {})

    def body(self) -> dict[str, Any]:
        """The `error` of the answer."""
        return {"__type": self.kind, **({"message": self.message} if self.message else {}), **self.fields}


class Invalid(CkanError):
    """A parameter is missing or does not fit."""


class Missing(CkanError):
    """There is no such thing, or it is not to be seen."""

    kind = "Not Found Error"
    status = 404


class Denied(CkanError):
    """The caller may not."""

    kind = "Authorization Error"
    status = 403


class QueryWrong(CkanError):
    """The search cannot be understood."""

    kind = "Search Query Error"
    status = 409
