"""Forms of filings and collection plans."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.access.collecting import hit_key
from gongxiang.platform.catalogue.vocabulary import UpdateCycle
from gongxiang.platform.projects.vocabulary import Answer
from gongxiang.platform.web.forms import Form

_LONG = 4000


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SearchForm(Form):
    """Where it was looked for."""

    search = forms.CharField(
        label=_("Search made"), required=False, max_length=_LONG, widget=_area(5),
        help_text=_("Systems, tables, archives and years, who was asked, and with what result."),
    )  # fmt: skip


class AnswerForm(Form):
    """Confirm, or doubt with reasons."""

    confirms = forms.ChoiceField(
        label=_("Answer"), widget=forms.RadioSelect,
        choices=(("yes", _("We confirm that the data do not exist")), ("no", _("We doubt it"))),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason, if you doubt it"), required=False, max_length=2000, widget=_area(3))


class FileForm(Form):
    """The authority's check: every entry that looks alike is answered."""

    answered_hits = forms.MultipleChoiceField(
        label=_("These entries look alike but are not what is needed"), required=False, widget=forms.CheckboxSelectMultiple
    )
    opinion = forms.CharField(
        label=_("What was checked, and why the hits are not what is needed"), required=False, max_length=_LONG, widget=_area(4)
    )

    def __init__(self, *args: Any, entries: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answered_hits"].choices = list(entries)  # type: ignore[attr-defined]
        if not entries:
            del self.fields["answered_hits"]


class FindForm(Form):
    """The entry that has the data."""

    code = forms.CharField(label=_("Code of the entry"), required=False, max_length=64)
    opinion = forms.CharField(label=_("Why it is what is needed"), required=False, max_length=_LONG, widget=_area(3))


class ReasonForm(Form):
    """A reason in words."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=2000, widget=_area(3))


class PlanForm(Form):
    """What is collected, from whom, on which basis, how often, from when."""

    title = forms.CharField(label=_("Title of the plan"), required=False, max_length=200)
    items = forms.CharField(
        label=_("Data items, one a line"), required=False, max_length=5000, widget=_area(5),
        help_text=_("Only items that were filed as not existing."),
    )  # fmt: skip
    collected_from = forms.CharField(label=_("From whom"), required=False, max_length=2000, widget=_area(2))
    legal_basis = forms.CharField(label=_("Legal basis of the collection"), required=False, max_length=2000, widget=_area(2))
    method = forms.CharField(label=_("How it is collected"), required=False, max_length=2000, widget=_area(2))
    update_cycle = forms.ChoiceField(label=_("Collected how often"), choices=UpdateCycle.choices, initial=UpdateCycle.YEARLY)
    starts_on = forms.DateField(
        label=_("Begins on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def values(self) -> dict[str, Any]:
        """For the act."""
        return {**self.cleaned_data, "items": self.cleaned_data["items"].splitlines()}


class HitsForm(Form):
    """An answer to every hit."""

    def __init__(self, *args: Any, hits: Sequence[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hits = list(hits)
        for n, hit in enumerate(self.hits):
            values = {"what": hit["target_name"]}
            answer = forms.ChoiceField(
                label=_("Answer to %(what)s") % values, required=False, choices=[("", "—"), *Answer.choices],
                initial=hit["answer"],
            )  # fmt: skip
            reason = forms.CharField(
                label=_("Reason for %(what)s") % values, required=False, max_length=500, initial=hit["reason"]
            )
            answer.widget.attrs |= {"class": "form-select", "aria-label": str(answer.label)}
            reason.widget.attrs |= {"class": "form-control", "aria-label": str(reason.label)}
            self.fields[f"answer-{n}"], self.fields[f"reason-{n}"] = answer, reason

    def rows(self) -> list[tuple[dict[str, Any], Any, Any]]:
        """Each hit with its two fields."""
        return [(hit, self[f"answer-{n}"], self[f"reason-{n}"]) for n, hit in enumerate(self.hits)]

    def answers(self) -> dict[str, tuple[str, str]]:
        """For the act."""
        data = self.cleaned_data
        return {hit_key(hit): (data[f"answer-{n}"], data[f"reason-{n}"]) for n, hit in enumerate(self.hits)}


class ReviewForm(Form):
    """The authority's view of a plan."""

    approves = forms.ChoiceField(
        label=_("Decision on the plan"),
        widget=forms.RadioSelect,
        choices=(("yes", _("Approve")), ("no", _("Return with remarks"))),
    )
    opinion = forms.CharField(label=_("View of the authority"), required=False, max_length=_LONG, widget=_area(4))


class EntryForm(Form):
    """The own published entry."""

    code = forms.CharField(
        label=_("Code of your published entry"), required=False, max_length=64,
        help_text=_("It needs an element for every item that was to be collected."),
    )  # fmt: skip
