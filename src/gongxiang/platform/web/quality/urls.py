"""Addresses of the pages on the catalogue's quality."""

from django.urls import path

from gongxiang.platform.web.quality import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("rows/<str:name>/", views.rows, name="rows"),
    path("scheme/", views.scheme, name="scheme"),
    path("systems/", views.systems, name="systems"),
    path("systems/<uuid:system_id>/", views.system, name="system"),
]
