"""Acts on corrections and on complaints about a counter."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema

from gongxiang.platform.corrections import actions, complaints, permissions, queries, states, tickets
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.lists import chosen, enter_reads, words
from gongxiang.platform.http_api.v1.corrections import checks
from gongxiang.platform.http_api.v1.corrections.cases import CorrectionCase, _body


def _act(name: str, path: str, action: Any, door: Any, arrow: Any = "", side: Any = "", **more: Any) -> Act:
    return Act(name=name, path=path, action=action, door=door, arrow=arrow, side=side, **more)


_OWN = "consumer_id"
enter_acts(
    Area(
        tag="Corrections", path="/corrections", key="correction_id", answer=CorrectionCase, door=permissions.VIEW,
        see=queries.get_correction, body=lambda row: _body(row, whole=True), table=states.CORRECTION, name="correction",
    ),
    (
        _act("adopt_correction", "/adopt", actions.adopt_proposal, permissions.REPORT, "adopt", _OWN),
        _act("assign_correction", "/assign", actions.assign_correction, permissions.VERIFY, "assign", "provider_id"),
        _act(
            "forward_correction", "/forward", actions.forward_correction, permissions.FORWARD, "forward", may=checks.forwards,
            now=checks.forwards_once,
        ),
        _act("accept_verdict", "/accept", actions.accept_verdict, permissions.SETTLE, "accept", _OWN, now=checks.accepts),
        _act(
            "object_to_verdict", "/object", actions.object_to_verdict, permissions.SETTLE, "object", _OWN, now=checks.objects,
        ),
        _act("decide_correction", "/decide", actions.decide_correction, permissions.DECIDE, ("uphold", "dismiss")),
        _act("remind_provider", "/remind", actions.remind_provider, permissions.DECIDE, now=checks.reminds),
        _act("withdraw_correction", "/withdraw", actions.withdraw_correction, permissions.SETTLE, "withdraw", _OWN),
        _act("note_correction_usage", "/usage", actions.note_usage, permissions.SETTLE, "", _OWN),
        _act("keep_serving", "/keep-serving", complaints.keep_serving, permissions.SETTLE, "", _OWN),
    ),
    also=(
        _act("answer_correction", "/verdict", actions.give_verdict, permissions.VERIFY, "correct", "provider_id"),
        _act("deposit_claim", "/claim", tickets.ask_to_deposit, permissions.CARRY, "", _OWN, now=checks.deposits),
        _act(
            "read_claim", "/claim/read", tickets.ask_to_read, permissions.CARRY, "", (_OWN, "provider_id", "forwarded_from_id"),
            now=checks.reads,
        ),
    ),
)  # fmt: skip


class Complaint(Schema):
    """Somebody was refused, put off or sent to have data corrected while a check ran."""

    id: UUID
    number: str
    status: str
    turn: str
    correction_id: UUID
    department_id: UUID
    department_name: str
    matter_number: str
    statement: str
    recorded_at: datetime
    recorded_by: str
    answer: str
    answered_at: datetime | None
    answered_by: str


def _complaint(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Complaint.model_fields}


def _find(actor: Any, asked: Any) -> Any:
    found = queries.complaints_visible_to(actor)
    found = found.filter(queries.complaint_words(words(asked))) if words(asked) else found
    return found.filter(status__in=chosen(asked)) if asked.status else found


_COMPLAINT = Area(
    tag="Corrections", path="/complaints", key="complaint_id", answer=Complaint, door=permissions.VIEW,
    see=queries.get_complaint, body=_complaint, table=states.COMPLAINT, name="complaint",
)  # fmt: skip
enter_reads(
    _COMPLAINT, many="complaints", said="Complaints about a counter.", find=_find,
    sorts={"new": ("-recorded_at", "-number"), "old": ("recorded_at", "number")},
)  # fmt: skip
enter_acts(
    _COMPLAINT,
    (
        _act("record_complaint", "", complaints.record_complaint, permissions.COMPLAIN, makes=True),
        _act("answer_complaint", "/answer", complaints.answer_complaint, permissions.DECIDE, "answer"),
    ),
)
