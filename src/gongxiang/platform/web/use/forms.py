"""Forms of this area."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.web.forms import Form


def area(rows: int = 4) -> forms.Textarea:
    """A text of several lines."""
    return forms.Textarea(attrs={"rows": rows})


def day() -> forms.DateInput:
    """A day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OpinionForm(Form):
    """What is said to a report or an answer."""

    opinion = forms.CharField(label=_("Opinion"), max_length=2000, widget=area(3))


class RectifyForm(Form):
    """What was put right, and what shows it."""

    report = forms.CharField(
        label=_("What was put right"), max_length=4000, widget=area(5),
        help_text=_("What was done, since when, and how it is kept from happening again."),
    )  # fmt: skip
    evidence_1 = forms.FileField(
        label=_("What shows it"), required=False, help_text=_("PDF, OFD, Word, Excel or image, at most 20 MB.")
    )
    evidence_2 = forms.FileField(label=_("More that shows it"), required=False)

    def attached(self) -> list[tuple[str, bytes]]:
        """The attached files."""
        found = (self.cleaned_data.get(name) for name in ("evidence_1", "evidence_2"))
        return [(one.name, one.read()) for one in found if one]


class DemandForm(Form):
    """What is to be put right, and by when."""

    demand = forms.CharField(label=_("What is to be put right"), max_length=2000, widget=area(3))
    rectify_on = forms.DateField(
        label=_("To be put right by"), required=False, widget=day(), help_text=_("Left empty, the usual period runs.")
    )


def bound(form: type[Any], request: Any, name: str, **more: Any) -> Any:
    """A form filled from the request, with its own prefix."""
    return form(request.POST, request.FILES, prefix=name, **more)
