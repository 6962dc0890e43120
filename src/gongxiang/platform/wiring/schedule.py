"""Everything the worker does, in one list: what it listens for and what it does again and again."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pump:
    """Work that waits for news: woken by NOTIFY on `channel`, and once a second in case a notice was lost.

    `run` is called until it says that nothing was left.
    """

    name: str
    channel: str
    run: str


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Work done every `every` seconds by one worker at a time; `run` is called with the product's present instant."""

    name: str
    every: float
    run: str
    #: It waits for machines of others, so it has a thread of its own: nothing else is late because they are slow.
    apart: bool = False


_ROOM = "gongxiang.platform.{}.tasks:{}"

PUMPS: tuple[Pump, ...] = (
    Pump(name="news-clocks", channel="gx_evidence", run=_ROOM.format("rulebook", "on_news")),
    Pump(name="news-access", channel="gx_evidence", run=_ROOM.format("access", "on_news")),
    Pump(name="news-catalogue", channel="gx_evidence", run=_ROOM.format("catalogue", "on_news")),
    Pump(name="news-delivery", channel="gx_evidence", run=_ROOM.format("delivery", "on_news")),
    Pump(name="news-demands", channel="gx_evidence", run=_ROOM.format("demands", "on_news")),
    Pump(name="news-corrections", channel="gx_evidence", run=_ROOM.format("corrections", "on_news")),
    Pump(name="news-notices", channel="gx_evidence", run=_ROOM.format("notices", "on_news")),
    Pump(name="search-index", channel="gx_search", run=_ROOM.format("catalogue", "keep_side_index")),
    Pump(name="imports", channel="gx_evidence", run=_ROOM.format("catalogue", "run_imports")),
    # How a file looks is the pages' affair, so the pages' own job makes it.
    Pump(name="exports", channel="gx_evidence", run=_ROOM.format("web.catalogue", "run_exports")),
    # The acts belong to rooms above one another; the pages know them all.
    Pump(name="batches", channel="gx_evidence", run=_ROOM.format("web.batches", "run_batches")),
    Pump(name="facts", channel="gx_facts", run=_ROOM.format("delivery", "ingest_facts")),
)

SWEEPS: tuple[Sweep, ...] = (
    Sweep(name="seal-evidence", every=2, run=_ROOM.format("evidence", "seal")),
    Sweep(name="renew-lease", every=5, run=_ROOM.format("delivery", "renew_lease")),
    Sweep(name="flush-receipts", every=5, run=_ROOM.format("delivery", "flush_receipts")),
    Sweep(name="lapse-replies", every=10, run=_ROOM.format("access", "sweep_overdue")),
    Sweep(name="watch-channels", every=300, run=_ROOM.format("delivery", "sweep_channels")),
    Sweep(name="watch-superiors", every=60, run=_ROOM.format("access", "sweep_superiors")),
    Sweep(name="keep-catalogue-true", every=30, run=_ROOM.format("catalogue", "sweep_upkeep")),
    Sweep(name="stop-sharing", every=10, run=_ROOM.format("grants", "stop_sharing")),
    Sweep(name="lapse-demands", every=30, run=_ROOM.format("demands", "sweep_overdue")),
    Sweep(name="lapse-corrections", every=30, run=_ROOM.format("corrections", "sweep_overdue")),
    Sweep(name="follow-corrections", every=2, run=_ROOM.format("corrections", "follow_copies")),
    Sweep(name="expire-grants", every=10, run=_ROOM.format("grants", "expire_grants")),
    Sweep(name="lapse-rectifications", every=10, run=_ROOM.format("grants", "lapse_rectifications")),
    Sweep(name="keep-use-true", every=60, run=_ROOM.format("grants", "keep_use_true")),
    Sweep(name="find-drift", every=3600, run=_ROOM.format("grants", "find_drift")),
    Sweep(name="forget-use-records", every=86400, run=_ROOM.format("grants", "forget_use_records")),
    Sweep(name="watch-nodes", every=30, run=_ROOM.format("delivery", "watch_nodes")),
    Sweep(name="tell-searches", every=300, run=_ROOM.format("notices", "tell_searches")),
    Sweep(name="remind", every=300, run=_ROOM.format("notices", "remind")),
    Sweep(name="send-digests", every=60, run=_ROOM.format("notices", "send_digests"), apart=True),
    Sweep(name="send-webhooks", every=10, run=_ROOM.format("notices", "send_webhooks"), apart=True),
    Sweep(name="forget-notices", every=86400, run=_ROOM.format("notices", "forget_old")),
    Sweep(name="forget-sign-ins", every=3600, run=_ROOM.format("parties", "forget_sign_ins")),
    Sweep(name="index-elements", every=60, run=_ROOM.format("catalogue", "index_elements")),
    Sweep(name="look-at-entries", every=10, run=_ROOM.format("catalogue", "keep_upkeep")),
    Sweep(name="forget-imports", every=86400, run=_ROOM.format("catalogue", "forget_old_imports")),
    Sweep(name="forget-exports", every=3600, run=_ROOM.format("catalogue", "forget_exports")),
    Sweep(name="watch-agreements", every=10, run=_ROOM.format("grants", "watch_agreements")),
    Sweep(name="expire-agreements", every=60, run=_ROOM.format("agreements", "expire_agreements")),
)
