"""Addresses of the use of what was granted."""

from django.urls import path

from gongxiang.platform.grants import queries_rectify
from gongxiang.platform.web.menu import COUNTS
from gongxiang.platform.web.use import views_rectify

COUNTS["use:rectifications"] = lambda actor: len(queries_rectify.waiting_rectifications(actor))

urlpatterns = [
    path("rectifications/", views_rectify.rectifications, name="rectifications"),
    path("rectifications/<uuid:rectification_id>/", views_rectify.rectification, name="rectification"),
    path("rectifications/<uuid:rectification_id>/report/", views_rectify.report, name="rectification_report"),
    path("rectifications/<uuid:rectification_id>/accept/", views_rectify.accept, name="rectification_accept"),
    path("rectifications/<uuid:rectification_id>/decline/", views_rectify.decline, name="rectification_decline"),
    path("rectifications/<uuid:rectification_id>/demand/", views_rectify.demand, name="rectification_demand"),
]
