"""Entering by hand a use that no program saw."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gongxiang.platform.grants import permissions, queries, queries_use
from gongxiang.platform.grants.entered_use import enter_use
from gongxiang.platform.web import labels
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.use.forms import EnterForm, bound
from gongxiang.platform.web.use.shown import run
from gongxiang.platform.web.use.views_cases import begin


@door(permissions.ENTER_USE)
@require_http_methods(["GET", "POST"])
def enter(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """The consumer's desk enters a file, a paper or an own system in which the data were used."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    permissions.check_own_department(permissions.ENTER_USE, request.actor, grant.consumer_id)
    named = queries_use.handlers_of(grant_id, actor=request.actor)
    choices: dict[str, Any] = {
        "people": [(str(one.id), one.person_name) for one in named],
        "purposes": [(one.value, labels.code("purpose", one.value)) for one in queries.current_terms(grant_id).purposes],
    }

    def page(form: Form, status: int = 200) -> HttpResponse:
        title, basis = _("Enter a use by hand"), ("wushen-2021-60:22.2", "cn-809:29.2")
        return begin(request, grant, title, basis, "use:enter", form, status=status)

    if request.method != "POST":
        return page(EnterForm(prefix="enter", **choices))
    form = bound(EnterForm, request, "enter", **choices)
    return run(
        request, form, lambda who: enter_use(
            grant_id=grant_id, **{**form.cleaned_data, "handler_id": UUID(form.cleaned_data["handler_id"])}, **who
        ),
        said=_("Entered: it stands among the use records and is kept as long."),
        back=lambda _made: f"{reverse('use:records')}?grant={grant_id}", again=lambda wrong: page(wrong, 422),
    )  # fmt: skip
