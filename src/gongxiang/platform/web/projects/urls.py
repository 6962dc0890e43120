"""Addresses of projects."""

from django.urls import path

from gongxiang.platform.web.menu import COUNTS
from gongxiang.platform.web.projects import todos, views, views_acceptance, views_catalogue, views_forms, views_money

COUNTS.update(todos.COUNTED)

_P = "<uuid:project_id>/"
urlpatterns = [
    path("", views.register, name="list"),
    path("new/", views.new, name="new"),
    path("queue/", views.queue, name="queue"),
    path("funding/", views_money.funding, name="funding"),
    path("forms/", views_forms.checks, name="form_checks"),
    path("forms/new/", views_forms.check_new, name="form_check_new"),
    path("forms/<uuid:check_id>/", views_forms.check, name="form_check"),
    path(_P, views.detail, name="detail"),
    path(f"{_P}edit/", views.edit, name="edit"),
    path(f"{_P}versions/<int:number>/", views.version, name="version"),
    path(f"{_P}changes/", views.compare, name="changes"),
    path(f"{_P}entries/new/", views_catalogue.entry_new, name="entry_new"),
    path(f"{_P}entries/<uuid:entry_id>/", views_catalogue.entry_edit, name="entry"),
    path(f"{_P}entries/<uuid:entry_id>/remove/", views_catalogue.entry_remove, name="entry_remove"),
    path(f"{_P}hits/", views_catalogue.hits, name="hits"),
    path(f"{_P}present/", views_catalogue.present, name="present"),
    path(f"{_P}consent/", views_catalogue.consent, name="consent"),
    path(f"{_P}send-back/", views_catalogue.send_back, name="send_back"),
    path(f"{_P}submit/", views_catalogue.submit, name="submit"),
    path(f"{_P}pass/", views_catalogue.pass_, name="pass"),
    path(f"{_P}return/", views_catalogue.return_, name="return"),
    path(f"{_P}revise/", views_catalogue.revise, name="revise"),
    path(f"{_P}discard/", views_catalogue.discard, name="discard"),
    path(f"{_P}approval/", views_acceptance.approval, name="approval"),
    path(f"{_P}checks/<str:item>/", views_acceptance.check, name="check"),
    path(f"{_P}request-acceptance/", views_acceptance.request_acceptance, name="request_acceptance"),
    path(f"{_P}accept/", views_acceptance.accept, name="accept"),
    path(f"{_P}return-acceptance/", views_acceptance.return_acceptance, name="return_acceptance"),
    path(f"{_P}cancel/", views_acceptance.cancel, name="cancel"),
    path(f"{_P}costs/", views_money.costs, name="costs"),
    path(f"{_P}use/", views_money.use, name="use"),
]
