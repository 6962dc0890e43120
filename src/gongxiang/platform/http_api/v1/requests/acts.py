"""More acts on requests: time for the reply, messages, mediation, and one more like an old one."""

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from gongxiang.platform.access import actions, attaching, copying, disputing, extending, permissions, queries, states, talking
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.v1.requests.shapes import RequestCase, case_body


def _see(key: UUID, *, actor: Any) -> Any:
    row = queries.get_access_request(key, actor=actor)
    body = case_body(cast(Called, SimpleNamespace(actor=actor)), row)
    return SimpleNamespace(
        id=row.id, status=row.status, turn=row.turn, consumer_id=row.consumer_id, provider_id=row.provider_id, body=body
    )


def _act(name: str, path: str, action: Any, door: Any, arrow: str = "", side: str = "consumer_id", **more: Any) -> Act:
    return Act(name=name, path=path, action=action, door=door, arrow=arrow, side=side, **more)


_PROVIDES = "provider_id"
enter_acts(
    Area(
        tag="Requests", path="/requests", key="request_id", named="access_request_id", answer=RequestCase,
        door=permissions.VIEW, see=_see, body=lambda row: row.body, table=states.ACCESS_REQUEST, name="request",
    ),
    (
        _act("send_request_back", "/send-back", actions.send_back, permissions.CONSENT, "send_back"),
        _act("ask_reply_extension", "/extension", extending.ask_extension, permissions.ASK_EXTENSION, "", _PROVIDES),
        _act("decide_reply_extension", "/extension/decision", extending.decide_extension, permissions.DECIDE_EXTENSION, "", ""),
        _act("send_request_message", "/messages", talking.send_message, permissions.TALK, "", "", without=("attached",)),
        _act("ask_mediation", "/mediation", disputing.ask_mediation, permissions.CONSENT, "", ""),
        _act(
            "detach_material", "/materials/{uuid:upload_id}/remove", attaching.detach_material, permissions.APPLY
        ),
        _act("copy_request", "/{uuid:request_id}/copy", copying.copy_access_request, permissions.APPLY, makes=True),
        _act("renew_grant", "/renewals", copying.renew_grant, permissions.APPLY, makes=True),
    ),
)  # fmt: skip
