"""Addresses of the pages on the catalogue's quality."""

from django.urls import path

from gongxiang.platform.web.quality import dimensions, matters, reports, sources, views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("rows/<str:name>/", views.rows, name="rows"),
    path("entries/<uuid:resource_id>/", dimensions.dimensions, name="dimensions"),
    path("scheme/", views.scheme, name="scheme"),
    path("systems/", views.systems, name="systems"),
    path("systems/<uuid:system_id>/", views.system, name="system"),
    path("matters/", matters.matters_list, name="matters"),
    path("matters/<uuid:matter_id>/", matters.matter, name="matter"),
    path("matters/<uuid:matter_id>/link/", matters.link, name="link"),
    path("matters/<uuid:matter_id>/items/", matters.items, name="items"),
    path("matters/links/<uuid:link_id>/end/", matters.unlink, name="unlink"),
    path("matters/items/<uuid:item_id>/justify/", matters.justify, name="justify"),
    path("sources/", sources.items, name="sources"),
    path("sources/name/", sources.name, name="name_source"),
    path("city/", reports.reports, name="reports"),
    path("city/record/", reports.record, name="record_report"),
    path("city/<uuid:report_id>/", reports.report, name="report"),
    path("city/<uuid:report_id>/receipt/", reports.receipt, name="receipt"),
]
