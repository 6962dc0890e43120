"""Addresses of the use of what was granted."""

from django.urls import path

from gongxiang.platform.grants import queries_rectify, queries_use
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.menu import COUNTS
from gongxiang.platform.web.use import (
    views_calls,
    views_cases,
    views_entered,
    views_handlers,
    views_provide,
    views_records,
    views_rectify,
)

COUNTS["use:rectifications"] = lambda actor: len(queries_rectify.waiting_rectifications(actor))
COUNTS["use:reports"] = lambda actor: _waiting(actor, "use_report")
COUNTS["use:questions"] = lambda actor: _waiting(actor, "use_question")
COUNTS["use:inspections"] = lambda actor: _waiting(actor, "inspection")
COUNTS["use:third_parties"] = lambda actor: _waiting(actor, "third_party_consent")
COUNTS["use:provisions"] = lambda actor: _waiting(actor, "provision")


def _waiting(actor: Person, kind: str) -> int:
    return sum(1 for one, _case in queries_use.waiting_use(actor, kinds=(kind,)))


urlpatterns = [
    path("rectifications/", views_rectify.rectifications, name="rectifications"),
    path("rectifications/<uuid:rectification_id>/", views_rectify.rectification, name="rectification"),
    path("rectifications/<uuid:rectification_id>/report/", views_rectify.report, name="rectification_report"),
    path("rectifications/<uuid:rectification_id>/accept/", views_rectify.accept, name="rectification_accept"),
    path("rectifications/<uuid:rectification_id>/decline/", views_rectify.decline, name="rectification_decline"),
    path("rectifications/<uuid:rectification_id>/demand/", views_rectify.demand, name="rectification_demand"),
    path("records/", views_records.records, name="records"),
    path("grants/<uuid:grant_id>/records.<str:form>", views_records.pack, name="pack"),
    path("grants/<uuid:grant_id>/enter/", views_entered.enter, name="enter"),
    path("grants/<uuid:grant_id>/calls/", views_calls.calls, name="calls"),
    path("grants/<uuid:grant_id>/handlers/", views_handlers.handlers, name="handlers"),
    path("grants/<uuid:grant_id>/handlers/name/", views_handlers.name, name="name_handler"),
    path("grants/<uuid:grant_id>/handlers/<uuid:handler_id>/end/", views_handlers.end, name="end_handler"),
    path("grants/<uuid:grant_id>/ask/", views_cases.ask, name="ask"),
    path("grants/<uuid:grant_id>/inspect/", views_cases.inspect, name="inspect"),
    path("grants/<uuid:grant_id>/third-party/", views_cases.ask_third_party, name="ask_third_party"),
    path("grants/<uuid:grant_id>/acknowledge/", views_provide.acknowledge, name="acknowledge"),
    path("reports/", views_cases.reports, name="reports"),
    path("reports/<uuid:key>/", views_cases.report, name="report"),
    path("reports/<uuid:key>/report/", views_cases.report_use, name="report_use"),
    path("questions/", views_cases.question_list, name="questions"),
    path("questions/<uuid:key>/", views_cases.question, name="question"),
    path("questions/<uuid:key>/answer/", views_cases.answer_question, name="answer_question"),
    path("questions/<uuid:key>/settle/", views_cases.settle_question, name="settle_question"),
    path("questions/<uuid:key>/again/", views_cases.ask_again, name="ask_again"),
    path("inspections/", views_cases.inspection_list, name="inspections"),
    path("inspections/<uuid:key>/", views_cases.inspection, name="inspection"),
    path("inspections/<uuid:key>/conclude/", views_cases.conclude, name="conclude"),
    path("inspections/<uuid:key>/reply/", views_cases.reply, name="reply"),
    path("inspections/<uuid:key>/close/", views_cases.close, name="close"),
    path("third-parties/", views_cases.third_party_list, name="third_parties"),
    path("third-parties/<uuid:key>/", views_cases.third_party, name="third_party"),
    path("third-parties/<uuid:key>/decide/", views_cases.decide_third_party, name="decide_third_party"),
    path("third-parties/<uuid:key>/revoke/", views_cases.revoke_third_party, name="revoke_third_party"),
    path("third-parties/<uuid:key>/withdraw/", views_cases.withdraw_third_party, name="withdraw_third_party"),
    path("provision/", views_provide.provisions, name="provisions"),
    path("provision/<uuid:key>/", views_provide.provision, name="provision"),
    path("provision/<uuid:key>/declare/", views_provide.declare_provision, name="declare_provision"),
    path("provision/<uuid:key>/answer/", views_provide.answer_provision, name="answer_provision"),
]
