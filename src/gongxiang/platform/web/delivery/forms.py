"""Forms of the exchange."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue.values import ElementRef
from gongxiang.platform.web.forms import Form


class NodeForm(Form):
    """A new node."""

    name = forms.CharField(
        label=_("Name of the node"), max_length=80, required=False, help_text=_("For example the department and the room.")
    )

    def __init__(self, *args: Any, departments: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(departments) > 1:
            field = forms.ChoiceField(label=_("Department"), choices=[(str(i), name) for i, name in departments])
            field.widget.attrs["class"] = "form-select"
            self.fields["department"] = field


class AdmitForm(Form):
    """The name of the key that the machine shows, compared."""

    confirmed_key = forms.CharField(
        label=_("Key read out from the machine"), max_length=200, required=False,
        help_text=_("16 digits: `gongxiang node enroll` and `gongxiang node status` show them on the machine."),
    )  # fmt: skip


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class TableForm(Form):
    """Which table of which node."""

    node = forms.ChoiceField(label=_("Node"))
    table = forms.CharField(
        label=_("Table (schema.table)"), max_length=130, help_text=_("As the source database names it, e.g. public.area.")
    )

    def __init__(self, *args: Any, nodes: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].choices = [(str(i), name) for i, name in nodes]  # type: ignore[attr-defined]


class MappingForm(Form):
    """A column of the source table for each element."""

    def __init__(self, *args: Any, elements: Sequence[ElementRef], columns: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elements = [element for element in elements if element.shareable and element.code]
        for element in self.elements:
            field = forms.ChoiceField(
                label=f"{element.name or element.code} ({element.code})", required=False, choices=[("", "—"), *columns]
            )
            field.widget.attrs["class"] = "form-select"
            self.fields[f"column_{element.code}"] = field

    def mapped(self) -> dict[str, str]:
        """Element code -> column."""
        found = {element.code: self.cleaned_data[f"column_{element.code}"] for element in self.elements}
        return {code: column for code, column in found.items() if column}
