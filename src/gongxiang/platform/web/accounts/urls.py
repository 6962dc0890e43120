"""Addresses of signing in and of a person's own account."""

from django.urls import path

from gongxiang.platform.web.accounts import views

urlpatterns = [
    path("login/", views.login, name="login"),
    path("code/", views.code, name="code"),
    path("first-password/", views.first_password, name="first_password"),
    path("authenticator/", views.enrol, name="enrol"),
    path("logout/", views.logout, name="logout"),
    path("confirm/", views.confirm_second_factor, name="confirm_second_factor"),
    path("", views.security, name="security"),
    path("password/", views.password, name="password"),
    path("deputy/", views.name_deputy, name="name_deputy"),
    path("deputy/<uuid:deputy_id>/end/", views.end_deputy, name="end_deputy"),
]
