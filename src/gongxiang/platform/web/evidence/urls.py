"""Addresses of the evidence pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from gongxiang.platform.web.evidence import views


class AnythingConverter(StringConverter):
    """What a record is about, whatever signs its name holds: what is written for ever must be found for ever."""

    regex = r"(?s:.+)"


register_converter(AnythingConverter, "anything")
urlpatterns = [
    path("", views.search, name="search"),
    path("records/<uuid:uid>/", views.record, name="record"),
    path("records/<uuid:uid>/proof.json", views.proof, name="proof"),
    path("trail/<str:subject>/<anything:identifier>/", views.trail, name="trail"),
    path("seals/", views.seals, name="seals"),
    path("seals/verify/", views.verify, name="verify"),
]
