"""Counting a running period of a record anew: the same act in every room that keeps a clock on its own row.

The record has `due_at`, `due_provisional`, `due_basis` and `due_rule`; the room locks it, checks who may, and says what runs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.rulebook import queries
from gongxiang.platform.rulebook.values import OpenDeadline


def recount_row(
    *, row: Any, running: OpenDeadline | None, subject: str, by: Actor, at: datetime, seen: Mapping[str, Any]
) -> bool:
    """Move the locked row's day to that of the calendar in force; `seen`: whom the evidence concerns. Whether it moved."""
    if running is None:
        return False
    deadline = queries.recount_open(running, at=at)
    changed = {"due_at": deadline.due_at, "due_provisional": deadline.provisional}
    before = {name: getattr(row, name) for name in changed}
    if before == changed:
        return False
    record_act(
        kind=f"{subject}:deadline_recounted", subject=(subject, row.pk), by=by, at=at, basis=(row.due_basis,),
        rule_version=row.due_rule, before=before, after=changed, **seen,
    )  # fmt: skip
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=[*changed])
    return True
