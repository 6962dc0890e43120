"""Forms of agreements."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.agreements.actions import Draft
from gongxiang.platform.web.agreements.labels import choices
from gongxiang.platform.web.declared import DeclaredFile
from gongxiang.platform.web.forms import Form


class DraftForm(Form):
    """What the department fills in; the rest of the text is the authority's."""

    role = forms.ChoiceField(label=_("The department takes part as"), choices=choices("agreement_role"), initial="both")
    scope = forms.CharField(
        label=_("Scope of the catalogue"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Which part of the catalogue the department provides and obtains."),
    )
    purposes = forms.MultipleChoiceField(
        label=_("Purposes"), choices=choices("agreement_purpose"), widget=forms.CheckboxSelectMultiple
    )
    modes = forms.MultipleChoiceField(
        label=_("Ways of sharing"), choices=choices("agreement_mode"), widget=forms.CheckboxSelectMultiple
    )
    contact = forms.CharField(label=_("Contact post"), max_length=120)
    telephone = forms.CharField(label=_("Office telephone"), max_length=40)
    valid_from = forms.DateField(label=_("First day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    valid_until = forms.DateField(label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    supplement = forms.CharField(label=_("Further terms"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def draft(self) -> Draft:
        """The cleaned form as the act takes it."""
        return Draft(**self.cleaned_data)


class SignForm(Form):
    """Both factors of the signing officer."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code of the authenticator"),
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class SealForm(Form):
    """The scan of a sealed paper."""

    file = DeclaredFile(label=_("Scan of the sealed paper"), help_text=_("PDF, OFD, JPG or PNG, at most 20 MB."))
    figures = forms.CharField(
        label=_("First eight figures of the digest on the paper"),
        max_length=64,
        help_text=_("They stand beside “SM3” at the foot of the printed text and show that the paper is this text."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CountersealForm(SealForm):
    """The copy that both sides sealed."""

    compared = forms.BooleanField(
        label=_("I have read the scans of both copies against the text, and they say the same."), required=False
    )


class ReasonForm(Form):
    """Why an agreement is returned or ended."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


class TemplateForm(Form):
    """The text of the agreement."""

    title = forms.CharField(label=_("Title"), max_length=200)
    body = forms.CharField(
        label=_("Body of the text"),
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=_("Words in braces are filled in for each agreement, as in the proposal."),
    )
