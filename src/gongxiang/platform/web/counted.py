"""Whether a page says how many things wait."""

from django.http import HttpRequest


def leave_counts_out(request: HttpRequest) -> None:
    """A page that refuses or finds nothing counts nothing: whoever knocks at wrong doors costs no work."""
    request.uncounted = True  # type: ignore[attr-defined]


def is_counted(request: HttpRequest) -> bool:
    """False after `leave_counts_out`."""
    return not getattr(request, "uncounted", False)
