"""Words of the pages of filings and collection plans."""

from typing import Any

from django.utils.translation import gettext_lazy as _

STATES = {
    "absence:STATED": (_("Stated, to be answered"), "primary"),
    "absence:CONFIRMED": (_("Confirmed, to be filed"), "warning"),
    "absence:DISPUTED": (_("Doubted, before the authority"), "warning"),
    "absence:FILED": (_("Filed under a number"), "success"),
    "absence:FOUND": (_("Found in the catalogue"), "info"),
    "absence:DROPPED": (_("Dropped"), "secondary"),
    "collection_plan:DRAFT": (_("Plan drafted"), "secondary"),
    "collection_plan:PROPOSED": (_("Plan before the authority"), "warning"),
    "collection_plan:RETURNED": (_("Plan returned"), "danger"),
    "collection_plan:APPROVED": (_("Plan approved"), "success"),
    "collection_plan:DONE": (_("Collected and catalogued"), "success"),
    "collection_plan:CANCELLED": (_("Plan cancelled"), "secondary"),
}

EVENTS = {
    "absence:stated": _("Provider states the search made"),
    "absence:reported": _("Applicant reports that the data exist nowhere"),
    "absence:confirmed": _("Applicant confirms that the data do not exist"),
    "absence:disputed": _("Applicant doubts that the data do not exist"),
    "absence:unanswered": _("Statement not answered in time: before the authority"),
    "absence:filed": _("Filed that the data do not exist"),
    "absence:found": _("Authority found the data in the catalogue"),
    "absence:dropped": _("No longer to be filed"),
    "absence:deadline_recounted": _("Deadline counted anew after a holiday notice"),
    "collection_plan:drafted": _("Collection plan drafted and checked"),
    "collection_plan:changed": _("Collection plan changed and checked anew"),
    "collection_plan:checked": _("Collection plan checked anew"),
    "collection_plan:hits_answered": _("Hits of the check answered"),
    "collection_plan:proposed": _("Collection plan laid before the authority"),
    "collection_plan:returned": _("Collection plan returned"),
    "collection_plan:approved": _("Collection plan approved"),
    "collection_plan:done": _("Collected data are catalogued"),
    "collection_plan:cancelled": _("Collection plan cancelled"),
    "collection_plan:deadline_recounted": _("Deadline counted anew after a holiday notice"),
}

CODES: dict[str, Any] = {
    "actor:plan-finisher": _("End of collection plans (automatic)"),
    "hit_kind:RESOURCE": _("Entry of the catalogue"),
    "hit_kind:PLANNED": _("Entry planned by a project"),
    "hit_kind:PLAN": _("Collection plan"),
    "hit_answer:": _("To be answered"),
    "hit_answer:REUSE": _("Will be used through sharing, not collected"),
    "hit_answer:JUSTIFIED": _("Is collected anew, for the reason given"),
}
