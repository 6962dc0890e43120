"""Forms of requests to superiors."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.access import policies_superior as policies
from gongxiang.platform.access import states_superior as states
from gongxiang.platform.catalogue.vocabulary import DistributionKind, UpdateCycle
from gongxiang.platform.web.declared import DeclaredFile
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.superiors.labels import CODES


def coded(table: str, values: Iterable[str]) -> list[tuple[str, Any]]:
    """Choices out of the area's words."""
    return [(value, CODES[f"{table}:{value}"]) for value in values]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


MODES = [(kind.lower(), label) for kind, label in DistributionKind.choices]


class LetterForm(Form):
    """What is asked of whom: the letter is written from it."""

    superior = forms.CharField(label=_("Line superior"), max_length=200)
    level = forms.ChoiceField(label=_("Who runs the system"), choices=coded("superior_level", policies.LEVELS))
    system_name = forms.CharField(label=_("System in which the data lie"), max_length=200)
    title = forms.CharField(label=_("Data asked for"), max_length=200)
    items = forms.CharField(
        label=_("Data items, one a line"), help_text=_("Only data of the banner, no more than its duties need."),
        widget=_area(4), max_length=8000,
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Use and basis"), help_text=_("Goes into the letter: the statute or matter, and what the data are for."),
        widget=_area(3), max_length=4000,
    )  # fmt: skip
    mode = forms.ChoiceField(label=_("Wanted mode"), choices=MODES)
    frequency = forms.ChoiceField(label=_("Wanted frequency"), choices=UpdateCycle.choices, initial=UpdateCycle.DAILY)

    def values(self) -> dict[str, Any]:
        """For the act."""
        return {**self.cleaned_data, "items": self.cleaned_data["items"].splitlines()}


class SendForm(Form):
    """The day, the way and the unit."""

    sent_on = forms.DateField(label=_("Day of sending"), widget=_day())
    way = forms.ChoiceField(label=_("By which way"), choices=coded("letter_way", policies.WAYS))
    to = forms.CharField(label=_("To which unit"), help_text=_("Office or post; no person's name."), max_length=200)


class RemindForm(Form):
    """A reminder."""

    reminded_on = forms.DateField(label=_("Day of the reminder"), widget=_day())
    way = forms.ChoiceField(label=_("By which way"), choices=coded("letter_way", policies.WAYS))
    with_letter = forms.BooleanField(label=_("Issue a letter of reminder"), required=False, initial=True)
    note = forms.CharField(label=_("Note"), widget=_area(2), max_length=1000, required=False)


class AnswerForm(Form):
    """What the superior said."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), widget=forms.RadioSelect, choices=coded("superior_outcome", states.OUTCOMES)
    )
    answered_on = forms.DateField(label=_("Day of the answer"), widget=_day(), required=False)
    number = forms.CharField(label=_("Document number of the answer"), max_length=80, required=False)
    text = forms.CharField(label=_("What it says"), widget=_area(3), max_length=4000, required=False)
    agreed_mode = forms.ChoiceField(label=_("Agreed way"), choices=[("", "—"), *MODES], required=False)
    agreed_frequency = forms.ChoiceField(label=_("Agreed frequency"), choices=[("", "—"), *UpdateCycle.choices], required=False)
    extra_conditions = forms.CharField(
        label=_("Limits that the superior added"),
        help_text=_("The Regulation allows none beyond the law; they are shown to the authority."),
        widget=_area(2), max_length=2000, required=False,
    )  # fmt: skip
    file = DeclaredFile(label=_("Document of the answer (PDF, OFD, Word or picture)"), required=False)


class ReturnForm(Form):
    """Data that came back."""

    arrived_on = forms.DateField(label=_("Day of arrival"), widget=_day())
    way = forms.ChoiceField(label=_("Way of return"), choices=coded("return_way", policies.MODES))
    rows = forms.IntegerField(label=_("Rows, if known"), required=False, min_value=0, max_value=policies.MOST_ROWS)
    note = forms.CharField(label=_("Note"), widget=_area(2), max_length=1000, required=False)


class CloseForm(Form):
    """Why it ends."""

    reason = forms.CharField(label=_("Reason"), widget=_area(3), max_length=2000)


class NoForm(Form):
    """Nothing to fill in: the page says what happens."""
