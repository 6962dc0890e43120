"""A database that is down or whose disk is full, said by name: on such a day a page can ask the database nothing."""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from psycopg import errors

from gongxiang.platform.kernel.errors import Refusal


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


def outage(error: BaseException | None) -> Refusal | None:
    """The named outage behind `error`, if it is one."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    return DatabaseDiskFull() if isinstance(error.__cause__, errors.DiskFull) else DatabaseAway()


def outage_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page, made without the shell, which would ask the database who is signed in."""
    text = render_to_string("web/outage.html", {"request": request, "refusal": refusal})
    return HttpResponse(text, status=refusal.status, headers={"Retry-After": "30"})
