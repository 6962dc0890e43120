"""Volume limits of a grant: counted where somebody asks and is answered, refused before anything is given out.

For services, files and samples; a table exchange carries no limit (`protocol.terms.Volume`). Called within the transaction
that records the use, so that two calls at once never share the last row.
"""

from datetime import datetime, timedelta
from typing import Any

from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.errors import VolumeSpent
from gongxiang.protocol.terms import Terms


async def spend(connection: Any, terms: Terms, *, rows: int, at: datetime) -> None:
    """Count one call that gives `rows` rows; raises VolumeSpent, and counts nothing, where a limit would be passed."""
    if not terms.volume.limited:
        return
    day = at.astimezone(BEIJING).date()
    # One lock for all days of the grant: two calls on either side of midnight share the limit in all.
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"volume {terms.grant_id}"])
    cursor = await connection.execute(
        "SELECT coalesce(sum(calls) FILTER (WHERE day = %s), 0), coalesce(sum(rows) FILTER (WHERE day = %s), 0),"
        " coalesce(sum(rows), 0) FROM exchange.volume_used WHERE grant_id = %s",
        [day, day, terms.grant_id],
    )
    calls_today, rows_today, rows_ever = (int(value) for value in await cursor.fetchone())
    limits = terms.volume
    tomorrow = (day + timedelta(days=1)).isoformat()
    for limit, taken, name, again in (
        (limits.calls_per_day, calls_today + 1, "calls_per_day", tomorrow),
        (limits.rows_per_day, rows_today + rows, "rows_per_day", tomorrow),
        (limits.rows_in_all, rows_ever + rows, "rows_in_all", ""),
    ):
        if limit is not None and taken > limit:
            raise VolumeSpent(limit=limit, which=name, again=again)
    await connection.execute(
        "INSERT INTO exchange.volume_used (grant_id, day, calls, rows) VALUES (%s, %s, 1, %s) ON CONFLICT (grant_id, day)"
        " DO UPDATE SET calls = exchange.volume_used.calls + 1, rows = exchange.volume_used.rows + excluded.rows",
        [terms.grant_id, day, rows],
    )
