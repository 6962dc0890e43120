"""Words of the pages on the catalogue's quality."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUPS: dict[str, str | Promise] = {
    "totals": _("In all"),
    "mounting": _("Mounting, freshness and use"),
    "systems": _("Systems and entries"),
    "shortfalls": _("What blocks the next version"),
    "hints": _("What audits find"),
}

CHECKS: dict[str, str | Promise] = {
    "all_shortfalls": _("Points that block"),
    "all_hints": _("Points to look at"),
    "name_wrong": _("Malformed or repeated names, names of systems"),
    "summary_is_name": _("Summaries that repeat the name"),
    "conditions_missing": _("Conditional without conditions, scope or purposes"),
    "reason_missing": _("Not unconditional, without a reason"),
    "basis_missing": _("Withheld without a sufficient basis"),
    "elements_wrong": _("Elements missing, incomplete or malformed"),
    "key_missing": _("Tables without a key"),
    "delivery_missing": _("No delivery, or a table not mapped"),
    "other_shortfalls": _("Other points that block"),
    "name_near": _("Names nearly the same within the department"),
    "name_elsewhere": _("Names nearly the same in two departments"),
    "summary_short": _("Summaries that say too little"),
    "length_missing": _("Text elements without a length"),
    "description_missing": _("Elements without a description"),
    "name_is_code": _("Elements named as their columns"),
    "key_unmarked": _("No key marked"),
    "seems_personal": _("Seems personal, classified as general"),
    "condition_unbased": _("Conditions without a basis"),
    "condition_vague": _("Vague conditions"),
    "open_personal": _("Open to society with personal information"),
    "delivery_unfit": _("Delivery that does not fit the format"),
    "cycle_unfit": _("Real time, but files only"),
    "format_unknown": _("Unusual format in detail"),
    "figures_missing": _("No survey figures"),
    "level_below_source": _("Data level below its source's"),
    "source_elsewhere": _("Items with another source department"),
    "system_without_entry": _("Systems without entries"),
    "entry_without_system": _("Entries without a registered system"),
    "department_without_entry": _("Departments without entries"),
    "unmounted": _("Published, not mounted"),
    "mounting_overdue": _("Mounting overdue"),
    "described_only": _("Described only, nothing seen yet"),
    "stale": _("Not updated within the cycle"),
    "unused": _("Never used"),
    "zombie": _("Neither used nor changed for long"),
}

STATES = {
    "form_item:no_hit": (_("Not on the platform"), "secondary"),
    "form_item:linked": (_("Taken from a resource"), "success"),
    "form_item:justified": (_("Asked for with a reason"), "primary"),
    "form_item:available": (_("Available on the platform"), "warning"),
}

EVENTS = {
    "matter:resource_linked": _("Matter uses a resource"),
    "matter:resource_unlinked": _("Matter no longer uses a resource"),
    "matter:items_listed": _("Items of a form stated"),
    "matter:item_justified": _("Reason for asking again recorded"),
    "source:named": _("Source department named"),
    "city_report:recorded": _("Report to the city recorded"),
    "city_report:answered": _("Answer of the city recorded"),
}

CODES = {
    "city_answer:TAKEN": _("Taken"),
    "city_answer:RETURNED": _("Returned"),
    "city_change:NEW": _("Entry new to the city"),
    "city_change:CHANGED": _("Changed entry"),
    "city_change:WITHDRAWN": _("Withdrawn entry"),
}
