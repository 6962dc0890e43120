"""What fails outside the operations, such as the session or another catalogue's form: said in the form of the address."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from gongxiang.platform.http_api import answers
from gongxiang.platform.http_api.ckan import views as ckan
from gongxiang.platform.http_api.errors import Unexpected
from gongxiang.platform.http_api.middleware import is_for_machines, language_of
from gongxiang.platform.kernel.outage import outage

__all__ = ["accident", "is_for_machines"]


def accident(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """503 where the database is away, else 500; nothing of the act was done."""
    spoken = language_of(request)
    with translation.override(spoken):
        refusal = outage(error) or Unexpected()
        answer = ckan.refused(refusal) if request.path.startswith(("/api/3/", "/api/action/")) else answers.refused(refusal)
    answer.headers["Content-Language"] = spoken
    return answer
