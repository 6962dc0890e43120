"""Every address of the site; each view declares its door (permission)."""

from django.urls import URLPattern, URLResolver, include, path

from gongxiang.platform.wiring import joints  # noqa: F401 -- importing it joins

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("gongxiang.platform.web.urls")),
    path("", include("gongxiang.platform.http_api.urls")),
]

handler400 = "gongxiang.platform.web.views.bad_request"
handler404 = "gongxiang.platform.web.views.page_not_found"
handler500 = "gongxiang.platform.wiring.failures.server_error"
