"""Words of the evidence pages."""

from django.utils.translation import gettext_lazy as _

CODES = {
    "evidence_finding:altered": _("Altered"),
    "evidence_finding:missing": _("Missing"),
    "evidence_finding:inserted": _("Inserted"),
    "evidence_finding:reordered": _("Moved or forged seal"),
    "evidence_finding:root_forged": _("Forged root"),
    "evidence_finding:history_rewritten": _("History rewritten"),
    "evidence_finding:tail_cut": _("Tail cut off"),
    "evidence_finding:unsealed": _("Not sealed"),
}
