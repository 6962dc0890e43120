"""Our codes and their counterparts at outside interfaces."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.kernel.permissions import SIGNED_IN
from gongxiang.platform.rulebook import actions, permissions
from gongxiang.platform.rulebook import mappings as known
from gongxiang.platform.web import lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.protocol import clock


class MappingForm(Form):
    """A counterpart and the day from which it holds."""

    value = forms.ChoiceField(label=gettext_lazy("Our value"))
    outside = forms.CharField(
        label=gettext_lazy("Their code"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Empty: the mapping ends that day."),
    )
    since = forms.DateField(label=gettext_lazy("Holds from"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    outgoing_only = forms.BooleanField(
        label=gettext_lazy("Outgoing only"),
        required=False,
        help_text=gettext_lazy("Their code is sent for this value, but read as another."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.fields["value"].choices = [  # type: ignore[attr-defined]
            (
                one.title.in_language(language),
                [
                    (f"{one.name}:{v}", f"{one.title.in_language(language)} · {t.in_language(language)}")
                    for v, t in one.values.items()
                ],
            )
            for one in known.mapped_lists().values()
        ]


@door(SIGNED_IN)
@require_safe
def mappings(request: ActingRequest) -> HttpResponse:
    """The outside interfaces, with how many of our values each knows."""
    today = beijing_date(clock.now())
    shown = [(name, title, len(known.mappings_of(name, on=today))) for name, title in known.interfaces().items()]
    return render(request, "rules/mappings.html", {"interfaces": shown})


@door(SIGNED_IN)
@require_safe
def interface(request: ActingRequest, interface: str) -> HttpResponse:
    """Every value and its counterpart, what held before too; as CSV with `export=csv`."""
    if request.GET.get("export") == "csv":
        columns: list[Any] = [
            (gettext_lazy("List"), lambda row: row.list),
            (gettext_lazy("Our value"), lambda row: row.value),
            (gettext_lazy("Their code"), lambda row: row.outside),
            (gettext_lazy("Holds from"), lambda row: row.since),
            (gettext_lazy("Until"), lambda row: row.until),
        ]
        return lists.export_csv(interface, columns, known.mappings_of(interface))
    return _show(request, interface, MappingForm(initial={"since": beijing_date(clock.now())}))


@door(permissions.KEEP_CODES)
@require_POST
def map_code(request: ActingRequest, interface: str) -> HttpResponse:
    """Enter, replace or end a counterpart."""
    form = MappingForm(request.POST)
    if form.is_valid():
        list_name, _colon, value = form.cleaned_data["value"].partition(":")
        try:
            actions.map_code(
                interface=interface, list_name=list_name, value=value, outside=form.cleaned_data["outside"],
                inbound=not form.cleaned_data["outgoing_only"], since=form.cleaned_data["since"], by=request.actor,
                at=clock.now(),
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The counterpart was entered."))
            return redirect("rules:mapping", interface)
    return _show(request, interface, form)


def _show(request: ActingRequest, interface: str, form: MappingForm) -> HttpResponse:
    rows = known.mappings_of(interface)
    groups = [
        (
            one,
            [
                (words, [row for row in rows if row.list == one.name and row.value == value])
                for value, words in one.values.items()
            ],
        )
        for one in known.mapped_lists().values()
    ]
    context = {
        "interface": interface,
        "title": known.interfaces()[interface],
        "groups": groups,
        "form": form,
        "may_keep": permissions.KEEP_CODES.allows(request.actor),
    }
    return render(request, "rules/mapping.html", context, status=422 if form.is_bound else 200)
