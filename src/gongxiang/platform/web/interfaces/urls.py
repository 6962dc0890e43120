"""Addresses of the access tokens."""

from django.urls import path

from gongxiang.platform.web.interfaces import views

urlpatterns = [
    path("", views.tokens, name="tokens"),
    path("tokens/system/", views.new_system_token, name="new_system_token"),
    path("tokens/own/", views.new_own_token, name="new_own_token"),
    path("tokens/<uuid:token_id>/revoke/", views.revoke, name="revoke_token"),
]
