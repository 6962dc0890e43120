"""The use of what was granted: reports, questions, inspections, consents to pass on, rectifications."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from gongxiang.platform.grants import (
    inspections,
    permissions,
    queries_rectify,
    queries_use,
    questions,
    rectifying,
    states,
    states_use,
    third_parties,
    use_reports,
)
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.lists import chosen, enter_reads, words
from gongxiang.platform.http_api.schemas import schema_of
from gongxiang.platform.http_api.v1.grants import checks
from gongxiang.protocol.canonical import plain

_Text = Annotated[str, Field(max_length=4000)]


class UseSaid(Schema):
    """What a report of use says."""

    scenario: _Text
    process: _Text
    effect: _Text
    storage: _Text
    destruction: _Text


def _area(path: str, key: str, kind: type, called: str, see: Any, table: Any, name: str, named: str = "") -> Area:
    return Area(
        tag="Use", path=path, key=key, named=named, answer=schema_of(kind, sent=False, called=called),
        door=permissions.VIEW_USE, see=see, body=plain, table=table, name=name,
    )  # fmt: skip


def _reads(area: Area, many: str, said: str, find: Any, since: str) -> None:
    enter_reads(
        area, many=many, said=said, convert=queries_use.case_view,
        find=lambda actor, asked: find(actor=actor, text=words(asked), statuses=chosen(asked)),
        sorts={"new": (f"-{since}", "-id"), "old": (since, "id")},
    )  # fmt: skip


def _act(name: str, path: str, action: Any, door: Any, arrow: Any = "", **more: Any) -> Act:
    return Act(name=name, path=path, action=action, door=door, arrow=arrow, **more)


_ASK, _REPORT, _INSPECT = permissions.ASK_ABOUT_USE, permissions.REPORT_USE, permissions.INSPECT
_REPORTS, _ASKS = checks.consumer(_REPORT), checks.provider_or_authority(_ASK)

report = _area(
    "/use-reports",
    "report_id",
    queries_use.ReportView,
    "UseReport",
    queries_use.get_report,
    states_use.USE_REPORT,
    "use_report",
)
_reads(report, "use_reports", "Reports of use by the period.", queries_use.find_reports, "opened_at")
enter_acts(
    report, (_act("report_use", "/report", use_reports.report_use, _REPORT, "report", kinds={"parts": UseSaid}, may=_REPORTS),)
)

question = _area(
    "/use-questions", "question_id", queries_use.QuestionView, "UseQuestion", queries_use.get_question,
    states_use.USE_QUESTION, "use_question",
)  # fmt: skip
_reads(question, "use_questions", "Questions about use.", queries_use.find_questions, "asked_at")
enter_acts(
    question,
    (
        _act("ask_about_use", "", questions.ask_about_use, _ASK, makes=True, without=("detail",)),
        _act("answer_use_question", "/answer", questions.answer_question, _REPORT, "answer", may=_REPORTS),
        _act("settle_use_question", "/settle", questions.settle_question, _ASK, "settle", may=_ASKS),
        _act("ask_again_about_use", "/ask-again", questions.ask_again, _ASK, "ask_again", may=_ASKS),
    ),
)

inspection = _area(
    "/inspections", "inspection_id", queries_use.InspectionView, "Inspection", queries_use.get_inspection,
    states_use.INSPECTION, "inspection",
)  # fmt: skip
_reads(inspection, "inspections", "Inspections of use.", queries_use.find_inspections, "announced_at")
enter_acts(
    inspection,
    (
        _act("announce_inspection", "", inspections.announce_inspection, _INSPECT, makes=True),
        _act(
            "conclude_inspection",
            "/conclude",
            inspections.conclude_inspection,
            _INSPECT,
            ("pass", "find"),
            may=checks.inspects,
            kinds={"result": Literal["sound", "defects"]},
        ),
        _act(
            "reply_to_inspection",
            "/reply",
            inspections.reply_to_inspection,
            permissions.REPLY_TO_INSPECTION,
            "reply",
            may=checks.consumer(permissions.REPLY_TO_INSPECTION),
        ),
        _act("close_inspection", "/close", inspections.close_inspection, _INSPECT, ("close", "reject"), may=checks.inspects),
    ),
)

consent = _area(
    "/third-parties", "consent_id", queries_use.ThirdPartyView, "ThirdParty", queries_use.get_third_party,
    states_use.THIRD_PARTY, "third_party",
)  # fmt: skip
_reads(consent, "third_parties", "Consents to pass something on.", queries_use.find_third_parties, "asked_at")
enter_acts(
    consent,
    (
        _act("ask_third_party", "", third_parties.ask_third_party, permissions.ASK_THIRD_PARTY, makes=True),
        _act(
            "decide_third_party",
            "/decide",
            third_parties.decide_third_party,
            permissions.DECIDE_THIRD_PARTY,
            ("consent", "refuse"),
            may=checks.provider(permissions.DECIDE_THIRD_PARTY),
        ),
        _act(
            "revoke_third_party",
            "/revoke",
            third_parties.revoke_third_party,
            permissions.REVOKE_THIRD_PARTY,
            "revoke",
            may=checks.provider_or_authority(permissions.REVOKE_THIRD_PARTY),
        ),
        _act(
            "withdraw_third_party",
            "/withdraw",
            third_parties.withdraw_third_party,
            permissions.ASK_THIRD_PARTY,
            "withdraw",
            may=checks.consumer(permissions.ASK_THIRD_PARTY),
        ),
    ),
)

rectification = _area(
    "/rectifications", "rectification_id", queries_rectify.RectificationView, "Rectification",
    queries_rectify.get_rectification, states.RECTIFICATION, "rectification",
)  # fmt: skip
enter_reads(
    rectification, many="rectifications", said="What was to be put right.",
    convert=lambda row: queries_rectify.views([row])[0],
    find=lambda actor, asked: queries_rectify.find_rectifications(actor=actor, text=words(asked), status=asked.status),
    sorts={"new": ("-demanded_at", "-id"), "due": ("due_at", "id")},
)  # fmt: skip
enter_acts(
    rectification,
    (
        _act(
            "report_rectification", "/report", rectifying.report_rectification, permissions.REPORT_RECTIFICATION, "report",
            without=("files",), side="consumer_id",
        ),
        _act(
            "decline_rectification", "/decline", rectifying.decline_rectification, permissions.RESUME, "decline",
            may=checks.decides,
        ),
        _act(
            "demand_again", "/demand-again", rectifying.demand_again, permissions.RESUME, "demand_again", may=checks.decides,
        ),
    ),
)  # fmt: skip
