"""Addresses of the exchange pages."""

from django.urls import path

from gongxiang.platform.web.delivery import files, mounting, nodes, surveys, todos, trials, views
from gongxiang.platform.web.menu import COUNTS

COUNTS.update(todos.COUNTED)

urlpatterns = [
    path("nodes/", nodes.nodes, name="nodes"),
    path("nodes/new/", nodes.offer, name="offer"),
    path("nodes/<uuid:node_id>/", nodes.node, name="node"),
    path("nodes/<uuid:node_id>/live/", nodes.node_live, name="node_live"),
    path("nodes/<uuid:node_id>/renew/", nodes.renew, name="renew"),
    path("nodes/<uuid:node_id>/admit/", nodes.admit, name="admit"),
    path("nodes/<uuid:node_id>/suspend/", nodes.suspend, name="suspend_node"),
    path("nodes/<uuid:node_id>/readmit/", nodes.readmit, name="readmit"),
    path("nodes/<uuid:node_id>/revoke/", nodes.revoke, name="revoke"),
    path("nodes/<uuid:node_id>/tables/", surveys.tables, name="tables"),
    path("nodes/<uuid:node_id>/tables/read/", surveys.ask, name="survey"),
    path("nodes/<uuid:node_id>/tables/drafts/", surveys.draft, name="draft_tables"),
    path("nodes/<uuid:node_id>/tables/<uuid:table_id>/", surveys.table, name="source_table"),
    path("flows/", views.flows, name="flows"),
    path("flows/<uuid:grant_id>/", views.flow, name="flow"),
    path("flows/<uuid:grant_id>/live/", views.flow_live, name="flow_live"),
    path("flows/<uuid:grant_id>/reconcile/", views.reconcile, name="reconcile"),
    path("files/<uuid:resource_id>/", files.versions, name="files"),
    path("files/<uuid:resource_id>/<uuid:file_id>/withdraw/", files.withdraw, name="withdraw_file"),
    path("files/<uuid:resource_id>/deposit/", files.deposit_ticket, name="deposit_file"),
    path("files/grants/<uuid:grant_id>/fetch/", files.fetch_ticket, name="fetch_file"),
    path("files/problem/", files.explain, name="explain_file"),
    path("mounts/", mounting.mounts, name="mounts"),
    path("mounts/<uuid:resource_id>/test/", trials.trial, name="trial"),
    path("mounts/<uuid:resource_id>/test/live/", trials.trial_live, name="trial_live"),
    path("mounts/<uuid:resource_id>/test/<uuid:trial_id>/rows/", trials.trial_rows, name="trial_rows"),
    path("mounts/<uuid:resource_id>/", mounting.mount, name="mount"),
    path("mounts/checks/<uuid:check_id>/", mounting.check, name="check"),
    path("mounts/checks/<uuid:check_id>/live/", mounting.check_live, name="check_live"),
    path("mounts/checks/<uuid:check_id>/map/", mounting.map_columns, name="map"),
    path("alarms/", views.alarms, name="alarms"),
    path("alarms/<uuid:alarm_id>/close/", views.close_alarm, name="close_alarm"),
]
