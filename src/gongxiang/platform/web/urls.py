"""The site's addresses, area by area."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from gongxiang.platform.web import views
from gongxiang.platform.web.areas import AREAS

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", views.choose_language, name="choose_language"),
    path("healthz", views.health, name="health"),
    *(
        path(prefix, include((f"gongxiang.platform.web.{area}.urls", area), namespace=area))
        for area, prefix in AREAS.items()
        if find_spec(f"gongxiang.platform.web.{area}") and find_spec(f"gongxiang.platform.web.{area}.urls")
    ),
]
