"""The search form."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.web.forms import Form
from gongxiang.protocol.clock import BEIJING


class SearchForm(Form):
    """Filters of the evidence; all optional."""

    q = forms.CharField(label=_("Act, person or number"), required=False, max_length=100)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def span(self) -> tuple[datetime | None, datetime | None]:
        """The half-open span of instants that the two days mean in Beijing time."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        return (
            datetime.combine(since, time(), BEIJING) if since else None,
            datetime.combine(until + timedelta(days=1), time(), BEIJING) if until else None,
        )
