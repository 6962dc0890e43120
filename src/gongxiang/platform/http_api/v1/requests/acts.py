"""More acts on requests: time for the reply, messages, mediation, and one more like an old one."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from gongxiang.platform.access import (
    actions,
    answers,
    attaching,
    copying,
    disputing,
    extending,
    permissions,
    permissions_dispute,
    queries,
    states,
    talking,
)
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.v1.requests import checks
from gongxiang.platform.http_api.v1.requests.shapes import RequestCase, case_body
from gongxiang.platform.kernel.actors import Person


def _see(key: UUID, *, actor: Any) -> Any:
    row = queries.get_access_request(key, actor=actor)
    body = case_body(cast(Called, SimpleNamespace(actor=actor)), row)
    return SimpleNamespace(
        id=row.id,
        status=row.status,
        turn=row.turn,
        consumer_id=row.consumer_id,
        provider_id=row.provider_id,
        body=body,
        seen=row,
    )


def _act(name: str, path: str, action: Any, door: Any, arrow: str = "", side: Any = "consumer_id", **more: Any) -> Act:
    return Act(name=name, path=path, action=action, door=door, arrow=arrow, side=side, **more)


def _read_messages(*, access_request_id: UUID, by: Person, at: datetime) -> None:
    """The caller has read the messages until now: they no longer wait, here or on the page."""
    talking.mark_read(access_request_id=access_request_id, by=by, at=at)


_PROVIDES = "provider_id"
enter_acts(
    Area(
        tag="Requests", path="/requests", key="request_id", named="access_request_id", answer=RequestCase,
        door=permissions.VIEW, see=_see, body=lambda row: row.body, table=states.ACCESS_REQUEST, name="request",
    ),
    (
        _act("send_request_back", "/send-back", actions.send_back, permissions.CONSENT, "send_back"),
        _act(
            "ask_reply_extension", "/extension", extending.ask_extension, permissions.ASK_EXTENSION, "", _PROVIDES,
            now=checks.extends,
        ),
        _act(
            "decide_reply_extension", "/extension/decision", extending.decide_extension, permissions.DECIDE_EXTENSION, "", "",
            now=checks.decides_extension,
        ),
        _act(
            "send_request_message", "/messages", talking.send_message, permissions.TALK, "", "", without=("attached",),
            may=checks.talks,
        ),
        _act(
            "read_request_messages", "/messages/read", _read_messages, permissions_dispute.READ_MESSAGES, "", "",
        ),
        _act(
            "ask_mediation", "/mediation", disputing.ask_mediation, permissions.CONSENT, "ask_mediation",
            ("consumer_id", "provider_id"),
        ),
        _act(
            "detach_material", "/materials/{uuid:upload_id}/remove", attaching.detach_material, permissions.APPLY,
            now=checks.detaches,
        ),
        _act("copy_request", "/{uuid:request_id}/copy", copying.copy_access_request, permissions.APPLY, makes=True),
        _act("renew_grant", "/renewals", copying.renew_grant, permissions.APPLY, makes=True),
    ),
    also=(
        _act("save_request", "", actions.save_draft, permissions.APPLY, "present", method="PATCH"),
        _act("present_request", "/present", actions.present_access_request, permissions.APPLY, "present"),
        _act(
            "consent_to_request", "/consent", actions.consent_access_request, permissions.CONSENT, "consent",
            may=checks.drafted_by_another,
        ),
        _act("submit_request", "/submit", actions.submit_access_request, permissions.APPLY, now=checks.submits),
        _act("complete_request", "/complete", actions.complete_access_request, permissions.APPLY, "complete"),
        _act(
            "withdraw_request", "/withdraw", actions.withdraw_access_request, permissions.APPLY, "withdraw",
            may=checks.withdraws,
        ),
        _act("notify_request", "/notice", answers.notify_incomplete, permissions.RECEIVE, "", _PROVIDES, now=checks.notifies),
        _act("prepare_reply", "/reply", answers.prepare_reply, permissions.PREPARE, "", "", may=checks.replies),
        _act("give_reply", "/give", answers.consent_reply, permissions.REPLY, "", "", may=checks.gives),
    ),
)  # fmt: skip
