"""Words of the catalogue's pages: states, events, fields and codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue.vocabulary import (
    PURPOSE_LABELS,
    SURVEY_FIGURES,
    Channel,
    DataClass,
    DistributionKind,
    ElementType,
    FormatClass,
    Scene,
    Sensitivity,
    SharingMode,
    SharingType,
    SourceKind,
    SubjectKind,
    SystemTier,
    UpdateCycle,
)
from gongxiang.platform.web.batches.kinds import FIELD_WORDS

STATES = {
    "resource:DRAFT": (_("Draft"), "secondary"),
    "resource:IN_REVIEW": (_("Under review in the department"), "primary"),
    "resource:REVIEWED": (_("Waits for the accountable officer"), "primary"),
    "resource:CONSENTED": (_("Consented, to be submitted"), "primary"),
    "resource:SUBMITTED": (_("Before the authority"), "warning"),
    "resource:RATIFIED": (_("Withholding ratified"), "warning"),
    "resource:RETURNED": (_("Returned with remarks"), "danger"),
    "resource:PUBLISHED": (_("Published"), "success"),
    "resource:WITHDRAWN": (_("Withdrawn"), "secondary"),
    "catalogue_import:RECEIVED": (_("Being checked"), "primary"),
    "catalogue_import:REFUSED": (_("Has errors"), "danger"),
    "catalogue_import:CHECKED": (_("Waits for confirmation"), "warning"),
    "catalogue_import:CONFIRMED": (_("Being written"), "primary"),
    "catalogue_import:IMPORTED": (_("Imported"), "success"),
    "catalogue_import:UNDONE": (_("Undone"), "secondary"),
    "catalogue_import:CANCELLED": (_("Given up"), "secondary"),
    "catalogue_import:FAILED": (_("Failed"), "danger"),
    "catalogue_export:ASKED": (_("Being made"), "primary"),
    "catalogue_export:READY": (_("Ready"), "success"),
    "catalogue_export:FAILED": (_("Failed"), "danger"),
    "catalogue_export:GONE": (_("Let go"), "secondary"),
}

EVENTS = {
    "resource:drafted": _("Entry drafted"),
    "resource:draft_saved": _("Draft saved"),
    "resource:sent_for_review": _("Sent for review"),
    "resource:reviewed": _("Reviewed in the department"),
    "resource:consented": _("Accountable officer consented"),
    "resource:effect_seen": _("Effect on live grants looked at before sending"),
    "resource:submitted": _("Submitted to the authority"),
    "resource:withholding_ratified": _("Withholding ratified"),
    "resource:lower_basis_allowed": _("Basis of lower rank allowed"),
    "resource:returned": _("Returned with remarks"),
    "resource:published": _("Published"),
    "resource:standing_consent_recorded": _("Standing consent recorded"),
    "resource:revision_started": _("Revision begun"),
    "resource:revision_discarded": _("Revision discarded"),
    "resource:withdrawn": _("Withdrawn"),
    "resource:discarded": _("Draft discarded"),
    "catalogue_import:received": _("File with entries received"),
    "catalogue_import:refused": _("File found to have errors"),
    "catalogue_import:checked": _("File checked"),
    "catalogue_import:confirmed": _("Import confirmed"),
    "catalogue_import:carried_out": _("Entries imported"),
    "catalogue_import:checked_again": _("File checked again"),
    "catalogue_import:failed": _("Import failed"),
    "catalogue_import:cancelled": _("Import given up"),
    "catalogue_import:undone": _("Import undone"),
    "catalogue_import:lapsed": _("Import given up: nobody confirmed it"),
    "catalogue_export:asked": _("File of entries asked for"),
    "catalogue_export:made": _("File of entries made"),
    "catalogue_export:failed": _("File of entries could not be made"),
    "catalogue_export:let_go": _("File of entries let go"),
    "resource:distribution_checked": _("Delivery tried"),
    "resource:use_noted": _("Use under grants noted"),
    "synonyms:entered": _("Synonyms entered"),
    "synonyms:changed": _("Synonyms changed"),
    "synonyms:ended": _("Synonyms ended"),
    "resource:review_recounted": _("Period of review counted anew"),
}

SHARING_COLOURS = {"UNCONDITIONAL": "success", "CONDITIONAL": "warning", "WITHHELD": "danger"}
LEVEL_COLOURS = {"GENERAL": "info", "IMPORTANT": "warning", "CORE": "danger"}
SENSITIVITY_COLOURS = {"GENERAL": "info", "IMPORTANT": "warning", "PERSONAL": "warning", "SENSITIVE_PERSONAL": "danger"}

#: Choices of coded fields: value -> label.
CHOICES: dict[str, dict[str, str | Promise]] = {
    "sharing_type": dict(SharingType.choices),
    "kind": dict(DistributionKind.choices),
    "source_kind": dict(SourceKind.choices),
    "format_class": dict(FormatClass.choices),
    "update_cycle": dict(UpdateCycle.choices),
    "sharing_mode": dict(SharingMode.choices),
    "data_class": dict(DataClass.choices),
    "sensitivity": dict(Sensitivity.choices),
    "system_tier": dict(SystemTier.choices),
    "scenes": dict(Scene.choices),
    "channel": dict(Channel.choices),
    "subject_kind": dict(SubjectKind.choices),
    "type": dict(ElementType.choices),
    "purposes": {purpose.value: label for purpose, label in PURPOSE_LABELS.items()},
}

CODES = {
    "import_line:NEW": _("New draft"),
    "import_line:CHANGED": _("Changed"),
    "import_line:UNCHANGED": _("Unchanged"),
    "import_line:WRONG": _("With errors"),
    "actor:catalogue-import": _("Import of entries (automatic)"),
    "actor:catalogue-export": _("Export of entries (automatic)"),
    "export_kind:book": _("Workbook"),
    "export_kind:json": "JSON",
    "export_kind:pdf": "PDF",
    "export_kind:docx": "Word",
    "export_kind:csv": "CSV",
    "export_kind:xlsx": "Excel",
    "export_scope:own": _("Entries of my department"),
    "export_scope:search": _("Published entries, as found"),
    **{f"sharing_type:{v}": (label, SHARING_COLOURS[v]) for v, label in SharingType.choices},
    **{f"distribution:{v}": label for v, label in DistributionKind.choices},
    **{f"update_cycle:{v}": label for v, label in UpdateCycle.choices},
    **{f"purpose:{v.value}": label for v, label in PURPOSE_LABELS.items()},
    **{f"sensitivity:{v}": label for v, label in Sensitivity.choices},
    **{f"data_class:{v}": label for v, label in DataClass.choices},
    **{f"element_type:{v}": label for v, label in ElementType.choices},
}

#: Fields of an entry in the order of the form: name -> label.
FIELDS: dict[str, str | Promise] = {
    "name": _("Name of the resource"),
    "classification": _("Classification"),
    "summary": _("Summary"),
    "keywords": _("Keywords"),
    "format_class": _("Format"),
    "format_type": _("Format in detail"),
    "format_note": _("What the format is"),
    "update_cycle": _("Update cycle"),
    "update_note": _("When it is updated"),
    "source_kind": _("Source of the data"),
    "source_system": _("Source system"),
    "systems": _("Systems in the register"),
    "system_tier": _("Who runs the system"),
    "derived_from": _("Derived from"),
    "source_department": _("Source department"),
    "subject_kind": _("What it is about"),
    "area": _("Area covered"),
    "period_from": _("Period covered, from"),
    "period_to": _("Period covered, to"),
    "electronic_licence": _("Electronic licence"),
    "matters": _("Business matters"),
    "related": _("Related resources"),
    "sharing_type": _("Sharing type"),
    "sharing_reason": _("Reason for this type"),
    "conditions": _("Conditions of sharing"),
    "condition_basis": _("Basis of the conditions"),
    "scope": _("Scope of sharing"),
    "scope_departments": _("Departments in scope"),
    "purposes": _("Purposes"),
    "purpose_note": _("Purposes explained"),
    "withholding": _("Basis of the withholding"),
    "withholding.statute": _("Statute"),
    "withholding.article": _("Article, where another than the register's"),
    "withholding.text": _("Words relied on"),
    "sharing_mode": _("Mode of sharing"),
    "open_to_society": _("Open to society"),
    "open_conditions": _("Conditions of opening"),
    "scenes": _("Scenes of use"),
    "channel": _("Channel"),
    **{name: label for name, (label, _unit) in SURVEY_FIGURES.items()},
    "elements": _("Data elements"),
    "distributions": _("Delivery"),
    "consent": _("Consent"),
}

ELEMENT_FIELDS: dict[str, str | Promise] = {
    "name": _("Name"),
    "code": _("Code in exchange tables"),
    "type": _("Data type"),
    "length": _("Length"),
    "scale": _("Decimal places"),
    "key": _("Part of the key"),
    "nullable": _("May be empty"),
    "data_class": _("Level"),
    "sensitivity": _("Sensitivity"),
    "sharing_type": _("Sharing"),
    "description": _("Description"),
    "source_department": _("Source department"),
}

DISTRIBUTION_FIELDS: dict[str, str | Promise] = {
    "kind": _("Kind"),
    "title": _("Title"),
    "node_id": _("Exchange node"),
    "source_table": _("Source table (schema.table); of an API or a file its path"),
    "columns": _("Columns"),
    "description": _("Description"),
}

#: The groups in which a record shows its fields.
GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (
        _("Core metadata"),
        (
            "classification", "summary", "keywords", "format_class", "format_type", "format_note", "update_cycle",
            "update_note", "subject_kind", "area", "period_from", "period_to",
        ),
    ),
    (
        _("Sharing"),
        (
            "sharing_type", "sharing_reason", "conditions", "condition_basis", "scope", "scope_departments", "purposes",
            "purpose_note", "withholding.statute", "withholding.article", "withholding.text", "sharing_mode",
            "open_to_society", "open_conditions",
        ),
    ),
    (
        _("Source and use"),
        (
            "source_kind", "systems", "source_system", "system_tier", "source_department", "derived_from", "related",
            "matters", "scenes", "channel", "electronic_licence",
        ),
    ),
    (_("Survey figures"), tuple(SURVEY_FIGURES)),
)  # fmt: skip


def field_label(path: str) -> str:
    """The words of a field path such as `elements.id_number.length`."""
    if path in FIELDS:
        return str(FIELDS[path])
    head, _dot, rest = path.partition(".")
    if head in ("elements", "distributions"):
        words = ELEMENT_FIELDS if head == "elements" else DISTRIBUTION_FIELDS
        which, _dot, name = rest.partition(".")
        which = str(int(which) + 1) if which.isdecimal() else which
        field = words.get(name.partition(".")[0], name)
        parts = (str(FIELDS[head]), "" if head == "distributions" and len(which) > 30 else which, str(field))
        return " · ".join(part for part in parts if part)
    return path


FIELD_WORDS["entries"] = field_label
