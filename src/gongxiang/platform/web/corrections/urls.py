"""Addresses of corrections."""

from django.urls import path

from gongxiang.platform.corrections import queries
from gongxiang.platform.web.corrections import counters, views
from gongxiang.platform.web.menu import COUNTS

COUNTS["corrections:list"] = lambda actor: len(queries.waiting_for(actor))
COUNTS["corrections:complaints"] = lambda actor: len(queries.open_complaints(actor))

urlpatterns = [
    path("", views.corrections, name="list"),
    path("report/", views.report, name="report"),
    path("figures/", counters.figures, name="figures"),
    path("complaints/", counters.complaint_list, name="complaints"),
    path("complaints/<uuid:complaint_id>/", counters.complaint, name="complaint"),
    path("complaints/<uuid:complaint_id>/answer/", counters.answer_complaint, name="answer_complaint"),
    path("accuracy/<uuid:resource_id>/", counters.accuracy, name="accuracy"),
    path("<uuid:correction_id>/", views.detail, name="detail"),
    path("<uuid:correction_id>/adopt/", views.adopt, name="adopt"),
    path("<uuid:correction_id>/assign/", views.assign, name="assign"),
    path("<uuid:correction_id>/forward/", views.forward, name="forward"),
    path("<uuid:correction_id>/verdict/", views.verdict, name="verdict"),
    path("<uuid:correction_id>/accept/", views.accept, name="accept"),
    path("<uuid:correction_id>/object/", views.objection, name="object"),
    path("<uuid:correction_id>/decide/", views.decide, name="decide"),
    path("<uuid:correction_id>/remind/", views.remind, name="remind"),
    path("<uuid:correction_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:correction_id>/usage/", views.usage, name="usage"),
    path("<uuid:correction_id>/serve/", counters.serve, name="serve"),
    path("<uuid:correction_id>/complain/", counters.complain, name="complain"),
    path("<uuid:correction_id>/slip/", counters.slip, name="slip"),
    path("<uuid:correction_id>/deposit/", counters.deposit_ticket, name="deposit"),
    path("<uuid:correction_id>/read/", counters.read_ticket, name="read"),
]
