"""Addresses of demands."""

from django.urls import path

from gongxiang.platform.demands import queries
from gongxiang.platform.web.demands import views
from gongxiang.platform.web.menu import COUNTS

COUNTS["demands:list"] = lambda actor: len(queries.waiting_for(actor))

urlpatterns = [
    path("", views.demands, name="list"),
    path("responsibilities/", views.responsibilities, name="responsibilities"),
    path("figures/", views.figures, name="figures"),
    path("state/", views.state, name="state"),
    path("<uuid:demand_id>/", views.detail, name="detail"),
    path("<uuid:demand_id>/assign/", views.assign, name="assign"),
    path("<uuid:demand_id>/hand-back/", views.hand_back, name="hand_back"),
    path("<uuid:demand_id>/answer/", views.answer, name="answer"),
    path("<uuid:demand_id>/contest/", views.contest, name="contest"),
    path("<uuid:demand_id>/close/", views.close, name="close"),
    path("<uuid:demand_id>/withdraw/", views.withdraw, name="withdraw"),
]
