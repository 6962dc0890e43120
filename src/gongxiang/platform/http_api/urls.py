"""Addresses of the interfaces."""

from django.urls import URLPattern, URLResolver, include, path

from gongxiang.platform.http_api import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/docs", views.docs, name="api_docs"),
    path("api/v1/", include((api.addresses(), "api"))),
]
