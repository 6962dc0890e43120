"""Addresses of the interfaces."""

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter

from gongxiang.platform.http_api import api, views
from gongxiang.platform.http_api.ckan import views as ckan
from gongxiang.platform.http_api.dcat import views as dcat


class FormConverter(StringConverter):
    """The endings in which the catalogue is given."""

    regex = "ttl|jsonld"


register_converter(FormConverter, "dcat_form")

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/docs", views.docs, name="api_docs"),
    path("api/v1/", include((api.addresses(), "api"))),
    path("catalog", dcat.catalogue, name="dcat"),
    path("catalog.<dcat_form:ending>", dcat.catalogue, name="dcat_as"),
    path("catalog/datasets/<uuid:resource_id>", dcat.dataset, name="dcat_dataset"),
    path("catalog/datasets/<uuid:resource_id>.<dcat_form:ending>", dcat.dataset, name="dcat_dataset_as"),
    path("api/3/action/<str:action>", ckan.act, name="ckan"),
    path("api/action/<str:action>", ckan.act, name="ckan_unversioned"),
]
