"""Forms of disputes."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.access.disputing import OUTCOMES
from gongxiang.platform.access.policies import REFUSAL_GROUNDS
from gongxiang.platform.web.declared import DeclaredFile
from gongxiang.platform.web.disputes.labels import CODES
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.grants.forms import TermsForm, choices

_LONG = 4000


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class OpenForm(Form):
    """What is disputed, and why the duties need it."""

    grounds = forms.CharField(
        label=_("Why your duties need the data"), required=False, max_length=_LONG, widget=_area(4),
        help_text=_("Answer the provider's reasons; name the duty and what cannot be done without the data."),
    )  # fmt: skip
    elements = forms.MultipleChoiceField(
        label=_("Elements that were not granted, or masked"), required=False, widget=forms.CheckboxSelectMultiple
    )
    purposes = forms.MultipleChoiceField(
        label=_("Purposes that were not granted"), required=False, widget=forms.CheckboxSelectMultiple
    )
    rest = forms.CharField(
        label=_("Rows, volume or period that were not granted, in words"), required=False, max_length=2000, widget=_area(2)
    )
    new_facts = forms.CharField(
        label=_("New facts"), required=False, max_length=2000, widget=_area(2),
        help_text=_("Only where an earlier dispute on the same data has a binding result."),
    )  # fmt: skip
    file = DeclaredFile(
        label=_("Evidence"), required=False, help_text=_("PDF, OFD, Word, Excel or image, at most 20 MB; more can follow.")
    )

    def __init__(
        self, *args: Any, elements: Sequence[tuple[str, str]], purposes: Sequence[str], whole: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["elements"].choices = list(elements)  # type: ignore[attr-defined]
        self.fields["purposes"].choices = choices("purpose", list(purposes))  # type: ignore[attr-defined]
        offered = {"elements": bool(elements), "purposes": bool(purposes), "rest": True}
        for name, some in offered.items():
            if whole or not some:
                del self.fields[name]


class MeetingForm(TermsForm):
    """Minutes of a meeting; the terms count only where something was agreed."""

    held_at = forms.DateTimeField(
        label=_("Held on"), input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    place = forms.CharField(label=_("Place, or by telephone or video"), required=False, max_length=200)
    consumer_people = forms.CharField(
        label=_("Applicant's people, one a line: name, post"), required=False, max_length=2000, widget=_area(3)
    )
    provider_people = forms.CharField(
        label=_("Provider's people, one a line: name, post"), required=False, max_length=2000, widget=_area(3)
    )
    consumer_proposal = forms.CharField(label=_("Applicant's proposal"), required=False, max_length=2000, widget=_area(3))
    provider_proposal = forms.CharField(label=_("Provider's proposal"), required=False, max_length=2000, widget=_area(3))
    minutes = forms.CharField(label=_("Minutes"), required=False, max_length=_LONG, widget=_area(5))
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, widget=forms.RadioSelect, choices=[(o, CODES[f"consulted:{o}"]) for o in OUTCOMES]
    )
    file = DeclaredFile(label=_("Signed minutes or other paper"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purposes"].required = self.fields["until"].required = False

    def values(self) -> dict[str, Any]:
        """For the act."""
        data = self.cleaned_data
        names = ("held_at", "place", "consumer_proposal", "provider_proposal", "minutes", "outcome")
        people = [*_people(data["consumer_people"], "consumer"), *_people(data["provider_people"], "provider")]
        agreed = data["outcome"] in ("AGREED", "PARTLY")
        terms = {**self.terms(), "until": data["until"]} if agreed else None
        return {**{name: data[name] for name in names}, "participants": people, "terms": terms}


class OpinionForm(TermsForm):
    """An opinion or a decision: what is to be granted, or that the refusal stands."""

    outcome = forms.ChoiceField(
        label=_("Result"), widget=forms.RadioSelect,
        choices=(("grant", _("The data are to be provided as below")), ("refuse", _("The refusal stands"))),
    )  # fmt: skip
    ground = forms.ChoiceField(label=_("Ground of the refusal"), required=False)
    text = forms.CharField(
        label=_("Words for the reply"), required=False, max_length=2000, widget=_area(2),
        help_text=_("They follow the citation of this paper; a refusal must state its reasons."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = choices("ground", REFUSAL_GROUNDS, empty=True)  # type: ignore[attr-defined]
        self.fields["purposes"].required = self.fields["until"].required = False

    def result(self) -> dict[str, Any]:
        """The terms as the acts take them."""
        names = ("outcome", "ground", "text", "until")
        return {**self.terms(), **{name: self.cleaned_data[name] for name in names}}


class MediationOpinionForm(OpinionForm):
    """The authority's opinion with its reasons."""

    reasons = forms.CharField(label=_("Reasons of the opinion"), required=False, max_length=_LONG, widget=_area(5))


class DecisionForm(OpinionForm):
    """The decision of the government or the common superior authority, copied from its document."""

    number = forms.CharField(label=_("Document number"), required=False, max_length=120)
    decided_on = forms.DateField(
        label=_("Day of the decision"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    content = forms.CharField(label=_("Content of the decision"), required=False, max_length=_LONG, widget=_area(4))
    scan = DeclaredFile(label=_("Scan of the document"), required=False)


class TextForm(Form):
    """One text whose name and label the page gives."""

    def __init__(self, *args: Any, name: str, label: Any, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = forms.CharField(label=label, max_length=_LONG, widget=_area(rows), required=False)
        field.widget.attrs["class"] = "form-control"
        self.fields[name] = field


class FileForm(Form):
    """A file to attach."""

    file = DeclaredFile(label=_("File"), help_text=_("PDF, OFD, Word, Excel or image, at most 20 MB."))


class HearingForm(Form):
    """Who handles the case."""

    handler_id = forms.ChoiceField(label=_("Handler"))

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler_id"].choices = list(people)  # type: ignore[attr-defined]


class AnswerForm(Form):
    """Accept the opinion, or say why not."""

    accepts = forms.ChoiceField(
        label=_("Answer"), required=False, widget=forms.RadioSelect,
        choices=(("yes", _("We accept the opinion; it binds us")), ("no", _("We do not accept it"))),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason, if not"), required=False, max_length=2000, widget=_area(3))

    def values(self) -> dict[str, Any]:
        """For the act."""
        said = {"yes": True, "no": False}.get(self.cleaned_data["accepts"])
        return {"accepts": said, "reason": self.cleaned_data["reason"]}


class SubmitForm(Form):
    """To whom the case is submitted."""

    government = forms.CharField(label=_("Government that decides"), max_length=200)


class ReferForm(Form):
    """The common superior authority and the letter to it."""

    to = forms.CharField(label=_("Common superior authority"), required=False, max_length=200)
    letter = forms.CharField(label=_("Number of the letter"), required=False, max_length=120)
    reason = forms.CharField(
        label=_("Why it is the one to coordinate"), required=False, max_length=2000, widget=_area(3),
        help_text=_("A department of another level or area is party, or the authority itself is."),
    )  # fmt: skip


def _people(text: str, side: str) -> list[dict[str, str]]:
    found = []
    for line in text.splitlines():
        name, _sign, post = line.replace("，", ",").replace("、", ",").partition(",")
        if name.strip():
            found.append({"name": name.strip(), "post": post.strip(), "side": side})
    return found
