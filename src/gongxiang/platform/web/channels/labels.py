"""Words of the pages of outside channels."""

from typing import Any

from django.utils.translation import gettext_lazy as _

STATES = {
    "outside_channel:DECLARED": (_("Channel reported, to be confirmed"), "info"),
    "outside_channel:CONFIRMED": (_("Confirmed, plan wanted"), "warning"),
    "outside_channel:PLANNED": (_("Move planned"), "primary"),
    "outside_channel:OVERDUE": (_("Plan or move overdue"), "danger"),
    "outside_channel:EXEMPTION_ASKED": (_("Exemption asked for"), "info"),
    "outside_channel:EXEMPT": (_("Exempt"), "secondary"),
    "outside_channel:MIGRATED": (_("Moved onto the platform"), "success"),
    "outside_channel:CLOSED": (_("Channel ended"), "secondary"),
}

EVENTS = {
    "outside_channel:declared": _("Outside channel declared"),
    "outside_channel:confirmed": _("Outside channel confirmed"),
    "outside_channel:dismissed": _("Declaration dismissed: no channel"),
    "outside_channel:planned": _("Move onto the platform planned"),
    "outside_channel:step_done": _("Step of the plan done"),
    "outside_channel:overdue": _("Plan or move of an outside channel overdue"),
    "outside_channel:migrated": _("Outside channel moved onto the platform"),
    "outside_channel:exemption_asked": _("Exemption of an outside channel asked for"),
    "outside_channel:exempted": _("Outside channel exempted"),
    "outside_channel:exemption_declined": _("Exemption declined"),
    "outside_channel:closed": _("Outside channel ended"),
    "outside_channel:reopened": _("Outside channel taken up again"),
    "outside_channel:finding": _("Finding: sharing outside the platform"),
    "outside_channel:deadline_recounted": _("Deadline counted anew after a holiday notice"),
}

CODES: dict[str, Any] = {
    "actor:channel-finder": _("Search for outside channels (automatic)"),
    "actor:channel-watcher": _("Watch over outside channels (automatic)"),
    "channel_kind:usb": _("USB stick or disk"),
    "channel_kind:email": _("E-mail or messenger"),
    "channel_kind:database": _("Direct database link"),
    "channel_kind:interface": _("Direct interface"),
    "channel_kind:paper": _("Paper"),
    "channel_kind:line_system": _("Accounts in a line system"),
    "channel_kind:other": _("Another way"),
    "channel_found:SELF": _("Own report of a department"),
    "channel_found:AUTHORITY": _("Found by the authority"),
    "channel_found:AUTOMATIC": _("Found automatically"),
    "exemption_ground:SECRET": _("Secret network"),
    "exemption_ground:LAW": _("A law says so"),
    "channel_finding:FOUND": _("Outside the platform without report"),
    "channel_finding:UNPLANNED": _("No plan within the period"),
    "channel_finding:LATE": _("Planned day passed"),
    "channel_settled:MIGRATED": _("Moved onto the platform"),
    "channel_settled:EXEMPT": _("Exempt"),
    "channel_settled:CLOSED": _("Channel ended"),
}
