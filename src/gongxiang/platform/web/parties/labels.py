"""Words of departments and registers."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATES: dict[str, tuple[Promise | str, str]] = {
    "department:ACTIVE": (_("In the register"), "success"),
    "department:MERGED": (_("Merged"), "secondary"),
    "officer_filing:REPORTED": (_("Reported, not yet filed"), "warning"),
    "officer_filing:FILED": (_("On file"), "success"),
    "officer_filing:SUPERSEDED": (_("Replaced"), "secondary"),
}
EVENTS: dict[str, Promise | str] = {
    "department:registered": _("Department entered into the register"),
    "department:renamed": _("Department renamed"),
    "department:merged": _("Department merged into another"),
    "person:work_handed_over": _("Work handed over to a successor"),
    "access_request:handed_over": _("Draft handed over to a successor"),
    "resource:provider_changed": _("Entry passed to another department"),
    "department:head_named": _("Head accountable named"),
    "officer_filing:reported": _("Accountable officer reported"),
    "officer_filing:filed": _("Accountable officer filed"),
    "officer_filing:superseded": _("Report replaced by a newer one"),
    "system:registered": _("System entered into the register"),
    "system:ended": _("System out of use"),
    "system:plan_changed": _("Plan of a system's move changed"),
    "system:moved": _("System moved to the extranet"),
    "matter:registered": _("Business matter entered into the register"),
    "matter:ended": _("Business matter no longer handled"),
}
CODES: dict[str, Promise | str] = {
    "standing:period": _("Running period"),
    "standing:access_request_draft": _("Draft of a request"),
    "standing:access_request": _("Request under way"),
    "standing:grant": _("Grant in force"),
    "standing:disposal_duty": _("Disposal not certified"),
    "standing:demand": _("Demand under way"),
    "standing:node": _("Node not revoked"),
    "standing:project": _("Project under way"),
    "standing:agreement": _("Agreement being made"),
    "standing:handler": _("Named to handle a grant"),
    "standing:stop_notice": _("End or change of sharing not over"),
    "standing:use": _("Matter of use under way"),
    "standing:dispute": _("Dispute under way"),
    "standing:absence": _("Filing under way"),
    "standing:collection_plan": _("Collection plan under way"),
    "standing:superior_request": _("Request to a superior under way"),
    "standing:outside_channel": _("Exchange outside the platform"),
    "standing:correction": _("Correction under way"),
    "standing:counter_complaint": _("Complaint without an answer"),
    "standing:remit_change": _("Change of remit under way"),
    "passing:people": _("People, with their roles but that of accountable officer"),
    "passing:systems": _("Business systems"),
    "passing:matters": _("Business matters"),
    "passing:entries": _("Catalogue entries"),
    "passing:agreements": _("Agreements that end"),
    "passing:webhooks": _("Addresses of office systems that are sent to no more"),
    "department_kind:department": _("Government department"),
    "department_kind:public_institution": _("Public institution"),
    "department_kind:social_organisation": _("Social organisation"),
    "department_kind:township": _("Sumu or town"),
    "department_kind:park": _("Development zone"),
    "system_move:done": _("On the extranet"),
    "system_move:planned": _("Move to the extranet planned"),
    "system_move:late": _("Move to the extranet overdue"),
    "system_move:unplanned": _("No day planned"),
    "system_tier:national": _("Centrally run"),
    "system_tier:regional": _("Regionally run"),
    "system_tier:city": _("City-run"),
    "system_tier:own": _("Run by the department"),
    "network:extranet": _("Government extranet"),
    "network:internet": _("Internet"),
    "network:dedicated": _("The line's own network"),
    "network:standalone": _("No network"),
}


def choices(table: str) -> list[tuple[str, Promise | str]]:
    """The codes of one table, for a select."""
    return [(code.partition(":")[2], word) for code, word in CODES.items() if code.startswith(f"{table}:")]
