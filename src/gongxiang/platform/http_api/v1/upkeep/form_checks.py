"""Forms and collection plans held against the catalogue before anybody collects (办法 22.5): list, read, check, answer."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema, Status
from pydantic import Field

from gongxiang.platform.http_api.acts import Area
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.lists import enter_reads, words
from gongxiang.platform.projects import actions, queries
from gongxiang.platform.projects.permissions import CHECK_FORM, READ_CHECKS
from gongxiang.protocol import clock

_Item = Annotated[str, Field(max_length=200)]


class FormHit(Schema):
    """An item that the platform has already, and what was answered."""

    item: str
    target_id: UUID
    target_name: str
    code: str
    owner: str
    element: str
    exact: bool
    available: bool
    own: bool
    answer: str
    reason: str


class FormCheck(Schema):
    """A form's items held against the catalogue."""

    id: UUID
    department_id: UUID
    department_name: str
    matter_id: UUID | None
    title: str
    items: list[str]
    hits: list[FormHit]
    free: list[str] = Field(description="Items that nothing was found for.")
    checked_at: datetime
    checked_by_name: str
    answered_at: datetime | None


class NewFormCheck(Schema):
    """The items that a form or plan wants to collect."""

    title: str = Field(max_length=300)
    items: list[_Item] = Field(max_length=500)
    matter_id: UUID | None = None


class FormAnswer(Schema):
    """What is done about one item that was found: `REUSE` or `JUSTIFIED` with its reason."""

    item: _Item
    answer: str = Field(max_length=20)
    reason: str = Field("", max_length=2000)


class FormAnswers(Schema):
    """An answer for each item that was found."""

    answers: list[FormAnswer] = Field(max_length=500)


def _body(view: Any) -> dict[str, Any]:
    found = {name: getattr(view, name) for name in FormCheck.model_fields if name != "hits"}
    return {**found, "hits": [{name: hit[name] for name in FormHit.model_fields} for hit in view.hits]}


enter_reads(
    Area(
        tag="Upkeep", path="/form-checks", key="check_id", answer=FormCheck, door=READ_CHECKS, see=queries.get_form_check,
        body=_body, name="form_check",
    ),
    many="form_checks", said="Forms and plans that were held against the catalogue.", convert=queries.form_check_view,
    find=lambda actor, asked: queries.find_form_checks(actor=actor, text=words(asked)),
    sorts={"new": ("-checked_at", "-id"), "old": ("checked_at", "id")},
)  # fmt: skip


@endpoint("POST", "/form-checks", door=CHECK_FORM, name="check_form", tag="Upkeep", answer=FormCheck, status=201)
def check(request: Called, sent: NewFormCheck) -> Status[Any]:
    """Hold items against the catalogue; what the platform has is answered before it is collected."""
    found = actions.check_form(title=sent.title, items=sent.items, matter_id=sent.matter_id, by=request.actor, at=clock.now())
    return Status(201, _body(found))


@endpoint(
    "POST", "/form-checks/{uuid:check_id}/answers", door=CHECK_FORM, name="answer_form_hits", tag="Upkeep", answer=FormCheck
)
def answer(request: Called, check_id: UUID, sent: FormAnswers) -> dict[str, Any]:
    """Answer every item that was found, all at once."""
    queries.get_form_check(check_id, actor=request.actor)
    answers = {one.item: (one.answer, one.reason) for one in sent.answers}
    return _body(actions.answer_form_hits(check_id=check_id, answers=answers, by=request.actor, at=clock.now()))
