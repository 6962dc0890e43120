"""Words of agreements."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATES: dict[str, tuple[Promise | str, str]] = {
    "agreement:DRAFTED": (_("Draft"), "secondary"),
    "agreement:SIGNED_BY_DEPARTMENT": (_("Waits for the authority's signature"), "warning"),
    "agreement:RETURNED": (_("Returned"), "danger"),
    "agreement:IN_FORCE": (_("In force"), "success"),
    "agreement:EXPIRED": (_("Expired"), "secondary"),
    "agreement:TERMINATED": (_("Ended before its time"), "danger"),
}
EVENTS: dict[str, Promise | str] = {
    "agreement_template:issued": _("Text of the agreement issued"),
    "agreement:drafted": _("Agreement drafted"),
    "agreement:revised": _("Agreement revised"),
    "agreement:signed_by_department": _("Agreement signed for the department"),
    "agreement:sealed_by_department": _("Sealed paper of the agreement handed in"),
    "agreement:paper_issued": _("Paper of the agreement issued"),
    "agreement:in_force": _("Agreement signed or sealed for the authority: in force"),
    "agreement:returned": _("Agreement returned"),
    "agreement:expired": _("Agreement ran out"),
    "agreement:terminated": _("Agreement ended"),
}
CODES: dict[str, Promise | str] = {
    "agreement_role:provider": _("Provider"),
    "agreement_role:consumer": _("Consumer"),
    "agreement_role:both": _("Provider and consumer"),
    "agreement_party:department": _("For the department"),
    "agreement_party:authority": _("For the competent authority"),
    "agreement_standing:none": _("No agreement in force"),
    "agreement_standing:within_30": _("Ends within 30 days"),
    "agreement_standing:within_60": _("Ends within 60 days"),
    "agreement_standing:renewed": _("Renewed already"),
    "agreement_standing:in_force": _("In force"),
    "agreement_purpose:decision": _("Basis for a decision"),
    "agreement_purpose:reference": _("Reference"),
    "agreement_purpose:verification": _("Verification of data"),
    "agreement_purpose:joint_handling": _("Joint handling"),
    "agreement_mode:table": _("Table by exchange nodes"),
    "agreement_mode:api": _("API"),
    "agreement_mode:file": _("File"),
}


def choices(table: str) -> list[tuple[str, Promise | str]]:
    """The codes of one table, for a select."""
    return [(code.partition(":")[2], word) for code, word in CODES.items() if code.startswith(f"{table}:")]
