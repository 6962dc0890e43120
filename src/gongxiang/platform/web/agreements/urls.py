"""Addresses of agreements."""

from django.urls import path

from gongxiang.platform.web.agreements import views

urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("text/", views.template, name="template"),
    path("<uuid:agreement_id>/", views.detail, name="agreement"),
    path("<uuid:agreement_id>/revise/", views.revise, name="revise"),
    path("<uuid:agreement_id>/sign/", views.sign, name="sign"),
    path("<uuid:agreement_id>/countersign/", views.countersign, name="countersign"),
    path("<uuid:agreement_id>/return/", views.give_back, name="return"),
    path("<uuid:agreement_id>/end/", views.terminate, name="terminate"),
]
