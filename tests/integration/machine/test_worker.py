"""The worker's list: everything in it exists, sweeps run one at a time, an error stops nothing else."""

import threading
import time
from datetime import datetime

import psycopg
import pytest

from gongxiang.platform.wiring import worker
from gongxiang.platform.wiring.schedule import PUMPS, SWEEPS, Pump, Sweep


@pytest.mark.parametrize("work", [*PUMPS, *SWEEPS], ids=lambda work: work.name)
def test_every_entry_of_the_schedule_exists(work):
    assert callable(worker.resolve(work.run))


def test_every_room_that_reads_the_outbox_is_listed():
    from tools import code

    offered = {
        f"gongxiang.platform.{path.parent.name}.tasks:on_news"
        for path in (code.SOURCE / "platform").glob("*/tasks.py")
        if "def on_news(" in path.read_text("utf-8")
    }
    assert offered == {pump.run for pump in PUMPS if pump.run.endswith(":on_news")}


@pytest.mark.django_db(transaction=True)
def test_a_sweep_is_done_by_one_worker_at_a_time(site_database):
    inside, leave, calls = threading.Event(), threading.Event(), []

    def slow(at: datetime) -> None:
        calls.append(1)
        inside.set()
        leave.wait(10)

    work = Sweep(name="probe", every=1, run="")
    first = threading.Thread(target=lambda: (worker.sweep(work, slow), worker.connections.close_all()))
    first.start()
    inside.wait(10)
    assert worker.sweep(work, slow) is False
    leave.set()
    first.join()
    assert worker.sweep(work, lambda at: calls.append(2)) is True
    assert calls == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_pump_wakes_at_a_notice_and_goes_on_after_an_error(site_database, caplog):
    calls, stopped = [], worker.Stopped()

    def run() -> int:
        calls.append(time.monotonic())
        if len(calls) == 1:
            raise RuntimeError("on purpose")
        return 0

    thread = threading.Thread(target=worker.pump, args=(Pump(name="probe", channel="gx_probe", run=""), run, stopped))
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while len(calls) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(calls) >= 2, "it went on after the error"
        before = len(calls)
        with psycopg.connect(site_database.url, autocommit=True) as other:
            sent = time.monotonic()
            other.execute("NOTIFY gx_probe")
        while len(calls) == before and time.monotonic() < sent + 5:
            time.sleep(0.005)
        assert calls[before] - sent < 0.9, "woken, not polled"
    finally:
        stopped.set()
        thread.join(10)
    assert "probe failed" in caplog.text
