"""What the pages of projects share: the page of one act, and where a project's page is."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict

from gongxiang.platform.projects import queries
from gongxiang.platform.projects.values import ProjectView
from gongxiang.platform.web.acting import done_or_form
from gongxiang.platform.web.doors import ActingRequest
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.projects.shown import acts_of
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


def act_page(request: ActingRequest, project: ProjectView, form: Form, **shown: Any) -> HttpResponse:
    """The page of one act on a project."""
    to = ("projects:detail", project.id)
    at = queries.beijing_day(clock.now())
    offered = acts_of(project, request.actor, checks=queries.checks_of(project.id, on=at))
    return done_or_form(request, form, to=to, template="projects/act.html", project=project, offered=offered, **shown)
