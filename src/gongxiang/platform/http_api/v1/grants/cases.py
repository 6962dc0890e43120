"""Grants: read, suspended and resumed, provided, ended, and what was received disposed of."""

from typing import Any

from gongxiang.platform.grants import actions, destroying, disposing, handlers, permissions, providing, queries, states
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.lists import chosen, enter_reads, words
from gongxiang.platform.http_api.schemas import schema_of
from gongxiang.platform.http_api.v1.grants import checks
from gongxiang.protocol.canonical import plain


def _act(name: str, path: str, action: Any, door: Any, arrow: str = "", side: str = "", **more: Any) -> Act:
    return Act(name=name, path=path, action=action, door=door, arrow=arrow, side=side, **more)


_GRANT = Area(
    tag="Grants", path="/grants", key="grant_id", answer=schema_of(GrantView, sent=False), door=permissions.VIEW,
    see=queries.get_grant, body=plain, table=states.GRANT, name="grant",
)  # fmt: skip
enter_reads(
    _GRANT, many="grants", said="What departments may have of each other.", convert=queries.view_of,
    find=lambda actor, asked: queries.find_grants(actor=actor, text=words(asked), statuses=chosen(asked)),
    sorts={"new": ("-issued_at", "-number"), "until": ("valid_until", "number"), "name": ("resource_name", "number")},
)  # fmt: skip
_OWN, _GIVES = "consumer_id", "provider_id"
enter_acts(
    _GRANT,
    (
        _act("suspend_grant", "/suspend", actions.suspend_grant, permissions.SUSPEND, "suspend", may=checks.suspends),
        _act("resume_grant", "/resume", actions.resume_grant, permissions.RESUME, "resume", may=checks.resumes),
        _act(
            "accept_rectification", "/rectified", actions.accept_rectification, permissions.RESUME,
            may=checks.resumes, now=checks.rectified,
        ),
        _act("end_grant", "/end", actions.end_grant, permissions.END, "end", may=checks.ends),
        _act(
            "declare_provision", "/provision", providing.declare_provision, permissions.DECLARE_PROVISION, "", _GIVES,
            now=checks.declares,
        ),
        _act(
            "answer_provision", "/provision/answer", providing.answer_provision, permissions.CONFIRM_PROVISION, "", _OWN,
            now=checks.answers_provision,
        ),
        _act(
            "certify_disposal", "/disposal", disposing.certify_disposal, permissions.CERTIFY_DISPOSAL, "", _OWN,
            now=checks.disposes("discharge"),
        ),
        _act(
            "order_destruction", "/disposal/destroy", destroying.order_destruction, permissions.ORDER_DESTRUCTION, "", _OWN,
            now=checks.destroys,
        ),
        _act(
            "acknowledge_disposal", "/disposal/acknowledge", disposing.acknowledge_disposal, permissions.ACKNOWLEDGE_DISPOSAL,
            "", _GIVES, now=checks.disposes("acknowledge"),
        ),
        _act("name_handler", "/handlers", handlers.name_handler, permissions.NAME_HANDLER, "", _OWN, now=checks.names),
        _act(
            "end_handler", "/handlers/{uuid:handler_id}/end", handlers.end_handler, permissions.END_HANDLER, "", _OWN,
            now=checks.has_handlers,
        ),
    ),
)  # fmt: skip
