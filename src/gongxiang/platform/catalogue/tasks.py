"""Work of the room: holiday notices move periods of review, entries are looked at again, the search's side index is kept."""

import time
from datetime import datetime

from django.conf import settings

from gongxiang.platform.catalogue import (
    actions,
    elements,
    finding,
    queries,
    queries_remit,
    queries_withheld,
    sideindex,
    upkeep,
)
from gongxiang.platform.catalogue.permissions import EXPORTER, IMPORTER, RECALCULATOR
from gongxiang.platform.catalogue.permissions_upkeep import SWEEPER
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.evidence.tasks import read_outbox
from gongxiang.platform.kernel.actors import System
from gongxiang.protocol import clock


def on_news() -> int:
    """Read the outbox; gives how many acts were handled."""
    return read_outbox("catalogue", {"statute:ended": _keep_withheld})


def sweep_upkeep(at: datetime) -> int:
    """End the periods of changes of remit that are over, and remind of those that run; gives how many acts there were."""
    by, done = System(name=SWEEPER), 0
    for change_id in queries_remit.remits_past_due(at):
        done += actions.lapse_remit_change(change_id=change_id, by=by, at=at)
    for change_id in queries_remit.remits_beyond_outer(at):
        done += actions.note_outer_limit(change_id=change_id, by=by, at=at)
    for change_id, reminder in queries_remit.remits_to_remind(at):
        done += actions.remind_of_remit_change(change_id=change_id, reminder=reminder, by=by, at=at)
    return done + keep_withheld(at)


def keep_withheld(at: datetime) -> int:
    """Open and close the rounds of withheld entries, and note what is due or has lost its basis; gives how many acts."""
    by, done = System(name=SWEEPER), 0
    rounds = {row.resource_id: row.version for row in queries_withheld.running_rounds()}
    wanted = {version.resource_id: version.number for version in queries_withheld.withheld_in_force()}
    for resource_id in sorted({*rounds, *wanted}, key=str):
        if rounds.get(resource_id) != wanted.get(resource_id):
            done += actions.keep_withheld_round(resource_id=resource_id, by=by, at=at)
    for row in queries_withheld.running_rounds():
        done += actions.note_withheld_round(check_id=row.pk, by=by, at=at)
    return done


def _keep_withheld(_news: News) -> None:
    keep_withheld(clock.now())


def recount(at: datetime) -> None:
    """Count the authority's periods of review anew: the rulebook asks for it after a holiday notice."""
    for resource_id in queries.with_running_clock():
        actions.recount_review(resource_id=resource_id, by=System(name=RECALCULATOR), at=at)


def recount_remits(at: datetime) -> None:
    """The same for changes of remit."""
    for change_id in queries_remit.remits_with_running_clock(at):
        actions.recount_remit_change(change_id=change_id, by=System(name=SWEEPER), at=at)


def index_elements(*, at: datetime) -> int:
    """Index the elements of entries that were published before the index was there; gives how many."""
    versions = list(elements.not_indexed()[:500])
    for version in versions:
        elements.index_version(version)
    return len(versions)


def run_imports() -> int:
    """Check or carry out files with entries that people sent; gives how many."""
    return int(actions.run_next_import(by=System(name=IMPORTER), at=clock.now()))


def forget_old_imports(*, at: datetime) -> int:
    """Let go of the bytes of files that ended long ago; gives how many."""
    return actions.forget_old_files(by=System(name=IMPORTER), at=at)


def forget_exports(*, at: datetime) -> int:
    """Let go of files made for people whose time is over; gives how many."""
    return actions.forget_exports(by=System(name=EXPORTER), at=at)


def keep_upkeep(*, at: datetime) -> int:
    """Look again at entries that changed, or were not looked at for a day; gives how many."""
    return upkeep.refresh(at=at)


#: Seconds for which it is believed how large the catalogue is.
_LOOK_AGAIN = 60.0
_size: list[tuple[float, int]] = []


def keep_side_index() -> int:
    """Bring changes into the side index, or build it where it is missing or broken; gives how many were applied."""
    if not _size or time.monotonic() - _size[0][0] > _LOOK_AGAIN:
        _size[:] = [(time.monotonic(), finding.entry_count())]
    with sideindex.alone() as alone:
        if not alone:
            return 0
        if _size[0][1] < settings.SEARCH_INDEX_FROM:
            sideindex.stop_using()
            return 0
        generation = sideindex.state().generation
        if generation and sideindex.is_whole(generation):
            return sideindex.apply_changes(generation)
        sideindex.build(clock.now())
        return 0
