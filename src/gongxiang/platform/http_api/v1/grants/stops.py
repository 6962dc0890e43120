"""Announced ends and narrowings of sharing: announced, answered by each consumer, filed or rejected."""

from typing import Any, Literal

from gongxiang.platform.grants import permissions, queries_stop, states, stopping
from gongxiang.platform.grants.queries_stop import StopView
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.lists import enter_reads, words
from gongxiang.platform.http_api.schemas import schema_of
from gongxiang.platform.http_api.v1.grants import checks
from gongxiang.protocol.canonical import plain


def _act(name: str, path: str, action: Any, door: Any, arrow: Any = "", side: str = "", **more: Any) -> Act:
    return Act(name=name, path=path, action=action, door=door, arrow=arrow, side=side, **more)


_STOP = Area(
    tag="Grants", path="/stop-notices", key="notice_id", answer=schema_of(StopView, sent=False, called="StopNotice"),
    door=permissions.VIEW, see=queries_stop.get_stop, body=plain, table=states.STOP_NOTICE, name="stop_notice",
)  # fmt: skip
enter_reads(
    _STOP, many="stop_notices", said="Announced ends and narrowings of sharing.",
    convert=lambda row: queries_stop.stop_views([row])[0],
    find=lambda actor, asked: queries_stop.find_stops(actor=actor, text=words(asked), status=asked.status),
    sorts={"new": ("-announced_at", "-id"), "due": ("due_at", "id")},
)  # fmt: skip
enter_acts(
    _STOP,
    (
        _act("announce_stop", "", stopping.announce_stop, permissions.ANNOUNCE_STOP, makes=True),
        _act(
            "answer_stop", "/grants/{uuid:grant_id}/answer", stopping.answer_stop, permissions.ANSWER_STOP,
            may=checks.answers_stop, kinds={"answer": Literal["AGREED", "OBJECTED"]},
        ),
        _act(
            "file_stop", "/file", stopping.file_stop, permissions.DECIDE_STOP, ("file", "confirm"), may=checks.not_own,
            now=checks.files,
        ),
        _act(
            "reject_stop", "/reject", stopping.reject_stop, permissions.DECIDE_STOP, "reject", may=checks.not_own,
            now=checks.rejects,
        ),
        _act("cancel_stop", "/cancel", stopping.cancel_stop, permissions.ANNOUNCE_STOP, "cancel", "provider_id"),
    ),
)  # fmt: skip
