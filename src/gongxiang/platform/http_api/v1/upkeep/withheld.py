"""The yearly re-check of what is withheld: listed, reported, confirmed or given back."""

from typing import Any

from gongxiang.platform.catalogue import actions, permissions_upkeep, queries_withheld, states
from gongxiang.platform.catalogue.queries_withheld import CheckView
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.lists import enter_reads, words
from gongxiang.platform.http_api.schemas import schema_of
from gongxiang.platform.http_api.v1.upkeep import checks
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import plain

_CHECK = Area(
    tag="Upkeep", path="/withheld-checks", key="check_id", answer=schema_of(CheckView, sent=False, called="WithheldCheck"),
    door=permissions_upkeep.VIEW_WITHHELD, see=queries_withheld.get_check, body=plain, table=states.WITHHELD_CHECK,
    name="withheld_check",
)  # fmt: skip


def _find(actor: Any, asked: Any) -> Any:
    found = queries_withheld.find_checks(actor=actor, at=clock.now(), text=words(asked))
    return found.filter(status=asked.status) if asked.status else found


enter_reads(
    _CHECK, many="withheld_checks", said="Rounds in which what is withheld is looked at again.", find=_find,
    convert=lambda row: queries_withheld.check_views([row])[0], sorts={"due": ("due_at", "id"), "new": ("-opened_at", "id")},
)  # fmt: skip
enter_acts(
    _CHECK,
    (
        Act(
            name="report_still_withheld", path="/report", action=actions.report_still_withheld, arrow="report",
            door=permissions_upkeep.REPORT_WITHHELD, side="provider_id",
        ),
        Act(
            name="confirm_still_withheld", path="/confirm", action=actions.confirm_still_withheld, arrow="confirm",
            door=permissions_upkeep.CONFIRM_WITHHELD, may=checks.confirms_withheld,
        ),
        Act(
            name="return_withheld_check", path="/return", action=actions.return_withheld_check, arrow="return",
            door=permissions_upkeep.CONFIRM_WITHHELD, may=checks.confirms_withheld,
        ),
    ),
)  # fmt: skip
