"""The acts on departments, accounts, officers on file, keys and registers."""

from gongxiang.platform.parties.actions.accounts import (
    close_account,
    create_account,
    end_deputy,
    found_site,
    grant_role,
    lock_account,
    name_deputy,
    reset_factor,
    reset_password,
    unlock_account,
    withdraw_role,
)
from gongxiang.platform.parties.actions.changing import leave_and_hand_over, merge_department, rename_department
from gongxiang.platform.parties.actions.departments import (
    end_matter,
    end_system,
    file_officer,
    register_department,
    register_matter,
    register_system,
    report_officer,
    set_head,
)
from gongxiang.platform.parties.actions.sign_in import (
    change_password,
    check_factor,
    check_password,
    confirm_totp,
    enrol_totp,
    record_sign_in,
    record_sign_out,
)
from gongxiang.platform.parties.actions.signing import OfficerSignature, sign_as_officer
from gongxiang.platform.parties.actions.systems import plan_system
from gongxiang.platform.parties.actions.tokens import issue_own_token, issue_system_token, revoke_token

__all__ = [
    "OfficerSignature",
    "change_password",
    "check_factor",
    "check_password",
    "close_account",
    "confirm_totp",
    "create_account",
    "end_deputy",
    "end_matter",
    "end_system",
    "enrol_totp",
    "file_officer",
    "found_site",
    "grant_role",
    "issue_own_token",
    "issue_system_token",
    "leave_and_hand_over",
    "lock_account",
    "merge_department",
    "name_deputy",
    "plan_system",
    "record_sign_in",
    "record_sign_out",
    "register_department",
    "register_matter",
    "register_system",
    "rename_department",
    "report_officer",
    "reset_factor",
    "reset_password",
    "revoke_token",
    "set_head",
    "sign_as_officer",
    "unlock_account",
    "withdraw_role",
]
