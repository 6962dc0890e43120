"""Addresses of requests to superiors."""

from django.urls import path

from gongxiang.platform.web.menu import COUNTS
from gongxiang.platform.web.superiors import views
from gongxiang.platform.web.superiors.todos import count

COUNTS["superiors:list"] = count

urlpatterns = [
    path("", views.register, name="list"),
    path("returns/", views.returns, name="returns"),
    path("lines/", views.lines, name="lines"),
    path("ask/", views.new, name="new"),
    path("<uuid:superior_request_id>/", views.detail, name="detail"),
    path("<uuid:superior_request_id>/edit/", views.edit, name="edit"),
    path("<uuid:superior_request_id>/issue/", views.issue, name="issue"),
    path("<uuid:superior_request_id>/send/", views.send, name="send"),
    path("<uuid:superior_request_id>/remind/", views.remind, name="remind"),
    path("<uuid:superior_request_id>/answer/", views.answer, name="answer"),
    path("<uuid:superior_request_id>/arrived/", views.arrived, name="arrived"),
    path("<uuid:superior_request_id>/close/", views.close, name="close"),
    path("<uuid:superior_request_id>/discard/", views.discard, name="discard"),
]
