"""Forms of demands."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue.vocabulary import DistributionKind, UpdateCycle
from gongxiang.platform.demands import states
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web.demands.labels import CODES
from gongxiang.platform.web.forms import Form


class DemandForm(Form):
    """What is needed, for what, how."""

    title = forms.CharField(label=_("What you need"), max_length=200)
    items = forms.CharField(
        label=_("Data items, one a line"),
        help_text=_("No more than your duty needs."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
    )
    duty = forms.CharField(
        label=_("Legal duty and purpose"),
        help_text=_("The statute or task, and what the data decide in it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    matter = forms.CharField(label=_("Business matter"), max_length=200, required=False)
    mode = forms.ChoiceField(label=_("Wanted mode"), choices=[(k.lower(), label) for k, label in DistributionKind.choices])
    update_cycle = forms.ChoiceField(label=_("Wanted update cycle"), choices=UpdateCycle.choices, initial=UpdateCycle.DAILY)
    urgent = forms.BooleanField(label=_("Urgent"), required=False)
    urgent_reason = forms.CharField(label=_("Why it is urgent"), max_length=500, required=False)

    def values(self) -> dict[str, Any]:
        """For the act."""
        return {**self.cleaned_data, "items": self.cleaned_data["items"].splitlines()}


class AssignForm(Form):
    """To whom it goes."""

    provider_id = forms.ChoiceField(label=_("Likely provider"))
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.id), one.name) for one in parties.all_departments()]
        self.fields["provider_id"].choices = choices  # type: ignore[attr-defined]


class ReasonForm(Form):
    """A reason in words."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class AnswerForm(Form):
    """What the provider says."""

    outcome = forms.ChoiceField(
        label=_("Answer"), widget=forms.RadioSelect, choices=[(o, CODES[f"demand_outcome:{o}"][0]) for o in states.OUTCOMES]
    )
    code = forms.CharField(
        label=_("Code of the entry"),
        help_text=_("Where it exists: the code of the published entry."),
        max_length=64,
        required=False,
    )
    draft_id = forms.ChoiceField(label=_("Draft from which it will come"), required=False)
    planned_on = forms.DateField(
        label=_("Planned day of publication"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    text = forms.CharField(label=_("Explanation"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, drafts: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["draft_id"].choices = [("", "—"), *drafts]  # type: ignore[attr-defined]
