"""The forms of compiling: an entry's metadata, its element rows, its distributions; acts of review and decision.

No field is required here: a draft may be incomplete. What an act needs, the room's policies say, and it is shown at its field.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue import queries, queries_editing
from gongxiang.platform.catalogue.classification import CATEGORIES
from gongxiang.platform.catalogue.content import Content, DistributionContent, ElementContent, WithholdingBasis
from gongxiang.platform.catalogue.errors import ResourceNotFound
from gongxiang.platform.catalogue.vocabulary import SURVEY_FIGURES
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.web.catalogue.labels import CHOICES, DISTRIBUTION_FIELDS, ELEMENT_FIELDS, FIELDS
from gongxiang.platform.web.forms import Form

Choice = tuple[str, str | Promise]


def _choices(name: str, *, empty: bool = True) -> list[Choice]:
    return [*([("", "—")] if empty else []), *CHOICES[name].items()]


def _figure(name: str) -> forms.DecimalField:
    return forms.DecimalField(required=False, min_value=0, max_digits=18, decimal_places=4, help_text=SURVEY_FIGURES[name][1])  # type: ignore[arg-type]


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class LinesField(forms.CharField):
    """Several short texts, one a line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=10_000, widget=_area(2), **kwargs)

    def clean(self, value: Any) -> tuple[str, ...]:
        """The lines that say something, each once."""
        text = str(super().clean(value) or "")
        return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))

    def prepare_value(self, value: Any) -> Any:
        """The lines as text."""
        return "\n".join(value) if isinstance(value, (tuple, list)) else value


def _key(text: str) -> UUID | str:
    """A draft has no code yet and stands in the field by its identifier, as `prepare_value` wrote it."""
    try:
        return UUID(text)
    except ValueError:
        return text


class ResourcesField(LinesField):
    """Published entries, named by their codes or names, one a line."""

    def clean(self, value: Any) -> Any:
        """Their ids."""
        found = []
        for code in super().clean(value):
            try:
                found.append(queries.get_resource(_key(code)).id)
            except ResourceNotFound as refusal:
                if (named := queries_editing.published_named(code)) is None:
                    said = _(
                        "There is no published entry with the code or name %(code)s, or several have the name: give the code."
                    )
                    raise forms.ValidationError(said, params={"code": code}) from refusal
                found.append(named)
        return tuple(found)

    def prepare_value(self, value: Any) -> Any:
        """Their codes as text."""
        if not isinstance(value, (tuple, list)):
            return value
        codes = []
        for one in value:
            try:
                codes.append(queries.get_resource(one).code or str(one))
            except ResourceNotFound:
                codes.append(str(one))
        return "\n".join(codes)


class EditedForm(Form):
    """A part of the compile form, in which a refusal can be shown at any field."""

    def point_out(self, name: str, message: str) -> None:
        """Mark a field and say what is wrong with it."""
        self.is_valid()
        self.add_error(name, message)
        self._mark(name)


class EntryForm(EditedForm):
    """The metadata of an entry."""

    name = forms.CharField(max_length=500, required=False, strip=True)
    classification = forms.CharField(required=False, widget=forms.Select)
    summary = forms.CharField(required=False, max_length=5000, widget=_area(4))
    keywords = LinesField(help_text=_("One a line."))
    format_class = forms.ChoiceField(required=False, choices=lambda: _choices("format_class"))
    format_type = forms.CharField(required=False, max_length=60, help_text=_("e.g. PostgreSQL, XLSX, PDF"))
    format_note = forms.CharField(required=False, max_length=500)
    update_cycle = forms.ChoiceField(required=False, choices=lambda: _choices("update_cycle"))
    update_note = forms.CharField(required=False, max_length=500)
    subject_kind = forms.ChoiceField(required=False, choices=lambda: _choices("subject_kind"))
    area = forms.CharField(required=False, max_length=200)
    period_from = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    period_to = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    sharing_type = forms.ChoiceField(
        required=False, choices=lambda: _choices("sharing_type", empty=False), widget=forms.RadioSelect
    )
    sharing_reason = forms.CharField(
        required=False, max_length=2000, widget=_area(2), help_text=_("Not needed for unconditional: sharing is the rule.")
    )
    conditions = forms.CharField(required=False, max_length=2000, widget=_area(2))
    condition_basis = forms.CharField(required=False, max_length=500)
    scope = forms.CharField(required=False, max_length=2000, widget=_area(2))
    scope_departments = forms.MultipleChoiceField(
        required=False, widget=forms.SelectMultiple(attrs={"size": "5"}), help_text=_("None chosen: every department in scope.")
    )
    purposes = forms.MultipleChoiceField(
        required=False, choices=lambda: list(CHOICES["purposes"].items()), widget=forms.CheckboxSelectMultiple
    )
    purpose_note = forms.CharField(required=False, max_length=1000)
    statute = forms.ChoiceField(required=False, help_text=_("From the register of statutes; the authority keeps it."))
    basis_article = forms.CharField(required=False, max_length=80)
    basis_text = forms.CharField(required=False, max_length=5000, widget=_area(2))
    sharing_mode = forms.ChoiceField(required=False, choices=lambda: _choices("sharing_mode", empty=False))
    open_to_society = forms.BooleanField(required=False)
    open_conditions = forms.CharField(required=False, max_length=1000)
    source_kind = forms.ChoiceField(required=False, choices=lambda: _choices("source_kind"))
    source_system = forms.CharField(required=False, max_length=200)
    systems = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, help_text=_("From your department's register of systems.")
    )
    system_tier = forms.ChoiceField(required=False, choices=lambda: _choices("system_tier"))
    source_department = forms.ChoiceField(
        required=False, help_text=_("Where several departments collect the same data: the one that keeps it.")
    )
    derived_from = ResourcesField(help_text=_("Codes or names of published entries, one a line."))
    related = ResourcesField(help_text=_("Codes or names of published entries, one a line."))
    matters = LinesField(help_text=_("One a line."))
    scenes = forms.MultipleChoiceField(
        required=False, choices=lambda: list(CHOICES["scenes"].items()), widget=forms.CheckboxSelectMultiple
    )
    channel = forms.ChoiceField(required=False, choices=lambda: _choices("channel"))
    electronic_licence = forms.BooleanField(required=False)
    storage_gb = _figure("storage_gb")
    records_10k = _figure("records_10k")
    shared_storage_gb = _figure("shared_storage_gb")
    shared_records_10k = _figure("shared_records_10k")
    open_storage_gb = _figure("open_storage_gb")
    open_records_10k = _figure("open_records_10k")

    SECTIONS: tuple[tuple[str, str | Promise, tuple[str, ...]], ...] = (
        (
            "metadata", _("1. Core metadata"),
            (
                "name", "classification", "summary", "keywords", "format_class", "format_type", "format_note", "update_cycle",
                "update_note", "subject_kind", "area", "period_from", "period_to",
            ),
        ),
        (
            "sharing", _("2. Sharing"),
            (
                "sharing_type", "sharing_reason", "conditions", "condition_basis", "scope", "scope_departments", "purposes",
                "purpose_note", "statute", "basis_article", "basis_text", "sharing_mode", "open_to_society", "open_conditions",
            ),
        ),
        (
            "source", _("3. Source and use"),
            (
                "source_kind", "systems", "source_system", "system_tier", "source_department", "derived_from", "related",
                "matters", "scenes", "channel", "electronic_licence", *SURVEY_FIGURES,
            ),
        ),
    )  # fmt: skip
    #: Names of form fields that differ from the content's paths.
    PATHS = {
        "withholding.statute": "statute",
        "withholding.article": "basis_article",
        "withholding.text": "basis_text",
    }

    def __init__(self, *args: Any, provider_id: UUID | None = None, kept: Collection[UUID] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for path, label in FIELDS.items():
            name = self.PATHS.get(path, path)
            if name in self.fields:
                self.fields[name].label = str(label)
        departments: list[Choice] = [(str(d.id), d.name) for d in parties.all_departments()]
        self._offer("scope_departments", departments)
        self._offer("systems", _systems(provider_id, kept))
        self._offer("source_department", [("", "—"), *departments])
        self._offer("statute", [("", "—"), *((str(s.id), f"{s.title} {s.article}") for s in rulebook.statutes())])
        groups: dict[str, list[Choice]] = {}
        for category in CATEGORIES.values():
            groups.setdefault(str(category.group), []).append((category.code, category.label))
        self.fields["classification"].widget.choices = [("", "—"), *groups.items()]  # type: ignore[attr-defined]

    def _offer(self, name: str, choices: list[Choice]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def sections(self) -> list[tuple[str, str | Promise, list[forms.BoundField]]]:
        """The fields in their sections."""
        return [(key, title, [self[name] for name in names]) for key, title, names in self.SECTIONS]

    @classmethod
    def values(cls, content: Content) -> dict[str, Any]:
        """What the form shows of a content."""
        values = {name: getattr(content, name) for name in cls.base_fields if hasattr(content, name)}
        values["source_department"] = str(content.source_department or "")
        values["scope_departments"] = [str(d) for d in content.scope_departments]
        values["systems"] = [str(s) for s in content.systems]
        basis = content.withholding
        return {**values, "statute": basis.statute, "basis_article": basis.article, "basis_text": basis.text}

    def content(self, before: Content) -> Content:
        """What was typed; a field that could not be read keeps what was saved."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in self.PATHS.values()}
        if "source_department" in given:
            given["source_department"] = _uuid(given["source_department"])
        for name in ("scope_departments", "systems"):
            if name in given:
                given[name] = tuple(UUID(one) for one in given[name])
        for name in ("purposes", "scenes"):
            if name in given:
                given[name] = tuple(given[name])
        if not given.get("sharing_type"):
            given["sharing_type"] = before.sharing_type
        basis = WithholdingBasis(
            statute=self.cleaned_data.get("statute", before.withholding.statute),
            article=self.cleaned_data.get("basis_article", before.withholding.article),
            text=self.cleaned_data.get("basis_text", before.withholding.text),
        )
        return replace(before, **given, withholding=basis)


def _systems(provider_id: UUID | None, kept: Collection[UUID]) -> list[Choice]:
    """The department's systems in use, and those the entry names already."""
    known = parties.systems(provider_id) if provider_id else []
    return [(str(one.id), one.name) for one in known if one.ended_at is None or one.id in kept]


class ElementForm(EditedForm):
    """One row of the table of elements."""

    name = forms.CharField(max_length=200, required=False)
    code = forms.CharField(max_length=48, required=False)
    type = forms.ChoiceField(
        required=False, choices=lambda: [("", "—"), *((v, f"{v} {t}") for v, t in CHOICES["type"].items())]
    )
    length = forms.IntegerField(required=False, min_value=0, max_value=1_000_000)
    scale = forms.IntegerField(required=False, min_value=0, max_value=38)
    key = forms.BooleanField(required=False)
    nullable = forms.BooleanField(required=False)
    data_class = forms.ChoiceField(required=False, choices=lambda: _choices("data_class"))
    sensitivity = forms.ChoiceField(required=False, choices=lambda: _choices("sensitivity"))
    sharing_type = forms.ChoiceField(
        required=False, choices=lambda: [("", _("As the resource")), *CHOICES["sharing_type"].items()]
    )
    description = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = (self.prefix or "").rpartition("-")[2]
        row = f" {int(number) + 1}" if number.isdecimal() else ""
        for name, field in self.fields.items():
            field.label = str(ELEMENT_FIELDS[name])
            field.widget.attrs["aria-label"] = f"{field.label}{row}"

    @classmethod
    def values(cls, element: ElementContent) -> dict[str, Any]:
        """What the row shows of an element."""
        return {name: getattr(element, name) for name in cls.base_fields}

    def element(self, before: ElementContent | None) -> ElementContent:
        """What was typed; what the row does not show is kept from `before`."""
        return replace(before or ElementContent(), **self.cleaned_data)


class DistributionForm(EditedForm):
    """One way of delivery; the columns of a table are read beside it, element by element."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(required=False, choices=lambda: _choices("kind"))
    title = forms.CharField(max_length=200, required=False)
    node_id = forms.ChoiceField(required=False)
    source_table = forms.CharField(max_length=200, required=False)
    description = forms.CharField(max_length=1000, required=False, widget=_area(2))

    def __init__(
        self, *args: Any, nodes: list[Choice], kept: Collection[str] = (), columns: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = str(DISTRIBUTION_FIELDS.get(name, ""))
        #: Element code -> column, as typed.
        self.columns: dict[str, str] = columns or {}
        #: Element code -> what is wrong with its column.
        self.column_errors: dict[str, str] = {}
        known = {value for value, _label in nodes}
        # What the draft names already can be kept; a typed node is one of the department's own.
        unknown = [(one, _("Unknown node")) for one in sorted(kept) if one not in known]
        self.fields["node_id"].choices = [("", "—"), *nodes, *unknown]  # type: ignore[attr-defined]

    @classmethod
    def values(cls, distribution: DistributionContent) -> dict[str, Any]:
        """What the form shows of a distribution."""
        values = {name: getattr(distribution, name) for name in cls.base_fields}
        return {**values, "node_id": str(distribution.node_id or "")}

    def distribution(self) -> DistributionContent:
        """What was typed."""
        given = {**self.cleaned_data, "node_id": _uuid(self.cleaned_data.get("node_id"))}
        return DistributionContent(**given, columns={code: column for code, column in self.columns.items() if column})


class RemarksForm(Form):
    """Remarks with which an entry is returned: up to five, each on a field."""

    ROWS = 5

    def __init__(self, *args: Any, choices: list[Choice], **kwargs: Any) -> None:
        self.base_fields = {}  # type: ignore[misc]
        for number in range(self.ROWS):
            self.base_fields[f"field_{number}"] = forms.ChoiceField(required=False, label=_("Field"))
            self.base_fields[f"text_{number}"] = forms.CharField(
                required=False, max_length=1000, label=_("Remark"), widget=_area(2)
            )
        super().__init__(*args, **kwargs)
        for number in range(self.ROWS):
            self.fields[f"field_{number}"].choices = [("", _("The whole entry")), *choices]  # type: ignore[attr-defined]

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Field and remark side by side."""
        return [(self[f"field_{n}"], self[f"text_{n}"]) for n in range(self.ROWS)]

    def remarks(self) -> list[dict[str, str]]:
        """What was written."""
        data = self.cleaned_data
        return [{"field": data[f"field_{n}"], "text": data[f"text_{n}"]} for n in range(self.ROWS) if data[f"text_{n}"].strip()]


class ConsentForm(Form):
    """The accountable officer's statements."""

    secrecy_statement = forms.CharField(
        label=_("Secrecy statement"), required=False, max_length=2000, widget=_area(2),
        help_text=_("Say that and how you made sure that the entry holds no state secret and no work secret."),
    )  # fmt: skip
    impact_purpose = forms.CharField(
        label=_("Personal information: is the purpose lawful, legitimate and necessary?"),
        required=False,
        max_length=4000,
        widget=_area(2),
    )
    impact_effect = forms.CharField(
        label=_("Personal information: what is the effect on people's rights, what are the risks?"),
        required=False, max_length=4000,
        widget=_area(2),
    )  # fmt: skip
    impact_measures = forms.CharField(
        label=_("Personal information: are the measures lawful, effective and fit for the risk?"),
        required=False, max_length=4000,
        widget=_area(2),
    )  # fmt: skip
    standing = forms.BooleanField(
        label=_("I give standing consent: requests for this unconditional resource are granted at once."), required=False
    )

    def __init__(self, *args: Any, content: Content, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not content.personal:
            for part in ("purpose", "effect", "measures"):
                del self.fields[f"impact_{part}"]
        if content.sharing_type != "UNCONDITIONAL":
            del self.fields["standing"]

    def assessment(self) -> dict[str, str]:
        """The impact assessment, part by part; empty where no element is personal."""
        parts = ("purpose", "effect", "measures")
        return {part: self.cleaned_data[f"impact_{part}"] for part in parts if f"impact_{part}" in self.cleaned_data}


class OpinionForm(Form):
    """An opinion on a decision."""

    opinion = forms.CharField(label=_("Opinion"), required=False, max_length=2000, widget=_area(2))


class ReasonForm(Form):
    """A reason for an act."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=2000, widget=_area(2))


def _uuid(value: Any) -> UUID | None:
    return UUID(str(value)) if value else None
