"""What nobody caught, answered in the form of its address: a page for people, the interfaces' own shape for programs."""

import sys

from django.http import HttpRequest, HttpResponse

from gongxiang.platform.http_api.accidents import accident, is_for_machines
from gongxiang.platform.web import views


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database is away; also for what fails before a view is reached, such as a session."""
    if is_for_machines(request.path):
        return accident(request, sys.exc_info()[1])
    return views.server_error(request)
