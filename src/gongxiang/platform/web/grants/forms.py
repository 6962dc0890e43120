"""Forms of grants; `TermsForm` serves the reply to a request as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue.values import ElementRef
from gongxiang.platform.grants.policies import (
    DISPOSAL_METHODS,
    LARGEST_VOLUME,
    NARROW_REASONS,
    PROTECT_GROUNDS,
    mask_fits,
    value_count,
)
from gongxiang.platform.web import labels
from gongxiang.platform.web.forms import Form
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.terms import VOLUME_LIMITS, Comparison, Condition, Mask, MaskKind, Purpose, Terms, Volume

#: Rows of the filter's editor.
CONDITIONS = 4


def choices(table: str, codes: Sequence[str], *, empty: bool = False) -> list[tuple[str, Any]]:
    """Codes with their words."""
    words = [(code, labels.code(table, code)) for code in codes]
    return [("", "—"), *words] if empty else words


@dataclass(frozen=True)
class ElementRow:
    """The fields of one element in the editor."""

    element: ElementRef
    asked: bool
    granted: Any
    mask: Any
    prefix: Any
    suffix: Any


def _limit(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=LARGEST_VOLUME)


class TermsForm(Form):
    """Elements, masks, row filter, volume, purposes and the last day."""

    calls_per_day = _limit(_("Calls a day, at most"))
    rows_per_day = _limit(_("Rows a day, at most"))
    rows_in_all = _limit(_("Rows in all, at most"))

    purposes = forms.MultipleChoiceField(label=_("Granted purposes"), widget=forms.CheckboxSelectMultiple)
    until = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(
        self, *args: Any, elements: Sequence[ElementRef], asked: Sequence[str], purposes: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.elements = [element for element in elements if element.shareable]
        self.asked = list(asked)
        self.fields["purposes"].choices = choices("purpose", list(purposes))  # type: ignore[attr-defined]
        masks = choices("mask", [kind.value for kind in MaskKind])
        for element in self.elements:
            name = element.name or element.code
            fitting = [(code, word) for code, word in masks if mask_fits(Mask(kind=MaskKind(code)), element.spec())]
            self._add(f"grant_{element.code}", forms.BooleanField(required=False, label=_("Grant %(name)s") % {"name": name}))
            self._add(
                f"mask_{element.code}",
                forms.ChoiceField(
                    required=False, label=_("Mask of %(name)s") % {"name": name}, choices=[("", _("as it is")), *fitting]
                ),
            )
            for side, label in (("prefix", _("First characters of %(name)s")), ("suffix", _("Last characters of %(name)s"))):
                field = forms.IntegerField(required=False, min_value=0, max_value=99, label=label % {"name": name})
                self._add(f"{side}_{element.code}", field)
        codes = [("", "—"), *((element.code, element.name or element.code) for element in self.elements)]
        operators = choices("operator", [operator.value for operator in Comparison], empty=True)
        for row in range(CONDITIONS):
            number = {"n": row + 1}
            self._add(
                f"element_{row}", forms.ChoiceField(required=False, label=_("Filter %(n)d: element") % number, choices=codes)
            )
            self._add(
                f"operator_{row}",
                forms.ChoiceField(required=False, label=_("Filter %(n)d: operator") % number, choices=operators),
            )
            self._add(f"values_{row}", forms.CharField(required=False, max_length=500, label=_("Filter %(n)d: value") % number))

    def _add(self, name: str, field: forms.Field) -> None:
        widget = field.widget
        select = "form-select" if isinstance(widget, forms.Select) else "form-control"
        css = "form-check-input" if isinstance(widget, forms.CheckboxInput) else select
        widget.attrs["class"] = css
        widget.attrs["aria-label"] = str(field.label)
        self.fields[name] = field

    @property
    def rows(self) -> list[ElementRow]:
        """The element table of the editor."""
        return [
            ElementRow(
                e,
                e.code in self.asked,
                self[f"grant_{e.code}"],
                self[f"mask_{e.code}"],
                self[f"prefix_{e.code}"],
                self[f"suffix_{e.code}"],
            )
            for e in self.elements
        ]

    @property
    def conditions(self) -> list[tuple[Any, Any, Any]]:
        """The filter's rows of the editor."""
        return [(self[f"element_{n}"], self[f"operator_{n}"], self[f"values_{n}"]) for n in range(CONDITIONS)]

    def terms(self) -> dict[str, Any]:
        """What was chosen, as the acts take it; whether it can stand is the policies' to say."""
        value = self.cleaned_data.get
        granted = [e.code for e in self.elements if value(f"grant_{e.code}")]
        masks = {
            code: Mask(kind=MaskKind(kind), prefix=value(f"prefix_{code}") or 0, suffix=value(f"suffix_{code}") or 0)
            for code in granted
            if (kind := value(f"mask_{code}"))
        }
        conditions = []
        for row in range(CONDITIONS):
            element, operator = value(f"element_{row}"), value(f"operator_{row}")
            if element and operator:
                conditions.append(Condition(element=element, operator=Comparison(operator), values=self._values(row, operator)))
        return {
            "elements": tuple(granted),
            "masks": masks,
            "conditions": tuple(conditions),
            "volume": Volume(**{name: value(name) for name in VOLUME_LIMITS}),
            "purposes": tuple(Purpose(p) for p in value("purposes") or ()),
        }

    def _values(self, row: int, operator: str) -> tuple[str, ...]:
        text = str(self.cleaned_data.get(f"values_{row}") or "").strip()
        wanted = value_count(Comparison(operator))
        if wanted == 0 or not text:
            return ()
        if wanted == 1:
            return (text,)
        for sign in "，、；;":
            text = text.replace(sign, ",")
        return tuple(part.strip() for part in text.split(",") if part.strip())


def initial_of(terms: Terms) -> dict[str, Any]:
    """The editor's fields for terms in force."""
    last = (terms.valid_until - timedelta(microseconds=1)).astimezone(BEIJING).date()
    purposes = [p.value for p in terms.purposes]
    return initial_fields(terms.elements, terms.masks, terms.conditions, purposes, last, terms.volume)


def initial_fields(
    elements: Sequence[str],
    masks: dict[str, Mask],
    conditions: Sequence[Condition],
    purposes: Sequence[str],
    until: date | None,
    volume: Volume = Volume(),
) -> dict[str, Any]:
    """The editor's fields for these terms."""
    values: dict[str, Any] = {
        "purposes": list(purposes),
        "until": until,
        **{name: getattr(volume, name) for name in VOLUME_LIMITS},
    }
    for code in elements:
        values[f"grant_{code}"] = True
    for code, mask in masks.items():
        values |= {f"mask_{code}": mask.kind.value, f"prefix_{code}": mask.prefix, f"suffix_{code}": mask.suffix}
    for row, condition in enumerate(conditions[:CONDITIONS]):
        values |= {
            f"element_{row}": condition.element,
            f"operator_{row}": condition.operator.value,
            f"values_{row}": ", ".join(condition.values),
        }
    return values


class ReviseForm(TermsForm):
    """Narrower terms: why, and from the end of which day, or at once."""

    reason = forms.ChoiceField(label=_("Why less is given"))
    statement = forms.CharField(label=_("In your own words"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    narrows_on = forms.DateField(
        label=_("Last day of the present terms"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Not needed where it cannot wait: a security risk or a change of law takes effect at once."),
    )
    everywhere = forms.BooleanField(label=_("Take the same elements from every other grant of this resource"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            (_("Announced, heard and filed first"), choices("narrow_reason", NARROW_REASONS)),
            (_("At once, heard and filed afterwards"), choices("narrow_reason", PROTECT_GROUNDS)),
        ]

    @property
    def at_once(self) -> bool:
        """Whether the reason is one that cannot wait."""
        return self.cleaned_data.get("reason") in PROTECT_GROUNDS

    def clean(self) -> dict[str, Any]:
        """A day is needed unless it cannot wait."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("reason") in NARROW_REASONS and not cleaned.get("narrows_on") and "narrows_on" not in self.errors:
            self.add_error("narrows_on", _("State the last day of the present terms."))
        return cleaned


class ReasonForm(Form):
    """A reason from a list, and what happened in words."""

    reason = forms.ChoiceField(label=_("Reason"))
    statement = forms.CharField(label=_("What happened"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)

    def __init__(self, *args: Any, table: str, codes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = choices(table, codes, empty=True)  # type: ignore[attr-defined]


class SuspendForm(ReasonForm):
    """A suspension, with what is to be put right and by when."""

    demand = forms.CharField(
        label=_("What is to be put right"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False,
        help_text=_("For misuse or a security risk; left empty, the statement stands."),
    )  # fmt: skip
    rectify_on = forms.DateField(
        label=_("To be put right by"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text=_("Left empty, the usual period runs."),
    )  # fmt: skip


class StatementForm(Form):
    """One statement."""

    statement = forms.CharField(label=_("What was put right"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)


class DisposalForm(Form):
    """How delivered data were disposed of."""

    method = forms.ChoiceField(label=_("Way of disposal"))
    rows_disposed = forms.IntegerField(label=_("Rows concerned"), min_value=0, max_value=10**15 - 1)
    statement = forms.CharField(
        label=_("What was done, where and by whom"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
    witness = forms.CharField(label=_("Witness (name and post)"), max_length=200)
    retention_basis = forms.CharField(
        label=_("Legal basis, if something is kept"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = choices("disposal_method", DISPOSAL_METHODS, empty=True)  # type: ignore[attr-defined]
