"""Pages of the extension of a reply: the provider asks, the authority answers."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.platform.access import actions, permissions, queries, queries_extension
from gongxiang.platform.web.access.forms import ExtensionAnswerForm, ExtensionForm
from gongxiang.platform.web.access.views import act_page
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock


@door(permissions.ASK_EXTENSION)
@require_http_methods(["GET", "POST"])
def extend(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """The provider's accountable officer asks for more working days."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    at = clock.now()
    longest = queries_extension.longest_extension(at)
    form = ExtensionForm(request.POST or None, initial={"working_days": longest})
    form.fields["working_days"].help_text = _("At most %(days)d.") % {"days": longest}
    return act_page(
        request, access_request, form, title=_("Ask for an extension"), button=_("Ask the authority"),
        act=lambda: actions.ask_extension(access_request_id=access_request_id, **form.cleaned_data, by=request.actor, at=at),
        done=_("Asked. Until the authority consents, your old period runs."),
        happens=_(
            "The authority consents or not, and the applicant is told. Without consent by the end of your period the reply is "
            "overdue. There is one extension only."
        ),
        basis=("cn-809:21.1",),
    )  # fmt: skip


@door(permissions.VIEW)
@require_safe
def case_of(request: ActingRequest, extension_id: UUID) -> HttpResponse:
    """The request an extension belongs to, for the address in a notice."""
    access_request = queries.get_access_request(queries_extension.request_of(extension_id), actor=request.actor)
    return redirect("access:detail", access_request.id)


@door(permissions.DECIDE_EXTENSION)
@require_http_methods(["GET", "POST"])
def answer_extension(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """The authority's leader consents to the extension or does not."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    form = ExtensionAnswerForm(request.POST or None)
    return act_page(
        request, access_request, form, title=_("Decide on the extension"), button=_("Answer"),
        act=lambda: actions.decide_extension(
            access_request_id=access_request_id, allow=form.cleaned_data["allow"] == "yes",
            opinion=form.cleaned_data["opinion"], by=request.actor, at=clock.now(),
        ),
        done=_("Answered. Provider and applicant are told."), extension=queries_extension.extension_of(access_request_id),
        happens=_("With your consent the period is counted on from its last day; without it the period stays as it is."),
        basis=("cn-809:21.1",),
    )  # fmt: skip
