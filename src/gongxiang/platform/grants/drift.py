"""Signs that the real use differs from what was stated (办法 22.3; 条例 25.1). Reads only; thresholds are parameters.

A sign is no verdict: it opens a question, or is shown for information.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.grants import queries
from gongxiang.platform.grants.models import Grant, Handler, UseRecord
from gongxiang.platform.grants.providing import is_measured
from gongxiang.platform.grants.states import ACTIVE
from gongxiang.platform.grants.use_records import LOOKUP, MATCH, REFUSED, SAMPLE, TABLE
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook

#: Signs about which the consumer is asked, and those that are shown only.
ASKED: Final = ("unused", "matter_unknown", "volume_high", "refused_often", "not_a_handler", "elements_unused")
SHOWN: Final = ("off_hours", "purpose_unseen")
#: Days of use that a comparison with the usual needs.
_USUAL_DAYS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One sign, with the figures behind it."""

    kind: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether the consumer is asked about it."""
        return self.kind in ASKED


@implements("wushen-2021-60:22.3", "cn-809:25.1", "wushen-2021-60:30(4)", "cn-809:35.3", "cn-809:40(2)")
def signs_of(grant: Grant, at: datetime) -> tuple[Sign, ...]:
    """What is to be seen in the records of one grant in force."""
    if grant.status != ACTIVE:
        return ()
    since = beijing_date(at) - timedelta(days=rulebook.parameter("drift_window_days"))
    lines = list(UseRecord.objects.filter(grant=grant, on__gt=since))
    return tuple(_found(grant, lines, at))


def _found(grant: Grant, lines: list[UseRecord], at: datetime) -> Iterator[Sign]:
    used = [line for line in lines if line.channel != REFUSED]
    people = [line for line in used if line.channel != TABLE]
    last = UseRecord.objects.filter(grant=grant).exclude(channel=REFUSED).order_by("-last_at").first()
    idle = at - max(grant.valid_from, last.last_at if last else grant.valid_from)
    # What the product never saw may be used all the same where data goes by a way that it does not measure.
    seen_at_all = last is not None or is_measured(grant)
    if seen_at_all and idle.days >= (limit := rulebook.parameter("drift_unused_days")):
        yield Sign(kind="unused", detail={"days": idle.days, "limit": limit})
    if unknown := _unknown_matters(grant, people):
        yield Sign(kind="matter_unknown", detail={"matters": unknown})
    if high := _far_above_usual(used):
        yield Sign(kind="volume_high", detail=high)
    refused = sum(line.times for line in lines if line.channel == REFUSED)
    if refused >= (limit := rulebook.parameter("drift_refused_times")):
        yield Sign(kind="refused_often", detail={"times": refused, "limit": limit})
    if strangers := _not_named(grant, people):
        yield Sign(kind="not_a_handler", detail={"lines": strangers})
    terms = queries.current_terms(grant.pk)
    looked_up = [line for line in people if line.channel in (LOOKUP, MATCH)]
    seen = {code for line in looked_up for code in line.elements}
    if sum(line.times for line in looked_up) >= _USUAL_DAYS and (unused := [c for c in terms.elements if c not in seen]):
        yield Sign(kind="elements_unused", detail={"elements": unused})
    if (outside := sum(line.off_hours for line in people)) > 0:
        yield Sign(kind="off_hours", detail={"times": outside})
    named = {purpose for line in people for purpose in line.purposes}
    if people and (unseen := [p.value for p in terms.purposes if p.value not in named]):
        yield Sign(kind="purpose_unseen", detail={"purposes": unseen})


def _unknown_matters(grant: Grant, people: list[UseRecord]) -> list[str]:
    """Matters named in use that do not begin with the code of a business matter of the consumer's register."""
    known = tuple(matter.code for matter in parties.matters(grant.consumer_id) if matter.code)
    named = sorted({line.matter for line in people if line.matter})
    return [matter for matter in named if not matter.startswith(known)][:20] if known else []


def _far_above_usual(used: list[UseRecord]) -> dict[str, Any]:
    """The newest day, where its rows are far above the median of the days before."""
    days: dict[Any, int] = {}
    for line in used:
        days[line.on] = days.get(line.on, 0) + line.rows
    if len(days) <= _USUAL_DAYS:
        return {}
    newest = max(days)
    usual = median(rows for on, rows in days.items() if on != newest)
    factor, least = rulebook.parameter("drift_volume_factor"), rulebook.parameter("drift_volume_least")
    if days[newest] >= least and days[newest] > factor * max(1, usual):
        return {"on": newest.isoformat(), "rows": days[newest], "usual": int(usual), "factor": factor}
    return {}


def _not_named(grant: Grant, people: list[UseRecord]) -> int:
    """Lines of persons of the consumer who were no handlers then; the provider's own looks at its data are none of them."""
    named = {str(key) for key in Handler.objects.filter(grant=grant).values_list("person_id", flat=True)}
    return sum(1 for line in people if line.person and line.channel != SAMPLE and line.person not in named)
