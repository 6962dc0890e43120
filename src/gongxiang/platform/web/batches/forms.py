"""What is said to many at once."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.web.forms import Form


class BatchForm(Form):
    """What is said to many entries at once."""

    remark = forms.CharField(
        label=_("Remark"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text=_("Needed to return entries."),
    )
    secrecy_statement = forms.CharField(
        label=_("Secrecy statement"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), required=False,
        help_text=_("Needed to consent: it is recorded for every entry."),
    )  # fmt: skip
    standing = forms.BooleanField(
        label=_("I give standing consent for those that are unconditional: requests are granted at once."), required=False
    )
