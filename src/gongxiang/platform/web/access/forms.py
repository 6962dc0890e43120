"""Forms of access requests."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.access.policies import REFUSAL_GROUNDS
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.grants.policies import LARGEST_VOLUME
from gongxiang.platform.web import labels
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.grants.forms import TermsForm, choices
from gongxiang.protocol.terms import VOLUME_LIMITS, Purpose


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _amount(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=LARGEST_VOLUME)


class RequestForm(Form):
    """What an applicant writes; everything may be missing while it is a draft, so the policies say what lacks."""

    legal_basis = forms.CharField(
        label=_("Legal basis of the duty"), required=False, max_length=2000, widget=_area(2),
        help_text=_("Instrument and article that give your department the task."),
    )  # fmt: skip
    purposes = forms.MultipleChoiceField(label=_("Purposes"), required=False, widget=forms.CheckboxSelectMultiple)
    purpose_note = forms.CharField(
        label=_("Note on the purposes"), required=False, max_length=2000, widget=_area(2),
        help_text=_("Needed if you tick a purpose that the provider did not declare."),
    )  # fmt: skip
    use_case = forms.CharField(
        label=_("Use case"), required=False, max_length=2000, widget=_area(3),
        help_text=_("In which matter, at which step, and what is decided with the data."),
    )  # fmt: skip
    scope = forms.CharField(
        label=_("Scope of use"),
        required=False,
        max_length=2000,
        widget=_area(2),
        help_text=_("Unit and posts that will see the data."),
    )
    elements = forms.MultipleChoiceField(
        label=_("Elements"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Only what the task needs.")
    )
    mode = forms.ChoiceField(label=_("Way of sharing"), required=False)
    calls_per_day = _amount(_("Calls a day you expect"))
    rows_per_day = _amount(_("Rows a day you expect"))
    rows_in_all = _amount(_("Rows in all you expect"))
    until = forms.DateField(
        label=_("Needed until (last day)"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    materials = forms.CharField(
        label=_("Material, one item a line"), required=False, max_length=3000, widget=_area(3),
        help_text=_("Title and number of each document you rely on."),
    )  # fmt: skip
    ban = forms.BooleanField(
        label=_("We accept that nothing is passed to third parties, neither as it is nor in another form."), required=False
    )

    def __init__(self, *args: Any, resource: ResourceRef, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        declared = [str(p) for p in resource.purposes]
        self.fields["purposes"].choices = [  # type: ignore[attr-defined]
            (p.value, _purpose(p.value, declared)) for p in Purpose
        ]
        self.fields["elements"].choices = [  # type: ignore[attr-defined]
            (e.code, f"{e.name or e.code} ({e.code})") for e in resource.elements if e.shareable
        ]
        self.fields["mode"].choices = choices("mode", [k.lower() for k in resource.content.kinds])  # type: ignore[attr-defined]

    def written(self) -> dict[str, Any]:
        """The fields as the acts take them."""
        names = ("legal_basis", "purposes", "purpose_note", "use_case", "scope", "elements", "mode", "until")
        values = {name: self.cleaned_data[name] for name in names}
        lines = [line.strip()[:300] for line in self.cleaned_data["materials"].splitlines() if line.strip()]
        volume = {name: limit for name in VOLUME_LIMITS if (limit := self.cleaned_data[name]) is not None}
        mode = values["mode"] or "table"
        return {**values, "mode": mode, "volume": {} if mode == "table" else volume, "materials": lines}


def _purpose(value: str, declared: Collection[str]) -> str:
    word = str(labels.code("purpose", value))
    return (
        word if not declared or value in declared else str(_("%(purpose)s (not declared by the provider)") % {"purpose": word})
    )


class ReplyForm(TermsForm):
    """The reply: grant, in whole or in part, or refuse with ground and reasons."""

    outcome = forms.ChoiceField(
        label=_("Reply"),
        widget=forms.RadioSelect,
        choices=(("grant", _("Grant, in whole or in part")), ("refuse", _("Refuse"))),
    )
    ground = forms.ChoiceField(label=_("Ground of the refusal"), required=False)
    text = forms.CharField(
        label=_("Reasons and remarks"), required=False, max_length=4000, widget=_area(4),
        help_text=_("A refusal must state its reasons, also in part."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = choices("ground", REFUSAL_GROUNDS, empty=True)  # type: ignore[attr-defined]
        # A refusal grants neither purposes nor a period.
        self.fields["purposes"].required = self.fields["until"].required = False


class LinesForm(Form):
    """A list, one item a line."""

    missing = forms.CharField(
        label=_("Everything that is missing, one item a line"), max_length=3000, widget=_area(6), required=False
    )

    def lines(self) -> list[str]:
        """The items."""
        return [line.strip()[:300] for line in self.cleaned_data["missing"].splitlines() if line.strip()]


class CompletionForm(Form):
    """What is added for the missing items."""

    completion = forms.CharField(label=_("Your answer to the notice"), max_length=4000, widget=_area(5), required=False)
    materials = forms.CharField(label=_("Added material, one item a line"), max_length=3000, widget=_area(3), required=False)


class TextForm(Form):
    """One text whose name and label the page gives."""

    def __init__(self, *args: Any, name: str, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = forms.CharField(label=label, max_length=4000, widget=_area(4), required=False)
        field.widget.attrs["class"] = "form-control"
        self.fields[name] = field


class ExtensionForm(Form):
    """How many working days more, and why."""

    working_days = forms.IntegerField(label=_("Working days more"), min_value=1, max_value=60)
    reason = forms.CharField(label=_("What keeps you from replying in time"), max_length=2000, widget=_area(4), required=False)


class ExtensionAnswerForm(Form):
    """The authority's answer to an asking."""

    allow = forms.ChoiceField(
        label=_("Answer"),
        widget=forms.RadioSelect,
        choices=(("yes", _("Consent to the extension")), ("no", _("Do not consent"))),
    )
    opinion = forms.CharField(label=_("Opinion"), max_length=2000, widget=_area(3), required=False)
