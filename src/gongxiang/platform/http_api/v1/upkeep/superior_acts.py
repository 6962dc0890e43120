"""Acts on what a department asks of its line superior: drafted, issued, sent, reminded, answered, coming back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gongxiang.platform.access import permissions, queries_superior, superiors
from gongxiang.platform.access.states_superior import SUPERIOR_REQUEST
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.v1.upkeep import checks
from gongxiang.platform.http_api.v1.upkeep.superiors import SuperiorRequest, _body


def _act(name: str, path: str, action: Any, door: Any, arrow: Any = "", **more: Any) -> Act:
    return Act(name=name, path=path, action=action, door=door, arrow=arrow, side="department_id", **more)


def _save(
    *, superior_request_id: UUID, superior: str, level: str, system_name: str, title: str, items: Sequence[str], reason: str,
    mode: str = "table", frequency: str = "DAILY", by: Any, at: datetime,
) -> Any:  # fmt: skip
    """Change the draft, whole; the text is fixed when the letter is issued."""
    fields = {
        "superior": superior, "level": level, "system_name": system_name, "title": title, "items": items, "reason": reason,
        "mode": mode, "frequency": frequency,
    }  # fmt: skip
    return superiors.save_superior_request(superior_request_id=superior_request_id, fields=fields, by=by, at=at)


_ASK = permissions.ASK_SUPERIOR
enter_acts(
    Area(
        tag="Upkeep", path="/superior-requests", key="superior_request_id", answer=SuperiorRequest,
        door=permissions.VIEW_SUPERIORS, see=queries_superior.get_superior_request, body=_body, table=SUPERIOR_REQUEST,
        name="superior_request",
    ),
    (
        _act("draft_superior_request", "", superiors.draft_superior_request, _ASK, makes=True),
        _act("save_superior_request", "", _save, _ASK, "issue", method="PUT"),
        _act("issue_superior_letter", "/issue", superiors.issue_letter, permissions.ISSUE_LETTER, "issue", now=checks.issues),
        _act("send_superior_letter", "/send", superiors.send_letter, _ASK, "send"),
        _act(
            "discard_superior_request", "/discard", superiors.discard_superior_request, _ASK, "discard",
            may=checks.discards_letter,
        ),
        _act("remind_superior", "/remind", superiors.remind_superior, _ASK, "remind"),
        _act("record_superior_answer", "/answer", superiors.record_answer, _ASK, ("agree", "refuse"), without=("file",)),
        _act("record_data_return", "/returns", superiors.record_return, _ASK, now=checks.receives),
        _act("close_superior_request", "/close", superiors.close_superior_request, permissions.ISSUE_LETTER, "close"),
    ),
)  # fmt: skip
