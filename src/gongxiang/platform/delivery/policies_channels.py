"""What a declaration, a plan and an exemption must say; whether a move is proven."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue.vocabulary import UpdateCycle
from gongxiang.platform.delivery import errors_channels as errors
from gongxiang.platform.delivery.models import Flow, OutsideChannel
from gongxiang.platform.kernel.errors import Refusal, Shortfalls

KINDS: Final = ("usb", "email", "database", "interface", "paper", "line_system", "other")
GROUNDS: Final = ("SECRET", "LAW")
SHORTEST: Final = 4
EARLIEST: Final = date(1980, 1, 1)
MOST_STEPS: Final = 50


def check_declared(*, title: str, kind: str, frequency: str, since: date | None, at: datetime) -> None:
    """Raise Shortfalls with everything that is missing."""
    problems: list[Refusal] = []
    if len(title.strip()) < SHORTEST:
        problems.append(errors.ChannelUntitled(field="title"))
    if kind not in KINDS:
        problems.append(errors.ChannelKindUnknown(field="kind"))
    if frequency not in UpdateCycle.values:
        problems.append(errors.ChannelKindUnknown(field="frequency"))
    if since is not None and not EARLIEST <= since <= beijing_date(at):
        problems.append(errors.ChannelSinceImpossible(field="since"))
    if problems:
        raise Shortfalls(problems)


@implements("wushen-2021-60:17")
def check_plan(steps: Sequence[tuple[date, str]], at: datetime, *, longest: int) -> date:
    """The last day of the plan, within `longest` days; raises ChannelPlanUndated."""
    today = beijing_date(at)
    right = all(today < day <= today + timedelta(days=longest) and len(what.strip()) >= 2 for day, what in steps)
    if not steps or not right or len(steps) > MOST_STEPS:
        raise errors.ChannelPlanUndated(field="steps", days=longest)
    return max(day for day, _what in steps)


def check_reason(text: str, field: str = "reason") -> str:
    """The reason without blanks around it; raises ChannelReasonMissing."""
    if len(text.strip()) < SHORTEST:
        raise errors.ChannelReasonMissing(field=field)
    return text.strip()


@implements("wushen-2021-60:17", "wushen-2021-60:4(1)")
def check_exemption(row: OutsideChannel, *, ground: str, basis: str) -> None:
    """Raise unless the exemption has a ground that fits and a basis."""
    if ground not in GROUNDS:
        raise errors.ExemptionWithoutBasis(field="ground")
    if ground == "SECRET" and not row.secret:
        raise errors.NotSecret(field="ground")
    if len(basis.strip()) < SHORTEST:
        raise errors.ExemptionWithoutBasis(field="basis")


@implements("wushen-2021-60:17", "cn-809:22.1")
def check_proven(row: OutsideChannel, *, provider_id: UUID, consumer_id: UUID, flow: Flow | None) -> datetime:
    """When the first rows arrived under the grant; raises GrantOfOthers or NothingFlowsYet."""
    if (provider_id, consumer_id) != (row.provider_id, row.consumer_id):
        raise errors.GrantOfOthers(field="grant_id")
    if flow is None or flow.status != "STARTED" or flow.receipt_at is None:
        raise errors.NothingFlowsYet(field="grant_id")
    return flow.receipt_at


def check_lapsed(due_at: datetime | None, at: datetime) -> datetime:
    """The instant at which the period ended; raises ChannelNotDue."""
    if due_at is None or at < due_at:
        raise errors.ChannelNotDue()
    return due_at
