"""Forms of projects."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue.vocabulary import SharingType, SourceKind, SubjectKind, UpdateCycle
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.parties.queries import MatterRef, SystemRef
from gongxiang.platform.projects.planned import Planned, read_elements, write_elements
from gongxiang.platform.projects.policies import LONGEST, TIERS
from gongxiang.platform.projects.values import Hit, ProjectFields
from gongxiang.platform.projects.vocabulary import Answer, MoneySource, ProjectKind
from gongxiang.platform.web import labels
from gongxiang.platform.web.declared import DeclaredFile
from gongxiang.platform.web.forms import Form

Choice = tuple[str, str | Promise]


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _empty(choices: Iterable[Any]) -> list[Choice]:
    return [("", "—"), *choices]


class ProjectForm(Form):
    """The register entry of a project; the room says what is missing."""

    name = forms.CharField(label=_("Name of the project"), max_length=LONGEST["name"])
    kind = forms.ChoiceField(label=_("Kind of project"), choices=ProjectKind.choices)
    approving_body = forms.CharField(
        label=_("Approving body"), max_length=LONGEST["approving_body"],
        help_text=_("Who decides on the project: pick a department of the banner, or write the body outside it."),
        widget=forms.TextInput(attrs={"list": "approving-bodies", "autocomplete": "off"}),
    )  # fmt: skip
    purpose = forms.CharField(label=_("What it is for"), required=False, max_length=LONGEST["purpose"], widget=_area())
    planned_start = forms.DateField(label=_("Planned start"), widget=_day())
    planned_end = forms.DateField(label=_("Planned end"), required=False, widget=_day())
    actual_start = forms.DateField(label=_("Actual start"), required=False, widget=_day())
    actual_end = forms.DateField(label=_("Actual end"), required=False, widget=_day())
    tier = forms.ChoiceField(label=_("Who runs the system"))
    systems = forms.MultipleChoiceField(
        label=_("Systems concerned"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Of your department's register of systems."),
    )  # fmt: skip
    contact = forms.CharField(label=_("Contact: unit and name"), max_length=LONGEST["contact"])
    telephone = forms.CharField(label=_("Telephone"), required=False, max_length=LONGEST["telephone"])
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, systems: Iterable[SystemRef], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Offered while typing; a body outside the banner is written out.
        self.bodies = [one.name for one in parties.all_departments()]
        self.fields["tier"].choices = [(one, labels.code("system_tier", one)) for one in TIERS]  # type: ignore[attr-defined]
        self.fields["systems"].choices = [(str(one.id), one.name) for one in systems]  # type: ignore[attr-defined]

    def written(self) -> ProjectFields:
        """The fields as the acts take them."""
        values = {name: self.cleaned_data[name] for name in ProjectFields.__dataclass_fields__}
        return ProjectFields(**{**values, "systems": tuple(UUID(one) for one in values["systems"])})


class EntryForm(Form):
    """A planned entry; only its name is needed while it grows."""

    name = forms.CharField(label=_("Name of the resource"), max_length=LONGEST["name"])
    summary = forms.CharField(label=_("Summary"), required=False, max_length=LONGEST["summary"], widget=_area())
    elements = forms.CharField(
        label=_("Data elements, one a line"), required=False, max_length=200_000, widget=_area(10),
        help_text=_("Name; then, if known, letter of the data type and note, with strokes between: 姓名 | C | 按证件填写"),
    )  # fmt: skip
    source_kind = forms.ChoiceField(label=_("Source of the data"), choices=SourceKind.choices, initial="COLLECTED")
    collects = forms.CharField(
        label=_("What is collected, from whom and how"), required=False, max_length=LONGEST["collects"], widget=_area(2)
    )
    subject_kind = forms.ChoiceField(label=_("What it is about"), required=False, choices=_empty(SubjectKind.choices))
    sharing_type = forms.ChoiceField(label=_("Intended sharing type"), choices=SharingType.choices, initial="UNCONDITIONAL")
    sharing_reason = forms.CharField(
        label=_("Reason for this type"), required=False, max_length=LONGEST["sharing_reason"], widget=_area(2),
        help_text=_("Needed unless it is shared unconditionally."),
    )  # fmt: skip
    update_cycle = forms.ChoiceField(label=_("Update cycle"), required=False, choices=_empty(UpdateCycle.choices))
    seen = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(planned: Planned) -> dict[str, Any]:
        """The form's values of a planned entry."""
        values = {name: getattr(planned, name) for name in Planned.__dataclass_fields__}
        return {**values, "elements": write_elements(planned.elements)}

    def written(self) -> Planned:
        """The planned entry as typed."""
        values = {name: self.cleaned_data[name] for name in Planned.__dataclass_fields__ if name != "elements"}
        texts = {name: value.strip() for name, value in values.items()}
        return Planned(**texts, elements=read_elements(self.cleaned_data["elements"]))


class AnswerForm(Form):
    """The answer to one hit."""

    answer = forms.ChoiceField(label=_("Answer"), choices=Answer.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why it is collected anew"), required=False, max_length=LONGEST["reason"], widget=_area(2))

    def __init__(self, *args: Any, hit: Hit, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"{hit.entry_id}.{hit.found.target_id}")
        initial = {"answer": hit.answer or "REUSE", "reason": hit.reason}
        super().__init__(*args, initial=initial, **kwargs)


class TextForm(Form):
    """One text whose name and label the page gives."""

    def __init__(self, *args: Any, name: str, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.Textarea(attrs={"rows": 4, "class": "form-control"})
        self.fields[name] = forms.CharField(label=label, required=False, max_length=2000, widget=widget)


class RemarksForm(Form):
    """A remark on the whole, and one for each point named."""

    remark = forms.CharField(label=_("On the whole"), required=False, max_length=2000, widget=_area(3))

    def __init__(self, *args: Any, points: Iterable[tuple[str, str]], lang: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points = tuple(points)
        for key, label in self.points:
            widget = forms.Textarea(attrs={"rows": 2, "class": "form-control"})
            self.fields[f"on-{key}"] = forms.CharField(
                label=format_html('<span lang="{}">{}</span>', lang, label) if lang else label, required=False,
                max_length=2000, widget=widget,
            )  # fmt: skip

    def remarks(self) -> list[dict[str, str]]:
        """The remarks, each with the point that it is on."""
        said = [{"field": "", "text": self.cleaned_data["remark"]}]
        return said + [{"field": label, "text": self.cleaned_data[f"on-{key}"]} for key, label in self.points]


class ApprovalForm(Form):
    """The approval document."""

    approval_number = forms.CharField(label=_("Number of the approval"), required=False, max_length=120)
    approved_on = forms.DateField(label=_("Date of the approval"), required=False, widget=_day())


class CheckForm(Form):
    """The result of one point of the interface check."""

    passed = forms.ChoiceField(
        label=_("Result"), widget=forms.RadioSelect, choices=(("yes", _("Passed")), ("no", _("Not passed")))
    )
    reference = forms.CharField(
        label=_("Test record"), required=False, max_length=LONGEST["reference"],
        help_text=_("Number or name of the record, or who saw it; or what the platform itself knows."),
    )  # fmt: skip
    note = forms.CharField(label=_("Remarks"), required=False, max_length=LONGEST["reason"], widget=_area(2))
    file = DeclaredFile(
        label=_("Attached test record"), required=False, help_text=_("PDF, OFD, Word, Excel or image, at most 20 MB."),
    )  # fmt: skip
    by_facts = forms.BooleanField(required=False, widget=forms.HiddenInput)


class CostForm(Form):
    """Money of one year and source, in yuan."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    source = forms.ChoiceField(label=_("Source of the money"), choices=MoneySource.choices)
    planned = forms.DecimalField(label=_("Planned (yuan)"), min_value=0, max_digits=13, decimal_places=2)
    actual = forms.DecimalField(label=_("Actual (yuan)"), required=False, min_value=0, max_digits=13, decimal_places=2)

    def cents(self) -> dict[str, Any]:
        """The figures as the act takes them."""
        values = self.cleaned_data
        actual = values["actual"]
        return {
            "year": values["year"], "source": values["source"], "planned_cents": _cents(values["planned"]),
            "actual_cents": None if actual is None else _cents(actual),
        }  # fmt: skip


def _cents(yuan: Decimal) -> int:
    return int((yuan * 100).to_integral_value())


class CollectForm(Form):
    """The items of a form or a collection plan."""

    title = forms.CharField(label=_("Name of the form or plan"), max_length=LONGEST["title"])
    matter = forms.ChoiceField(label=_("Business matter"), required=False)
    items = forms.CharField(label=_("Items, one a line"), max_length=50_000, widget=_area(12), required=False)

    def __init__(self, *args: Any, matters: Iterable[MatterRef], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter"].choices = _empty((str(one.id), f"{one.code} {one.name}") for one in matters)  # type: ignore[attr-defined]

    def lines(self) -> list[str]:
        """The items."""
        return [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]


class CollectAnswerForm(Form):
    """For each item that was found, the answer and a reason."""

    def __init__(self, *args: Any, items: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = tuple(items)
        for n, item in enumerate(self.items):
            self.fields[f"answer-{n}"] = forms.ChoiceField(
                label=item, required=False, choices=_empty(Answer.choices), widget=forms.Select(attrs={"class": "form-select"})
            )
            widget = forms.TextInput(attrs={"class": "form-control"})
            self.fields[f"reason-{n}"] = forms.CharField(
                label=_("Why it is collected anew"), required=False, max_length=LONGEST["reason"], widget=widget
            )

    def answers(self) -> dict[str, tuple[str, str]]:
        """The answers by item."""
        return {
            item: (self.cleaned_data.get(f"answer-{n}", ""), self.cleaned_data.get(f"reason-{n}", ""))
            for n, item in enumerate(self.items)
        }
