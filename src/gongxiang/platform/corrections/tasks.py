"""Jobs of the room: the sweep of overdue cases, the way of corrected rows, news from the rooms below."""

from datetime import datetime
from typing import Any
from uuid import UUID

from gongxiang.platform.corrections import actions, following, queries
from gongxiang.platform.corrections.permissions import FOLLOWER, RECALCULATOR, SWEEPER
from gongxiang.platform.evidence.errors import ChangedMeanwhile
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.evidence.tasks import read_outbox
from gongxiang.platform.kernel.actors import System

_FOLLOWER = System(name=FOLLOWER)


def sweep_overdue(at: datetime) -> int:
    """Pass every correction whose period ended to the authority; gives how many."""
    lapsed = 0
    for correction_id in queries.overdue(at):
        try:
            moved = actions.lapse_correction(correction_id=correction_id, by=System(name=SWEEPER), at=at)
        except ChangedMeanwhile:
            continue
        lapsed += moved is not None
    return lapsed


def follow_copies(at: datetime) -> int:
    """See how far corrected rows have come; gives how many cases are done."""
    return sum(
        following.follow_correction(correction_id=one, by=_FOLLOWER, at=at) is not None for one in queries.on_their_way()
    )


def on_news() -> int:
    """Read the outbox: what the gateway tells of a case, comparisons that differ."""
    return read_outbox(
        "corrections",
        {
            "data:claim_taken": _claim_taken,
            "data:corrected_row_sealed": _row_sealed,
            "data:corrected_row_answered": _row_answered,
            "flow:reconciled": _reconciled,
        },
    )


def _claim_taken(news: News) -> None:
    said = news.after
    following.note_claim(
        correction_id=UUID(news.subject_id), grant_id=UUID(str(said["grant"])), digest=str(said["digest"]),
        key_digest=str(said["key_digest"]), size=int(str(said["size"])), by=_FOLLOWER, at=news.occurred_at,
    )  # fmt: skip


def _row_sealed(news: News) -> None:
    said: Any = news.after
    following.note_sealed(
        correction_id=UUID(news.subject_id), grant_id=UUID(str(said["grant"])), seq=int(said["seq"]),
        grant_ids=[UUID(one) for one in said["grants"]], by=_FOLLOWER, at=news.occurred_at,
    )  # fmt: skip


def _row_answered(news: News) -> None:
    said: Any = news.after
    following.note_answered(
        correction_id=UUID(news.subject_id), grant_id=UUID(str(said["grant"])), seq=int(said["seq"]),
        grant_ids=[UUID(one) for one in said["grants"]], by=_FOLLOWER, at=news.occurred_at,
    )  # fmt: skip


def _reconciled(news: News) -> None:
    said: Any = news.after
    grant = next((tag.partition(":")[2] for tag in news.trail if tag.startswith("grant:")), "")
    if said.get("equal") or not grant:
        return
    figures = {name: int(said.get(name) or 0) for name in ("missing", "surplus", "different")}
    actions.propose_correction(
        grant_id=UUID(grant), reconciliation_id=UUID(str(said["reconciliation"])), figures=figures, by=_FOLLOWER,
        at=news.occurred_at,
    )  # fmt: skip


def recount(at: datetime) -> None:
    """Count the running periods anew: the rulebook asks for it after a holiday notice."""
    for correction_id in queries.with_running_clock():
        actions.recount_deadline(correction_id=correction_id, by=System(name=RECALCULATOR), at=at)
