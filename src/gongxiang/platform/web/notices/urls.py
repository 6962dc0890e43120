"""Addresses of the inbox."""

from django.urls import path

from gongxiang.platform.notices import queries
from gongxiang.platform.web.menu import COUNTS
from gongxiang.platform.web.notices import views

COUNTS["notices:list"] = queries.unread

urlpatterns = [
    path("", views.inbox, name="list"),
    path("read/", views.read_all, name="read_all"),
    path("settings/", views.settings, name="settings"),
    path("settings/mail/", views.settings_mail, name="settings_mail"),
    path("<uuid:notice_id>/open/", views.open_notice, name="open"),
    path("<uuid:notice_id>/read/", views.read, name="read"),
]
