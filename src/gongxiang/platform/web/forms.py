"""Base of every form: Bootstrap's classes, errors tied to their fields for screen readers, refusals shown beside fields."""

from typing import Any, ClassVar

from django import forms

from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState


class Form(forms.Form):
    """A form of the site; `show_refusal` puts a named refusal where the person can mend it."""

    required_css_class = "required"
    #: Fields that may lack in a draft but not when it is sent: marked like those that are required at once.
    needed: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusals: list[Refusal] = []
        #: Why the act is not possible now, where the form was opened all the same; and the way back.
        self.closed: Refusal | None = None
        self.closed_back = self.closed_advice = ""
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

    def close(self, refusal: Refusal, *, back: str) -> None:
        """Say at opening that the act is not possible now: nothing can be typed or sent, and the way back is shown."""
        self.closed, self.closed_back = refusal, back
        # "Reload the page" helps who sent a form too late; who opens one too early or too late reads on the case's page.
        self.closed_advice = "" if isinstance(refusal, WrongState) else refusal.advice
        for field in self.fields.values():
            field.widget.attrs["disabled"] = True

    def _mark(self, name: str) -> None:
        if name in self.fields:
            attributes = self.fields[name].widget.attrs
            if "is-invalid" not in attributes.get("class", ""):
                attributes["class"] = f"{attributes.get('class', '')} is-invalid".strip()
            attributes["aria-invalid"] = "true"
