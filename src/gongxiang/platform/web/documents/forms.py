"""Forms of issued documents."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.documents.library import KINDS
from gongxiang.platform.web.declared import DeclaredFile
from gongxiang.platform.web.documents.labels import CODES
from gongxiang.platform.web.forms import Form


class WithdrawForm(Form):
    """Why a document is no longer valid."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class VerifyForm(Form):
    """A code from paper, or the file itself beside it."""

    code = forms.CharField(label=_("Verification code"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    file = forms.FileField(label=_("The PDF you hold (if you want it compared)"), required=False)


class VersionForm(Form):
    """The file of a rule, from when it applies, and what changed."""

    effective_on = forms.DateField(label=_("Applies from"), widget=forms.DateInput(attrs={"type": "date"}))
    changes = forms.CharField(label=_("What changed"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    file = DeclaredFile(label=_("File"))


class RuleForm(Form):
    """A new rule."""

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind of rule"), choices=[(one, CODES[f"rule_kind:{one}"]) for one in KINDS])
    effective_on = forms.DateField(label=_("Applies from"), widget=forms.DateInput(attrs={"type": "date"}))
    file = DeclaredFile(label=_("File"))
