"""Words of the evidence pages."""

from django.utils.translation import gettext_lazy as _

CODES = {
    "actor:sign-in": _("Signing in (automatic)"),
    "actor:installer": _("Installation"),
    "actor:rulebook-seed": _("Installation of the rules"),
    "actor:catalogue-clock": _("Period of the catalogue's review (automatic)"),
    "actor:agreement-clock": _("Term of agreements (automatic)"),
    "actor:node-watcher": _("Watch over nodes (automatic)"),
    "evidence_finding:altered": _("Altered"),
    "evidence_finding:missing": _("Missing"),
    "evidence_finding:inserted": _("Inserted"),
    "evidence_finding:reordered": _("Moved or forged seal"),
    "evidence_finding:root_forged": _("Forged root"),
    "evidence_finding:history_rewritten": _("History rewritten"),
    "evidence_finding:tail_cut": _("Tail cut off"),
    "evidence_finding:unsealed": _("Not sealed"),
}
