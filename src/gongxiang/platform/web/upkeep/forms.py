"""Forms of changes of remit and re-checks."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue.actions.remit import Document
from gongxiang.platform.catalogue.queries_remit import KINDS
from gongxiang.platform.grants.stopping import STOP_REASONS
from gongxiang.platform.web import labels
from gongxiang.platform.web.declared import DeclaredFile
from gongxiang.platform.web.forms import Form


def area(rows: int = 3) -> forms.Textarea:
    """A text of several lines."""
    return forms.Textarea(attrs={"rows": rows})


def day() -> forms.DateInput:
    """A day, with the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RemitForm(Form):
    """The document of a change of remit and what it asks of the catalogue."""

    kind = forms.ChoiceField(label=_("What changed"), choices=[("", "—"), *KINDS.items()], required=False)
    title = forms.CharField(label=_("Title of the document"), max_length=300, required=False)
    number = forms.CharField(label=_("Number of the document"), max_length=100, required=False)
    dated = forms.DateField(label=_("Date of the document"), widget=day(), required=False)
    changed_on = forms.DateField(
        label=_("Day of the change"), widget=day(), required=False,
        help_text=_("When it took effect for the department. The period runs from this day, which is not counted."),
    )  # fmt: skip
    file = DeclaredFile(
        label=_("The document itself"), required=False, help_text=_("PDF, OFD, Word, Excel or image, at most 20 MB."),
    )  # fmt: skip
    description = forms.CharField(label=_("What changes"), max_length=4000, widget=area(), required=False)
    new = forms.CharField(
        label=_("New entries needed"), max_length=4000, widget=area(), required=False, help_text=_("One name a line.")
    )
    #: Errors about the list of entries are shown here; the list itself is a table.
    update = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tasks = tasks_in(self.data) if self.is_bound else {}

    def document(self) -> Document:
        """What was typed of the document."""
        data = self.cleaned_data
        return Document(
            kind=data["kind"], title=data["title"], number=data["number"], dated=data["dated"], changed_on=data["changed_on"],
            description=data["description"],
        )  # fmt: skip

    def entries(self) -> dict[str, Any]:
        """What it touches, as the action takes it."""
        return {
            "update": [key for key, task in self.tasks.items() if task == "UPDATE"],
            "withdraw": [key for key, task in self.tasks.items() if task == "WITHDRAW"],
            "new": self.cleaned_data.get("new", "").splitlines()[:200],
        }


class MoreForm(Form):
    """What was overlooked at registration."""

    new = forms.CharField(
        label=_("New entries needed"), max_length=4000, widget=area(), required=False, help_text=_("One name a line.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tasks = tasks_in(self.data) if self.is_bound else {}

    def entries(self) -> dict[str, Any]:
        """What it touches besides."""
        return {
            "update": [key for key, task in self.tasks.items() if task == "UPDATE"],
            "withdraw": [key for key, task in self.tasks.items() if task == "WITHDRAW"],
            "new": self.cleaned_data.get("new", "").splitlines()[:200],
        }


def tasks_in(data: Mapping[str, Any]) -> dict[UUID, str]:
    """`task-<id>` fields with a choice, by id; nonsense is left out."""
    found: dict[UUID, str] = {}
    for name in list(data)[:3000]:
        if name.startswith("task-") and data[name] in ("UPDATE", "WITHDRAW"):
            try:
                found[UUID(name.removeprefix("task-"))] = str(data[name])
            except ValueError:
                continue
    return found


class ExtensionForm(Form):
    """A request for more time."""

    days = forms.IntegerField(label=_("Working days"), min_value=0, max_value=60)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=area(2), required=False)


class DecisionForm(Form):
    """The authority's answer."""

    opinion = forms.CharField(label=_("Opinion"), max_length=2000, widget=area(2), required=False)


class ReasonForm(Form):
    """A reason."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=area(2), required=False)


class NewEntryForm(Form):
    """Which entry answers the need for a new one."""

    resource_id = forms.ChoiceField(label=_("Entry compiled for it"))

    def __init__(self, *args: Any, candidates: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource_id"].choices = [(str(key), name or str(_("(no name yet)"))) for key, name in candidates]  # type: ignore[attr-defined]


class StatementForm(Form):
    """Why an entry is still withheld on the same basis."""

    statement = forms.CharField(
        label=_("Why it is still withheld"), max_length=2000, widget=area(), required=False,
        help_text=_("Which words of the statute still forbid sharing, and that they are unchanged."),
    )  # fmt: skip


class AnnounceForm(Form):
    """Why and when sharing ends."""

    reason = forms.ChoiceField(label=_("Reason"), choices=())
    statement = forms.CharField(label=_("In your own words"), max_length=4000, widget=area(), required=False)
    stops_on = forms.DateField(label=_("Last day of sharing"), widget=day())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *((code, labels.code("stop_reason", code)) for code in STOP_REASONS)]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]


class AnswerForm(Form):
    """What a consumer says."""

    answer = forms.ChoiceField(label=_("Answer"), choices=[("", "—"), ("AGREED", _("Agrees")), ("OBJECTED", _("Objects"))])
    statement = forms.CharField(
        label=_("Reason"), max_length=2000, widget=area(2), required=False, help_text=_("Needed with an objection.")
    )
