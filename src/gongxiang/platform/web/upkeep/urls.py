"""Addresses of keeping the catalogue true."""

from django.urls import path

from gongxiang.platform.catalogue import queries_remit, queries_withheld
from gongxiang.platform.grants import queries_stop
from gongxiang.platform.web import menu
from gongxiang.platform.web.upkeep import views_remit, views_stop, views_withheld
from gongxiang.protocol import clock

menu.COUNTS["upkeep:remits"] = lambda actor: len(queries_remit.waiting_remits(actor))
menu.COUNTS["upkeep:withheld"] = lambda actor: len(queries_withheld.waiting_checks(actor, clock.now()))
menu.COUNTS["upkeep:stops"] = lambda actor: len(queries_stop.waiting_stops(actor, clock.now()))

urlpatterns = [
    path("remits/", views_remit.remits, name="remits"),
    path("remits/new/", views_remit.register, name="register"),
    path("remits/<uuid:change_id>/", views_remit.remit, name="remit"),
    path("remits/<uuid:change_id>/entries/", views_remit.add_entries, name="add_entries"),
    path("remits/<uuid:change_id>/extension/", views_remit.ask_extension, name="ask_extension"),
    path("remits/<uuid:change_id>/extension/decision/", views_remit.decide_extension, name="decide_extension"),
    path("remits/<uuid:change_id>/entries/<uuid:entry_id>/unchanged/", views_remit.unchanged, name="unchanged"),
    path("remits/<uuid:change_id>/entries/<uuid:entry_id>/name/", views_remit.name_entry, name="name_entry"),
    path("remits/<uuid:change_id>/cancel/", views_remit.cancel, name="cancel"),
    path("withheld/", views_withheld.withheld, name="withheld"),
    path("withheld/<uuid:check_id>/", views_withheld.check, name="check"),
    path("withheld/<uuid:check_id>/report/", views_withheld.report, name="report"),
    path("withheld/<uuid:check_id>/decide/", views_withheld.decide, name="decide"),
    path("stops/", views_stop.stops, name="stops"),
    path("stops/new/<uuid:resource_id>/", views_stop.announce, name="announce_stop"),
    path("stops/<uuid:notice_id>/", views_stop.stop, name="stop"),
    path("stops/<uuid:notice_id>/answer/<uuid:grant_id>/", views_stop.answer, name="answer_stop"),
    path("stops/<uuid:notice_id>/decide/", views_stop.decide, name="decide_stop"),
    path("stops/<uuid:notice_id>/cancel/", views_stop.cancel, name="cancel_stop"),
]
