"""Addresses of departments, people, registers and logs."""

from django.urls import path

from gongxiang.platform.web.parties import changing, departments, people, registers

urlpatterns = [
    path("departments/", departments.index, name="departments"),
    path("departments/new/", departments.new, name="new_department"),
    path("departments/<uuid:department_id>/", departments.detail, name="department"),
    path("departments/<uuid:department_id>/head/", departments.set_head, name="set_head"),
    path("departments/<uuid:department_id>/officer/", departments.report_officer, name="report_officer"),
    path("departments/<uuid:department_id>/rename/", changing.rename, name="rename_department"),
    path("departments/<uuid:department_id>/merge/", changing.merge, name="merge_department"),
    path("departments/<uuid:department_id>/merge/carry-out/", changing.carry_out_merge, name="carry_out_merge"),
    path("people/<uuid:person_id>/leaving/", changing.leaving, name="leaving"),
    path("filings/", departments.filings, name="filings"),
    path("filings/<uuid:filing_id>/file/", departments.file_officer, name="file_officer"),
    path("people/", people.index, name="people"),
    path("people/new/", people.new, name="new_person"),
    path("people/<uuid:person_id>/", people.detail, name="person"),
    path("people/<uuid:person_id>/roles/", people.change_role, name="change_role"),
    path("people/<uuid:person_id>/account/", people.change_account, name="change_account"),
    path("people/<uuid:person_id>/password/", people.reset_password, name="reset_password"),
    path("people/<uuid:person_id>/authenticator/", people.reset_factor, name="reset_factor"),
    path("systems/", registers.systems, name="systems"),
    path("systems/<uuid:system_id>/plan/", registers.plan_system, name="plan_system"),
    path("systems/<uuid:system_id>/end/", registers.end_system, name="end_system"),
    path("matters/", registers.matters, name="matters"),
    path("matters/<uuid:matter_id>/end/", registers.end_matter, name="end_matter"),
    path("logs/", people.logs, name="logs"),
]
