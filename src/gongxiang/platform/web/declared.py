"""A file that is handed in with the statement that it holds no secrets (办法 4(1)): the field that asks for both."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: What the box is called beside a file of the name.
BOX = "{}_not_secret"


class DeclaredFileInput(forms.FileInput):
    """The choice of a file with the statement to tick beneath it."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The file and its box."""
        return format_html("{}{}", super().render(name, value, attrs, renderer), box(name))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The file, with whether the statement was ticked."""
        file = super().value_from_datadict(data, files, name)
        for one in file if isinstance(file, list) else [file] if file else []:
            one.not_secret = BOX.format(name) in data
        return file


class DeclaredFile(forms.FileField):
    """A file; refused where one is chosen and the statement is not ticked."""

    widget = DeclaredFileInput
    default_error_messages = {"declared": _("Tick that the file holds no secrets.")}

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The file."""
        several = data if isinstance(data, list) else [data]
        found = [super(DeclaredFile, self).clean(one, initial) for one in several] or [None]
        if not all(getattr(one, "not_secret", False) for one in several if one):
            raise forms.ValidationError(self.error_messages["declared"], code="declared")
        return found if isinstance(data, list) else found[0]


def box(name: str) -> SafeString:
    """The statement with its box."""
    return format_html(
        '<div class="form-check"><input class="form-check-input" type="checkbox" id="id_{0}" name="{0}">'
        ' <label class="form-check-label" for="id_{0}">{1}</label></div>',
        BOX.format(name), gettext("What I hand in holds no state secret and no work secret."),
    )  # fmt: skip
