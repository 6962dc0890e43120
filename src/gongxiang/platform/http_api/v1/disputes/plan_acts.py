"""Acts on what is said not to exist, and on the collection plans made for it."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from gongxiang.platform.access import collecting, queries_collection
from gongxiang.platform.access import permissions_dispute as permissions
from gongxiang.platform.access.states_dispute import ABSENCE, COLLECTION_PLAN
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.v1.disputes import checks, filings, plans


class HitAnswer(Schema):
    """What is said to something that exists already."""

    answer: str = Field(max_length=20)
    reason: str = Field("", max_length=2000)


def _act(name: str, path: str, action: Any, door: Any, arrow: Any = "", side: str = "", **more: Any) -> Act:
    return Act(name=name, path=path, action=action, door=door, arrow=arrow, side=side, **more)


def _answers(given: dict[str, Any]) -> dict[str, Any]:
    return {"answers": {key: (one["answer"], one.get("reason", "")) for key, one in given["answers"].items()}}


_ANSWERS = Annotated[dict[Annotated[str, Field(max_length=500)], HitAnswer], Field(max_length=2000)]
_OWN, _PLAN = "department_id", permissions.PLAN
_NEUTRAL = checks.neutral(permissions.FILE, "consumer_id", "provider_id")
_REVIEWS = checks.neutral(permissions.FILE, "department_id")
enter_acts(
    Area(
        tag="Disputes", path="/filings", key="filing_id", named="absence_id", answer=filings.Filing,
        door=permissions.VIEW_PLANS, see=queries_collection.get_absence, body=filings._body, table=ABSENCE, name="filing",
    ),
    (
        _act("state_search", "/searches", collecting.state_search, permissions.STATE_SEARCH, makes=True),
        _act("report_absence", "", collecting.report_absence, permissions.ANSWER, makes=True),
        _act(
            "answer_absence", "/answer", collecting.answer_absence, permissions.ANSWER, ("confirm", "dispute"), "consumer_id",
        ),
        _act("file_absence", "/file", collecting.file_absence, permissions.FILE, "file", may=_NEUTRAL),
        _act("find_absent_entry", "/find", collecting.find_entry, permissions.FILE, "find", may=_NEUTRAL),
        _act("drop_absence", "/drop", collecting.drop_absence, permissions.ANSWER, "drop", "consumer_id"),
    ),
)  # fmt: skip
enter_acts(
    Area(
        tag="Disputes", path="/collection-plans", key="plan_id", answer=plans.CollectionCase, door=permissions.VIEW_PLANS,
        see=queries_collection.get_plan, body=plans._body, table=COLLECTION_PLAN, name="collection_plan",
    ),
    (
        _act("draft_collection_plan", "", collecting.draft_plan, _PLAN, makes=True),
        _act("change_collection_plan", "", collecting.change_plan, _PLAN, "propose", _OWN, method="PUT"),
        _act(
            "answer_collection_hits", "/hits", collecting.answer_plan_hits, _PLAN, "propose", _OWN, kinds={"answers": _ANSWERS},
            given=_answers,
        ),
        _act("check_collection_plan", "/check", collecting.check_anew, _PLAN, "propose", _OWN),
        _act(
            "propose_collection_plan", "/propose", collecting.propose_plan, permissions.PROPOSE, "propose", _OWN,
            now=checks.proposes,
        ),
        _act(
            "review_collection_plan", "/review", collecting.review_plan, permissions.FILE, ("approve", "return"),
            may=_REVIEWS,
        ),
        _act("finish_collection_plan", "/finish", collecting.finish_plan, permissions.FINISH, "finish", _OWN),
        _act("cancel_collection_plan", "/cancel", collecting.cancel_plan, permissions.PROPOSE, "cancel", _OWN),
    ),
)  # fmt: skip
