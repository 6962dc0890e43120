"""Addresses of outside channels."""

from django.urls import path

from gongxiang.platform.web.channels import views
from gongxiang.platform.web.channels.todos import count
from gongxiang.platform.web.menu import COUNTS

COUNTS["channels:list"] = count

urlpatterns = [
    path("", views.register, name="list"),
    path("findings/", views.findings, name="findings"),
    path("figures/", views.figures, name="figures"),
    path("declare/", views.declare, name="declare"),
    path("<uuid:channel_id>/", views.detail, name="detail"),
    path("<uuid:channel_id>/confirm/", views.confirm, name="confirm"),
    path("<uuid:channel_id>/dismiss/", views.dismiss, name="dismiss"),
    path("<uuid:channel_id>/plan/", views.plan, name="plan"),
    path("<uuid:channel_id>/steps/<int:serial>/done/", views.step_done, name="step_done"),
    path("<uuid:channel_id>/move/", views.move, name="move"),
    path("<uuid:channel_id>/exemption/", views.exemption, name="exemption"),
    path("<uuid:channel_id>/exempt/", views.exempt, name="exempt"),
    path("<uuid:channel_id>/decline/", views.decline, name="decline"),
    path("<uuid:channel_id>/close/", views.close, name="close"),
    path("<uuid:channel_id>/reopen/", views.reopen, name="reopen"),
]
