"""Addresses of batches."""

from django.urls import path

from gongxiang.platform.batches import queries
from gongxiang.platform.web.batches import views, views_entries
from gongxiang.platform.web.menu import COUNTS

COUNTS["batches:list"] = queries.running_of

urlpatterns = [
    path("", views.batches, name="list"),
    path("entries/", views_entries.entries, name="entries"),
    path("<uuid:batch_id>/", views.one, name="one"),
    path("<uuid:batch_id>/progress/", views.progress, name="progress"),
    path("<uuid:batch_id>/stop/", views.stop, name="stop"),
]
