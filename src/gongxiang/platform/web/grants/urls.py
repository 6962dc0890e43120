"""Addresses of the pages of grants."""

from django.urls import path

from gongxiang.platform.web.grants import papers, sample, views

urlpatterns = [
    path("", views.grants, name="list"),
    path("disposals/", views.disposals, name="disposals"),
    path("filings/", views.filings, name="filings"),
    path("<uuid:grant_id>/", views.detail, name="detail"),
    path("<uuid:grant_id>/terms.jsonld", papers.as_odrl, name="odrl"),
    path("<uuid:grant_id>/paper/", papers.issue, name="paper"),
    path("<uuid:grant_id>/suspend/", views.suspend, name="suspend"),
    path("<uuid:grant_id>/resume/", views.resume, name="resume"),
    path("<uuid:grant_id>/end/", views.end, name="end"),
    path("<uuid:grant_id>/revise/", views.revise, name="revise"),
    path("<uuid:grant_id>/sample/", sample.sample, name="sample"),
    path("<uuid:grant_id>/destroy/", views.destroy, name="destroy"),
    path("<uuid:grant_id>/dispose/", views.dispose, name="dispose"),
]
