"""Forms of the rulebook: they parse, the rules are the room's."""

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from gongxiang.law.instruments import Rank
from gongxiang.law.notices import NoticeDay, ReadNotice, UnreadableNotice, read_table
from gongxiang.law.rules import SITE, Rules
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.rulebook import notice_files, policies
from gongxiang.platform.rulebook.errors import FileTooLong, NoticeUnreadable
from gongxiang.platform.web import labels
from gongxiang.platform.web.declared import DeclaredFile
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.templatetags.law import instrument_name

#: Bytes of an uploaded text; the instruments have some ten thousand.
LARGEST_FILE = 1_000_000


def date_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A date by the browser's own picker."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )


def _whole(file: UploadedFile) -> bytes:
    """All of the file; raises FileTooLong, for half a text would be taken for the text."""
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise FileTooLong(field="file", most=LARGEST_FILE)
    return data


class NoticeForm(Form):
    """A holiday notice: pasted wording or a table."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    scope = forms.ChoiceField(label=_("What it is"))
    number = forms.CharField(
        label=_("Document number"), max_length=80, required=False, help_text=_("Read from the wording if left empty.")
    )
    title = forms.CharField(
        label=_("Title"), max_length=200, required=False, help_text=_("Read from the wording if left empty.")
    )
    text = forms.CharField(
        label=_("Wording, or a table"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Paste the notice as printed, or one day a line: 2027-01-01,放假,元旦 and 2027-01-03,上班."),
    )
    file = forms.FileField(label=_("Or a file (text, CSV, iCalendar or JSON)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = self.fields["scope"]
        assert isinstance(scope, forms.ChoiceField)
        scope.choices = [(s, labels.code("scope", s)) for s in ("state", "local")]

    def read(self) -> ReadNotice:
        """What the wording or table says; raises a refusal at its field."""
        text = self.cleaned_data["text"]
        if self.cleaned_data["file"] is not None:
            text = policies.decode_text(_whole(self.cleaned_data["file"]))
        return notice_files.read_file(text, year=self.cleaned_data["year"])


class ConfirmNoticeForm(Form):
    """What was shown in the preview, sent back to be entered."""

    year = forms.IntegerField(widget=forms.HiddenInput)
    scope = forms.CharField(widget=forms.HiddenInput)
    number = forms.CharField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(widget=forms.HiddenInput, required=False)
    days = forms.CharField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)

    def read_days(self) -> tuple[NoticeDay, ...]:
        """The days of the table."""
        try:
            return read_table(self.cleaned_data["days"]).days
        except UnreadableNotice as unreadable:
            raise NoticeUnreadable(line=unreadable.line) from None


class TextForm(Form):
    """The full text of an instrument."""

    file = forms.FileField(label=_("Text file (.txt)"), required=False)
    text = forms.CharField(
        label=_("Or paste the text"), required=False, max_length=500_000, widget=forms.Textarea(attrs={"rows": 14})
    )

    def clean(self) -> dict[str, Any]:
        """One of the two is needed."""
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not (cleaned.get("text") or "").strip():
            self.add_error("text", translation.gettext("Choose a file or paste the text."))
        return cleaned

    def read(self) -> tuple[str, str]:
        """The text and the name of its file; raises a refusal."""
        file = self.cleaned_data["file"]
        if file is None:
            return self.cleaned_data["text"], ""
        return policies.decode_text(_whole(file)), str(file.name)


class ChooseForm(Form):
    """Which instrument wins from a day on."""

    instrument = forms.ChoiceField(label=_("Which wins"), widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=_("Working days of our own"), required=False, min_value=1, help_text=_("Only with the authority's own number.")
    )
    since = date_field(_("From"), help_text=_("Cases begun before keep the rule they began under."))
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, rules: Rules, rule: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(policies.available_instruments(rules, rule, today))
        most = policies.longest_lawful(rules, rule, today)
        if most:
            offered.append(SITE)
        else:
            del self.fields["days"]
        field = self.fields["instrument"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one, instrument_name(one)) for one in offered]


class StatuteForm(Form):
    """A statute for the register."""

    title = forms.CharField(label=_("Title"), max_length=200)
    number = forms.CharField(label=_("Document number"), max_length=80)
    rank = forms.ChoiceField(label=_("Rank"))
    issuer = forms.CharField(label=_("Issued by"), max_length=200, required=False)
    article = forms.CharField(label=_("Article"), max_length=80, help_text=_("For example 第十三条第二款."))
    in_force_from = date_field(_("In force from"))
    in_force_until = date_field(_("In force until"), required=False, help_text=_("Empty while it is in force."))
    text = forms.CharField(label=_("Wording of the article"), required=False, max_length=10_000, widget=forms.Textarea)
    url = forms.CharField(label=_("Address"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rank"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(rank.value, labels.code("rank", rank.value)) for rank in Rank]


class StatuteFileForm(Form):
    """The text of a statute as a file."""

    file = DeclaredFile(label=_("File of the statute"), help_text=_("PDF, OFD, Word, JPG or PNG."))


class StatuteSearchForm(Form):
    """The filters of the register."""

    q = forms.CharField(label=_("Title, number or article"), required=False, max_length=100)
    rank = forms.ChoiceField(label=_("Rank"), required=False)
    force = forms.ChoiceField(
        label=_("In force"), required=False, choices=[("", _("All")), ("now", _("Today")), ("ended", _("Ended"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rank"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", translation.gettext("All")), *((r.value, labels.code("rank", r.value)) for r in Rank)]


class EndStatuteForm(Form):
    """The last day of a statute."""

    in_force_until = date_field(_("Last day in force"))
    reason = forms.CharField(label=_("Reason"), max_length=500)


class CodeForm(Form):
    """A new code."""

    code = forms.CharField(label=_("Code"), max_length=40)
    label_zh = forms.CharField(label=_("Name in Chinese"), max_length=80)
    label_en = forms.CharField(label=_("Name in English"), max_length=120)


class ParameterForm(Form):
    """A new value."""

    value = forms.IntegerField(label=_("Value"))


def show(form: Form, refusal: Refusal) -> None:
    """Show a refusal about `days` at the wording, where the person can mend it."""
    for one in getattr(refusal, "shortfalls", (refusal,)):
        if one.field == "days" and "days" not in form.fields:
            one.field = "text"
    form.show_refusal(refusal)
