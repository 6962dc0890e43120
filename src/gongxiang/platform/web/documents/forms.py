"""Forms of issued documents."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.web.forms import Form


class WithdrawForm(Form):
    """Why a document is no longer valid."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class VerifyForm(Form):
    """A code from paper, or the file itself beside it."""

    code = forms.CharField(label=_("Verification code"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    file = forms.FileField(label=_("The PDF you hold (if you want it compared)"), required=False)
