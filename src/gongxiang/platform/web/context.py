"""What every template sees: the menu, the acting person, the product's clock."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from gongxiang.platform.notices import queries as notices
from gongxiang.platform.web.menu import menu_for
from gongxiang.protocol import clock


def shell(request: HttpRequest) -> dict[str, Any]:
    """For `web/base.html`."""
    return {
        "actor": getattr(request, "actor", None),
        "menu": menu_for(request),
        "unread": notices.unread(getattr(request, "actor", None)),
        "now": clock.now(),
        "clock_moved": clock.offset_seconds() != 0,
        "languages": settings.LANGUAGES,
        "demo": settings.PROFILE == "demo",
    }
