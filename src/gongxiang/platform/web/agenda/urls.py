"""Addresses of the agenda."""

from django.urls import path

from gongxiang.platform.web.agenda import deputies, office, views

urlpatterns = [
    path("", views.todos, name="todos"),
    path("periods/", views.clocks, name="clocks"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/new/", views.new_feed, name="new_feed"),
    path("calendar/end/", views.end_feed, name="end_feed"),
    path("feed/<str:secret>.ics", views.feed, name="feed"),
    path("deputies/", deputies.index, name="deputies"),
    path("deputies/<uuid:deputy_id>/end/", deputies.end, name="end_deputy"),
    path("office-system/", office.index, name="office"),
    path("office-system/stop/", office.stop, name="stop_office"),
    path("office-system/<uuid:dispatch_id>/resend/", office.resend, name="resend"),
    path("letters/", office.letters, name="mail"),
]
