"""Forms of outside channels."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue.vocabulary import UpdateCycle
from gongxiang.platform.delivery import policies_channels as policies
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web.channels.labels import CODES
from gongxiang.platform.web.forms import Form


def coded(table: str, values: Iterable[str]) -> list[tuple[str, Any]]:
    """Choices out of the area's words."""
    return [(value, CODES[f"{table}:{value}"]) for value in values]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class DeclareForm(Form):
    """An exchange outside the platform: names only, no contents."""

    provider_id = forms.ChoiceField(label=_("Giving department"))
    consumer_id = forms.ChoiceField(label=_("Receiving department"))
    title = forms.CharField(label=_("Data exchanged"), help_text=_("The name of the data, no contents."), max_length=200)
    items = forms.CharField(label=_("Data items, one a line"), widget=_area(3), max_length=5000, required=False)
    kind = forms.ChoiceField(label=_("By which way"), choices=coded("channel_kind", policies.KINDS))
    frequency = forms.ChoiceField(label=_("How often"), choices=UpdateCycle.choices, initial=UpdateCycle.MONTHLY)
    since = forms.DateField(
        label=_("In use since"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("If known.")
    )
    basis = forms.CharField(
        label=_("On which basis"), help_text=_("Agreement, minutes, document or custom."), widget=_area(2), max_length=2000,
        required=False,
    )  # fmt: skip
    secret = forms.BooleanField(
        label=_("Holds state or work secrets"),
        help_text=_("Only that it exists is entered; nothing of what it carries."), required=False,
    )  # fmt: skip
    personal = forms.BooleanField(label=_("Holds personal information"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.id), one.name) for one in parties.all_departments()]
        for name in ("provider_id", "consumer_id"):
            self.fields[name].choices = [("", "—"), *choices]  # type: ignore[attr-defined]


class PlanForm(Form):
    """Steps with days."""

    steps = forms.CharField(
        label=_("Steps, one a line: day and what is done"), help_text=_("For example: 2027-01-31 mount the table"),
        widget=_area(5), max_length=8000,
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), help_text=_("A new plan for an overdue one says why."), widget=_area(2), max_length=1000,
        required=False,
    )  # fmt: skip

    def clean_steps(self) -> list[tuple[date, str]]:
        """Lines as (day, words)."""
        found = []
        for line in self.cleaned_data["steps"].splitlines():
            if not line.strip():
                continue
            day, _blank, what = line.strip().partition(" ")
            try:
                found.append((date.fromisoformat(day), what.strip()))
            except ValueError:
                message = gettext("“%(line)s” does not begin with a day such as 2027-01-31.") % {"line": line.strip()[:60]}
                raise forms.ValidationError(message) from None
        return found


class MoveForm(Form):
    """The grant that replaces it."""

    grant_id = forms.ChoiceField(
        label=_("Grant under which the data flow now"), help_text=_("Grants from the giving to the receiving department.")
    )

    def __init__(self, *args: Any, grants: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grant_id"].choices = [("", "—"), *grants]  # type: ignore[attr-defined]


class ExemptionForm(Form):
    """Why it must stay outside."""

    ground = forms.ChoiceField(label=_("Ground"), choices=coded("exemption_ground", policies.GROUNDS))
    basis = forms.CharField(
        label=_("Legal basis"), help_text=_("Statute and article, or the network and who approved its use."), widget=_area(3),
        max_length=2000,
    )  # fmt: skip


class ReasonForm(Form):
    """A reason in words."""

    reason = forms.CharField(label=_("Reason"), widget=_area(3), max_length=1000)


class NoForm(Form):
    """Nothing to fill in: the page says what happens."""
