"""Addresses of disputes."""

from django.urls import path

from gongxiang.platform.access import queries_dispute
from gongxiang.platform.web.disputes import mediating, views
from gongxiang.platform.web.menu import COUNTS

COUNTS["disputes:list"] = lambda actor: len(queries_dispute.waiting_for(actor))

urlpatterns = [
    path("", views.disputes, name="list"),
    path("open/<uuid:access_request_id>/", views.open_one, name="open"),
    path("<uuid:dispute_id>/", views.detail, name="detail"),
    path("<uuid:dispute_id>/meeting/", views.meeting, name="meeting"),
    path("meetings/<uuid:meeting_id>/confirm/", views.confirm, name="confirm"),
    path("<uuid:dispute_id>/attach/", views.attach, name="attach"),
    path("<uuid:dispute_id>/mediation/", views.mediate, name="mediate"),
    path("<uuid:dispute_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:dispute_id>/hearing/", mediating.hearing, name="hearing"),
    path("<uuid:dispute_id>/statement/", mediating.statement, name="statement"),
    path("<uuid:dispute_id>/opinion/", mediating.opinion, name="opinion"),
    path("<uuid:dispute_id>/opinion/give/", mediating.give_opinion, name="give_opinion"),
    path("<uuid:dispute_id>/opinion/answer/", mediating.answer, name="answer"),
    path("<uuid:dispute_id>/submit/", mediating.submit, name="submit"),
    path("<uuid:dispute_id>/refer/", mediating.refer, name="refer"),
    path("<uuid:dispute_id>/decision/", mediating.decision, name="decision"),
    path("<uuid:dispute_id>/carry-out/", mediating.carry_out, name="carry_out"),
]
