"""What every template sees: the menu, the acting person, the product's clock."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from gongxiang.platform.notices import queries as notices
from gongxiang.platform.web.counted import is_counted
from gongxiang.platform.web.menu import menu_for
from gongxiang.protocol import clock


def shell(request: HttpRequest) -> dict[str, Any]:
    """For `web/base.html`; what only whole pages show is asked for when it is shown, once, and not for parts of a page."""
    counted = is_counted(request)
    return {
        "actor": getattr(request, "actor", None),
        "menu": cache(lambda: menu_for(request)),
        "counted": counted,
        "unread": cache(lambda: notices.unread(getattr(request, "actor", None)) if counted else 0),
        "now": clock.now(),
        "clock_moved": clock.offset_seconds() != 0,
        "languages": settings.LANGUAGES,
        "demo": settings.PROFILE == "demo",
    }
