"""Addresses of the rulebook's pages."""

from django.urls import path

from gongxiang.platform.web.rules import calendar_views, keeping_views, mapping_views, views

urlpatterns = [
    path("", views.instruments, name="instruments"),
    path("articles/<str:identifier>/", views.article, name="article"),
    path("instruments/<str:instrument_id>/", views.instrument, name="instrument"),
    path("instruments/<str:instrument_id>/text/", views.import_text, name="import_text"),
    path("periods/<str:rule>/", views.rule, name="rule"),
    path("periods/<str:rule>/choose/", views.choose, name="choose"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/notice/", calendar_views.notice, name="notice"),
    path("calendar/notice/confirm/", calendar_views.confirm, name="confirm_notice"),
    path("statutes/", keeping_views.statutes, name="statutes"),
    path("statutes/register/", keeping_views.register, name="register_statute"),
    path("statutes/<uuid:statute_id>/", keeping_views.statute, name="statute"),
    path("statutes/<uuid:statute_id>/file/", keeping_views.attach, name="attach_statute"),
    path("statutes/<uuid:statute_id>/end/", keeping_views.end, name="end_statute"),
    path("codes/", keeping_views.codes, name="codes"),
    path("codes/<str:table>/", keeping_views.code_table, name="code_table"),
    path("codes/<str:table>/add/", keeping_views.add_code, name="add_code"),
    path("codes/<str:table>/retire/", keeping_views.retire, name="retire_code"),
    path("mappings/", mapping_views.mappings, name="mappings"),
    path("mappings/<str:interface>/", mapping_views.interface, name="mapping"),
    path("mappings/<str:interface>/map/", mapping_views.map_code, name="map_code"),
    path("parameters/", keeping_views.parameters, name="parameters"),
    path("parameters/<str:name>/", keeping_views.set_parameter, name="set_parameter"),
]
