"""Words of projects."""

from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue.vocabulary import SourceKind, SubjectKind
from gongxiang.platform.projects.vocabulary import CertificateKind, MoneySource, ProjectKind, TargetKind

STATES = {
    "answer:REUSE": (_("Used through sharing"), "success"),
    "answer:JUSTIFIED": (_("Collected anew"), "warning"),
    "project:REGISTERED": (_("In the register"), "secondary"),
    "project:PRECOMPILING": (_("Catalogue being pre-compiled"), "secondary"),
    "project:PRESENTED": (_("Before the accountable officer"), "info"),
    "project:CONSENTED": (_("Consented, ready to submit"), "info"),
    "project:IN_REVIEW": (_("Before the authority"), "warning"),
    "project:RETURNED": (_("Returned with remarks"), "danger"),
    "project:PASSED": (_("Pre-compiled catalogue passed"), "success"),
    "project:BUILDING": (_("Being built"), "primary"),
    "project:ACCEPTANCE_REQUESTED": (_("Acceptance requested"), "warning"),
    "project:ACCEPTANCE_RETURNED": (_("Acceptance returned"), "danger"),
    "project:ACCEPTED": (_("Accepted"), "success"),
    "project:CANCELLED": (_("Cancelled"), "secondary"),
}
EVENTS = {
    "project:registered": _("Project entered into the register"),
    "project:saved": _("Register entry changed"),
    "project:catalogue_begun": _("Pre-compiling begun"),
    "project:entry_added": _("Planned entry added"),
    "project:entry_saved": _("Planned entry changed"),
    "project:entry_removed": _("Planned entry taken out"),
    "project:hit_answered": _("Possible repeated collection answered"),
    "project:presented": _("Presented to the accountable officer"),
    "project:sent_back": _("Sent back to the clerk"),
    "project:consented": _("Accountable officer consented"),
    "project:amended": _("Wording changed under the certificate"),
    "project:submitted": _("Submitted to the authority"),
    "project:returned": _("Returned with remarks"),
    "project:passed": _("Pre-compiled catalogue passed"),
    "project:revision_started": _("Change of the pre-compiled catalogue begun"),
    "project:revision_discarded": _("Change of the pre-compiled catalogue discarded"),
    "project:certificate_issued": _("Certificate issued"),
    "project:certificate_withdrawn": _("Certificate no longer valid"),
    "project:approved": _("Approval recorded"),
    "project:interface_checked": _("Interface check recorded"),
    "project:acceptance_requested": _("Acceptance requested"),
    "project:acceptance_returned": _("Acceptance returned"),
    "project:accepted": _("Accepted; the pre-catalogue became catalogue"),
    "project:cost_noted": _("Money noted"),
    "project:cancelled": _("Project cancelled"),
    "project:deadline_recounted": _("Deadline counted anew after a holiday notice"),
    "form_check:checked": _("Form held against the catalogue"),
    "form_check:answered": _("Hits of the form answered"),
}
CODES = {
    **{f"project_kind:{value}": label for value, label in ProjectKind.choices},
    **{f"money:{value}": label for value, label in MoneySource.choices},
    **{f"certificate:{value}": label for value, label in CertificateKind.choices},
    **{f"target:{value}": label for value, label in TargetKind.choices},
    **{f"source_kind:{value}": label for value, label in SourceKind.choices},
    **{f"subject_kind:{value}": label for value, label in SubjectKind.choices},
    "turn:department": _("the department"),
    "actor:projects": _("Projects (automatic)"),
    "actor:projects-clock": _("Calendar (automatic)"),
}
