"""What the pages of projects share: the page of one act, and where a project's page is."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.projects import queries
from gongxiang.platform.projects.values import ProjectView
from gongxiang.platform.web.doors import ActingRequest
from gongxiang.platform.web.forms import Form
from gongxiang.protocol import clock


def key(request: ActingRequest, project_id: UUID) -> dict[str, Any]:
    """What every act is told."""
    return {"project_id": project_id, "by": request.actor, "at": clock.now()}


def posted(request: ActingRequest) -> QueryDict | None:
    """What was sent, also if it is nothing; None where the page is only opened."""
    return request.POST if request.method == "POST" else None


def seen_project(request: ActingRequest, project_id: UUID) -> ProjectView:
    """The project as the acting person sees it; a page that says there is none for others."""
    return queries.get_project(project_id, actor=request.actor)


def done_or_form(
    request: ActingRequest, project: ProjectView, form: Form, *, act: Callable[[], object], done: str, **shown: Any
) -> HttpResponse:
    """One act with a form: refusals beside their fields, or back to the project."""
    if form.is_bound and form.is_valid():
        try:
            act()
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, done)
            return redirect("projects:detail", project.id)
    shown |= {"form": form, "project": project}
    return render(request, "projects/act.html", shown, status=422 if form.is_bound else 200)
