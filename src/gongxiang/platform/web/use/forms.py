"""Forms of this area."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.grants.entered_use import MOST_ROWS, WAYS
from gongxiang.platform.web import labels
from gongxiang.platform.web.declared import DeclaredFile
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
    evidence_1 = DeclaredFile(
        label=_("What shows it"), required=False, help_text=_("PDF, OFD, Word, Excel or image, at most 20 MB.")
    )
    evidence_2 = DeclaredFile(label=_("More that shows it"), required=False)

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


class HandlerForm(Form):
    """Who handles the grant, for which duty, when."""

    person_id = forms.ChoiceField(label=_("Person"))
    duty = forms.CharField(label=_("Duty"), max_length=200, help_text=_("The post or the matters handled."))
    from_on = forms.DateField(label=_("From"), required=False, widget=day(), help_text=_("Left empty: from now."))
    until_on = forms.DateField(
        label=_("Last day"), required=False, widget=day(), help_text=_("Left empty: as long as the grant.")
    )

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [("", "—"), *people]  # type: ignore[attr-defined]


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class EnterForm(Form):
    """A use that no program saw."""

    handler_id = forms.ChoiceField(label=_("Who used it"))
    used_on = forms.DateField(label=_("Day of use"), widget=day())
    way = forms.ChoiceField(label=_("How it was had"))
    purpose = forms.ChoiceField(label=_("Purpose"))
    matter = forms.CharField(label=_("Number of the matter"), max_length=60)
    rows = forms.IntegerField(label=_("Rows used"), min_value=0, max_value=MOST_ROWS)
    storage = forms.CharField(label=_("Where it is stored"), max_length=300, help_text=_("Say so as well if nothing is kept."))

    def __init__(self, *args: Any, people: Any = (), purposes: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(one, labels.code("use_way", one)) for one in WAYS]
        for name, values in (("handler_id", people), ("way", ways), ("purpose", purposes)):
            self.fields[name].choices = [("", "—"), *values]  # type: ignore[attr-defined]


class ReportForm(Form):
    """The five parts of a report of use."""

    scenario = forms.CharField(label=_("Scenario of use"), max_length=4000, widget=area(3))
    process = forms.CharField(
        label=_("How it was used"), max_length=4000, widget=area(3), help_text=_("By whom, how often, for which matters.")
    )
    effect = forms.CharField(label=_("Effect"), max_length=4000, widget=area(3))
    storage = forms.CharField(label=_("Where it is stored"), max_length=4000, widget=area(3))
    destruction = forms.CharField(
        label=_("What was destroyed"), max_length=4000, widget=area(2), help_text=_("Say so as well if nothing was.")
    )


class AskForm(Form):
    """A question about use."""

    sign = forms.ChoiceField(label=_("About"))
    question = forms.CharField(label=_("Question"), max_length=2000, widget=area(3))

    def __init__(self, *args: Any, signs: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sign"].choices = [("", "—"), *signs]  # type: ignore[attr-defined]


class QuestionForm(Form):
    """The question again."""

    question = forms.CharField(label=_("Question"), max_length=2000, widget=area(3))


class AnswerForm(Form):
    """An answer."""

    answer = forms.CharField(label=_("Answer"), max_length=4000, widget=area(4))


class InspectionForm(Form):
    """What is inspected, and when."""

    scope = forms.CharField(label=_("What is inspected"), max_length=2000, widget=area(3))
    inspected_on = forms.DateField(label=_("Day of the inspection"), widget=day())


class ResultForm(Form):
    """What an inspection found."""

    result = forms.ChoiceField(
        label=_("Result"), choices=[("", "—"), ("sound", _("Nothing to put right")), ("defects", _("Something to put right"))]
    )
    findings = forms.CharField(label=_("What the inspection found"), max_length=4000, widget=area(4))


class ReplyForm(Form):
    """The consumer's reply to an inspection."""

    reply = forms.CharField(label=_("Reply"), max_length=4000, widget=area(4))


class CloseForm(Form):
    """Whether the reply suffices."""

    accepted = forms.ChoiceField(
        label=_("Does it suffice?"), choices=[("", "—"), ("yes", _("Yes")), ("no", _("No, back to the consumer"))]
    )
    opinion = forms.CharField(label=_("Opinion"), max_length=2000, widget=area(3))


class ThirdPartyForm(Form):
    """Which elements are to be passed to whom, and for what."""

    third_party = forms.CharField(label=_("Third party"), max_length=256)
    elements = forms.MultipleChoiceField(label=_("Elements"), widget=forms.CheckboxSelectMultiple)
    purpose = forms.CharField(label=_("Purpose"), max_length=2000, widget=area(3))
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=2000, widget=area(2))
    safeguards = forms.CharField(label=_("Safeguards"), max_length=2000, widget=area(2))
    until_on = forms.DateField(label=_("Last day"), widget=day())

    def __init__(self, *args: Any, elements: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["elements"].choices = list(elements)  # type: ignore[attr-defined]


class DecideForm(Form):
    """Consent or refusal, with reasons."""

    consents = forms.ChoiceField(label=_("Decision"), choices=[("", "—"), ("yes", _("Consent")), ("no", _("Refuse"))])
    opinion = forms.CharField(label=_("Reasons"), max_length=2000, widget=area(3))


class StatementForm(Form):
    """How it was provided."""

    statement = forms.CharField(label=_("How it was provided"), max_length=2000, widget=area(3))


class ReceivedForm(Form):
    """Whether the data arrived."""

    received = forms.ChoiceField(label=_("Did the data arrive?"), choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))])
    statement = forms.CharField(label=_("Remark"), max_length=2000, widget=area(2), required=False)


class AcknowledgeForm(Form):
    """What the provider says to a certificate of disposal."""

    opinion = forms.CharField(label=_("Remark"), max_length=2000, widget=area(2), required=False)
