"""Addresses of filings and collection plans."""

from django.urls import path

from gongxiang.platform.access import queries_collection
from gongxiang.platform.web.collection import plans, views
from gongxiang.platform.web.menu import COUNTS

COUNTS["collection:absences"] = lambda actor: len(queries_collection.absences_waiting(actor))
COUNTS["collection:list"] = lambda actor: len(queries_collection.plans_waiting(actor))

urlpatterns = [
    path("", plans.register, name="list"),
    path("absences/", views.absences, name="absences"),
    path("absences/state/<str:kind>/<uuid:key>/", views.state, name="state"),
    path("absences/report/<str:kind>/<uuid:key>/", views.report, name="report"),
    path("absences/<uuid:absence_id>/", views.absence, name="absence"),
    path("absences/<uuid:absence_id>/answer/", views.answer, name="answer"),
    path("absences/<uuid:absence_id>/file/", views.file, name="file"),
    path("absences/<uuid:absence_id>/find/", views.find, name="find"),
    path("absences/<uuid:absence_id>/drop/", views.drop, name="drop"),
    path("absences/<uuid:absence_id>/plan/", plans.draft, name="draft"),
    path("<uuid:plan_id>/", plans.plan, name="plan"),
    path("<uuid:plan_id>/edit/", plans.edit, name="edit"),
    path("<uuid:plan_id>/hits/", plans.hits, name="hits"),
    path("<uuid:plan_id>/propose/", plans.propose, name="propose"),
    path("<uuid:plan_id>/review/", plans.review, name="review"),
    path("<uuid:plan_id>/finish/", plans.finish, name="finish"),
    path("<uuid:plan_id>/cancel/", plans.cancel, name="cancel"),
]
