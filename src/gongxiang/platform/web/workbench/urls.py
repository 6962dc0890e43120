"""Addresses of the workbench."""

from django.urls import path

from gongxiang.platform.web.workbench import views

urlpatterns = [path("", views.home, name="home")]
