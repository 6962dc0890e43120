"""Forms of access tokens."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.interfaces.labels import CODES

_SCOPES = [(code.removeprefix("scope:"), word) for code, word in CODES.items()]


class OwnTokenForm(Form):
    """A token for scripts of one's own."""

    label = forms.CharField(label=_("What the token is for"), max_length=120)
    scopes = forms.MultipleChoiceField(
        label=_("What it opens"), choices=_SCOPES, widget=forms.CheckboxSelectMultiple, initial=["catalogue:read"]
    )
    days = forms.IntegerField(label=_("Days it lives"), initial=90, min_value=1)


class SystemTokenForm(OwnTokenForm):
    """A token for a system of the department; it never acts for a person."""

    system = forms.ChoiceField(label=_("System that calls"), help_text=_("From the register of systems."))
    field_order = ("system", "label", "scopes", "days")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [one for one in _SCOPES if one[0] != "catalogue:act"]  # type: ignore[attr-defined]
