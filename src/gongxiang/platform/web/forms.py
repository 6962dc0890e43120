"""Base of every form: Bootstrap's classes, errors tied to their fields for screen readers, refusals shown beside fields."""

from typing import Any

from django import forms

from gongxiang.platform.kernel.errors import Refusal, Shortfalls


class Form(forms.Form):
    """A form of the site; `show_refusal` puts a named refusal where the person can mend it."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusals: list[Refusal] = []
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.CheckboxInput)):
                css = "form-check-input"
            elif isinstance(widget, forms.Select):
                css = "form-select"
            else:
                css = "form-control"
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()

    def full_clean(self) -> None:
        """Validate, and mark the widgets of wrong fields."""
        super().full_clean()
        for name in self.errors:
            self._mark(name)

    def show_refusal(self, refusal: Refusal) -> None:
        """Show a refusal (each of its shortfalls) at its field, or above the form with article and next step."""
        for one in refusal.shortfalls if isinstance(refusal, Shortfalls) else (refusal,):
            if one.field in self.fields:
                self.add_error(one.field, one.message)
                self._mark(one.field)
            else:
                self.refusals.append(one)

    def _mark(self, name: str) -> None:
        if name in self.fields:
            attributes = self.fields[name].widget.attrs
            if "is-invalid" not in attributes.get("class", ""):
                attributes["class"] = f"{attributes.get('class', '')} is-invalid".strip()
            attributes["aria-invalid"] = "true"
