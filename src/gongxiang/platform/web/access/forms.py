"""Forms of access requests."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.access.policies import NOTICE_FIELDS, REFUSAL_GROUNDS
from gongxiang.platform.access.queries import AccessRequestView
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.grants.policies import LARGEST_VOLUME
from gongxiang.platform.web import labels
from gongxiang.platform.web.declared import DeclaredFile, DeclaredFileInput
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.grants.forms import TermsForm, choices
from gongxiang.protocol.terms import VOLUME_LIMITS, Purpose


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _amount(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=LARGEST_VOLUME)


class RequestForm(Form):
    """What an applicant writes; everything may be missing while it is a draft, so the policies say what lacks."""

    needed = frozenset({"legal_basis", "purposes", "use_case", "scope", "elements", "mode", "until", "handlers"})

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
    handlers = forms.MultipleChoiceField(
        label=_("Handlers"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Who handles the data answers for them: name everybody who will."),
    )  # fmt: skip
    ban = forms.BooleanField(label=_("We accept this text for this request."), required=False)

    def __init__(
        self,
        *args: Any,
        resource: ResourceRef,
        staff: Sequence[tuple[str, str]] = (),
        only: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handlers"].choices = list(staff)  # type: ignore[attr-defined]
        declared = [str(p) for p in resource.purposes]
        self.fields["purposes"].choices = [  # type: ignore[attr-defined]
            (p.value, _purpose(p.value, declared)) for p in Purpose
        ]
        self.fields["elements"].choices = [  # type: ignore[attr-defined]
            (e.code, f"{e.name or e.code} ({e.code})") for e in resource.elements if e.shareable
        ]
        self.fields["mode"].choices = choices("mode", [k.lower() for k in resource.content.kinds])  # type: ignore[attr-defined]

        # Where a notice named fields, those alone are written anew, and marked.
        for name in [name for name in self.fields if only and name not in only]:
            del self.fields[name]
        for name in only:
            if name in self.fields:
                self.fields[name].widget.attrs["data-named"] = "notice"
                self.fields[name].help_text = _("Named by the notice: look at this field again.")

    def written_only(self) -> dict[str, Any]:
        """The fields that are there, as completing takes them."""
        values = {name: self.cleaned_data[name] for name in self.fields}
        if "handlers" in values:
            values["handlers"] = [UUID(one) for one in values["handlers"]]
        return values

    def written(self) -> dict[str, Any]:
        """The fields as the acts take them."""
        names = ("legal_basis", "purposes", "purpose_note", "use_case", "scope", "elements", "mode", "until")
        values = {name: self.cleaned_data[name] for name in names}
        lines = [line.strip()[:300] for line in self.cleaned_data["materials"].splitlines() if line.strip()]
        volume = {name: limit for name in VOLUME_LIMITS if (limit := self.cleaned_data[name]) is not None}
        mode = values["mode"] or "table"
        volume = {} if mode == "table" else volume
        handlers = [UUID(one) for one in self.cleaned_data["handlers"]]
        return {**values, "mode": mode, "volume": volume, "materials": lines, "handlers": handlers}


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
    """A list, one item a line, and the fields of the request that it speaks of."""

    fields_named = forms.MultipleChoiceField(
        label=_("Fields of the request that have to be written anew"), required=False, widget=forms.CheckboxSelectMultiple
    )

    missing = forms.CharField(
        label=_("Everything that is missing, one item a line"), max_length=3000, widget=_area(6), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_named"].choices = choices("request_field", NOTICE_FIELDS)  # type: ignore[attr-defined]

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

    working_days = forms.IntegerField(label=_("Additional working days"), min_value=1, max_value=60)
    reason = forms.CharField(label=_("What keeps you from replying in time"), max_length=2000, widget=_area(4), required=False)


class ExtensionAnswerForm(Form):
    """The authority's answer to an asking."""

    allow = forms.ChoiceField(
        label=_("Answer"),
        widget=forms.RadioSelect,
        choices=(("yes", _("Consent to the extension")), ("no", _("Do not consent"))),
    )
    opinion = forms.CharField(label=_("Opinion"), max_length=2000, widget=_area(3), required=False)


class SeveralFiles(DeclaredFileInput):
    """A field that takes several files, stated to hold no secrets."""

    allow_multiple_selected = True


class MessageForm(Form):
    """A message with files."""

    text = forms.CharField(label=_("Message"), max_length=4000, widget=_area(4), required=False)
    attached = DeclaredFile(label=_("Files (at most five)"), required=False, widget=SeveralFiles())


class ReasonForm(Form):
    """Why an officer accepts what a grant would complete."""

    aggregation_reason = forms.CharField(
        label=_("If a warning stands at a reply: why it is acceptable"), max_length=2000, widget=_area(3), required=False
    )


class BatchForm(Form):
    """One reply for several requests."""

    outcome = forms.ChoiceField(
        label=_("Reply"), widget=forms.RadioSelect, choices=(("grant", _("Grant the request")), ("refuse", _("Refuse")))
    )
    like = forms.ChoiceField(
        label=_("Terms"), required=False, help_text=_("An earlier reply gives its elements, masks, filter and volume.")
    )
    ground = forms.ChoiceField(label=_("Ground of the refusal"), required=False)
    text = forms.CharField(label=_("Reasons and remarks"), required=False, max_length=4000, widget=_area(4))

    def __init__(self, *args: Any, earlier: Sequence[AccessRequestView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        like = [
            (str(one.id), _("like %(number)s to %(who)s") % {"number": one.number, "who": one.consumer_name}) for one in earlier
        ]
        self.fields["like"].choices = [("", _("as asked")), *like]  # type: ignore[attr-defined]
        self.fields["ground"].choices = choices("ground", REFUSAL_GROUNDS, empty=True)  # type: ignore[attr-defined]


class CombinationForm(Form):
    """A sensitive combination."""

    title = forms.CharField(label=_("Name of the combination"), max_length=100, required=False)
    traits = forms.CharField(
        label=_("Traits, one a line"), max_length=3000, widget=_area(4), required=False,
        help_text=_("“name: word, word” – an element has the trait if its name or code has one of the words."),
    )  # fmt: skip
    reason = forms.CharField(label=_("What they reveal together"), max_length=1000, widget=_area(2), required=False)

    def traits_given(self) -> list[tuple[str, list[str]]]:
        """The lines, read."""
        found = []
        for line in self.cleaned_data["traits"].splitlines():
            name, _colon, words = line.replace("：", ":").partition(":")
            for sign in "，、；;":
                words = words.replace(sign, ",")
            found.append((name, words.split(",")))
        return found
