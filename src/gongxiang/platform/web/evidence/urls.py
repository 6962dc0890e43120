"""Addresses of the evidence pages."""

from django.urls import path

from gongxiang.platform.web.evidence import views

urlpatterns = [
    path("", views.search, name="search"),
    path("records/<uuid:uid>/", views.record, name="record"),
    path("records/<uuid:uid>/proof.json", views.proof, name="proof"),
    path("trail/<str:subject>/<str:identifier>/", views.trail, name="trail"),
    path("seals/", views.seals, name="seals"),
    path("seals/verify/", views.verify, name="verify"),
]
