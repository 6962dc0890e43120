"""Forms of corrections."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.corrections import complaints, states
from gongxiang.platform.corrections.policies import LONGEST_TEXT
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.web.corrections.labels import CODES
from gongxiang.platform.web.forms import Form


def _word(code: str) -> Any:
    word = CODES[code]
    return word[0] if isinstance(word, tuple) else word


def _long(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), max_length=LONGEST_TEXT, **more)


class ChooseGrantForm(Form):
    """Under which grant the record was received."""

    grant = forms.ChoiceField(label=_("Grant under which the record was received"))

    def __init__(self, *args: Any, grants: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grant"].choices = list(grants)  # type: ignore[attr-defined]


class ReportForm(Form):
    """What is doubtful; values do not belong here."""

    kind = forms.ChoiceField(
        label=_("Kind"), widget=forms.RadioSelect, initial=states.DOUBT,
        choices=[(kind, _word(f"correction_kind:{kind}")) for kind in states.KINDS],
    )  # fmt: skip
    elements = forms.MultipleChoiceField(label=_("Doubtful elements"), widget=forms.CheckboxSelectMultiple)
    description = _long(
        _("What is doubtful, and why"),
        help_text=_("In words, without names, numbers or values: those go to the gateway on the next page."),
    )
    call_id = forms.CharField(
        label=_("Id of the call"), help_text=_("If it was seen in an answer of an interface."), max_length=64, required=False
    )

    def __init__(self, *args: Any, elements: Iterable[tuple[str, str]], origin: str = states.ROW, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["elements"].choices = list(elements)  # type: ignore[attr-defined]
        if origin == states.CALL:
            self.fields["call_id"].required = True
        elif origin == states.RECONCILIATION:
            del self.fields["call_id"]


class AssignForm(Form):
    """Who verifies."""

    person_id = forms.ChoiceField(label=_("Person who verifies"))

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = list(people)  # type: ignore[attr-defined]


class ForwardForm(Form):
    """To whom it is handed over."""

    provider_id = forms.ChoiceField(label=_("Source department"))
    reason = _long(_("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.id), one.name) for one in parties.all_departments()]
        self.fields["provider_id"].choices = choices  # type: ignore[attr-defined]


class VerdictForm(Form):
    """What the verification found."""

    outcome = forms.ChoiceField(
        label=_("Verdict"), widget=forms.RadioSelect,
        choices=[(one, _word(f"correction_outcome:{one}")) for one in states.OUTCOMES],
    )  # fmt: skip
    text = _long(_("What was found and done"), help_text=_("In words, without names, numbers or values."))


class ReasonForm(Form):
    """A reason in words."""

    reason = _long(_("Reason"))


class OpinionForm(Form):
    """The authority's opinion."""

    decision = forms.ChoiceField(
        label=_("Decision on the correction"), widget=forms.RadioSelect,
        choices=[("uphold", _("The provider verifies again, with a new period")), ("dismiss", _("The verdict stands"))],
    )  # fmt: skip
    opinion = _long(_("Opinion"))


class UsageForm(Form):
    """What the department does with the record meanwhile."""

    usage = forms.ChoiceField(
        label=_("State of use"), choices=[(one, _word(f"correction_usage:{one}")) for one in states.USAGES]
    )
    note = _long(_("Note"), 2, required=False)


class ServiceForm(Form):
    """A matter that goes on as usual on valid proof."""

    proof_kind = forms.ChoiceField(label=_("Proof the person gave"))
    matter_number = forms.CharField(label=_("Number of the matter"), max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        choices = [(one.code, one.label.in_language(language)) for one in rulebook.codes(complaints.PROOFS)]
        self.fields["proof_kind"].choices = choices  # type: ignore[attr-defined]


class ComplaintForm(Form):
    """A counter refused somebody."""

    department_id = forms.ChoiceField(label=_("Department whose counter refused"))
    matter_number = forms.CharField(label=_("Number of the matter"), max_length=64, required=False)
    statement = _long(_("What was refused, put off or asked for"), help_text=_("Without the person's name or number."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.id), one.name) for one in parties.all_departments()]
        self.fields["department_id"].choices = choices  # type: ignore[attr-defined]


class AnswerForm(Form):
    """The authority's answer to a complaint."""

    answer = _long(_("Answer"))
