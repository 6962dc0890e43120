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
        leave.wait(60)

    work = Sweep(name="probe", every=1, run="")
    first = threading.Thread(target=lambda: (worker.sweep(work, slow), worker.connections.close_all()))
    first.start()
    inside.wait(60)
    assert worker.sweep(work, slow) is False
    leave.set()
    first.join()
    assert worker.sweep(work, lambda at: calls.append(2)) is True
    assert calls == [1, 2]


def run_pump(run, channel: str, stopped: worker.Stopped) -> threading.Thread:
    thread = threading.Thread(target=worker.pump, args=(Pump(name="probe", channel=channel, run=""), run, stopped))
    thread.start()
    return thread


def wait_for(condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "not within 60 s"
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_a_pump_goes_on_after_an_error(site_database, caplog, monkeypatch):
    monkeypatch.setattr(worker, "POLL", 0.05)
    calls, stopped = [], worker.Stopped()

    def run() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("on purpose")
        return 0

    thread = run_pump(run, "gx_probe", stopped)
    wait_for(lambda: len(calls) >= 2)
    stopped.set()
    thread.join(20)
    assert "probe failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_pump_is_woken_by_a_notice(site_database, monkeypatch):
    monkeypatch.setattr(worker, "POLL", 600.0)
    calls, stopped = [], worker.Stopped()

    def run() -> int:
        calls.append(1)
        return 0

    thread = run_pump(run, "gx_probe", stopped)
    wait_for(lambda: calls)
    with psycopg.connect(site_database.url, autocommit=True) as other:
        other.execute("NOTIFY gx_probe")
        wait_for(lambda: len(calls) >= 2)
        stopped.set()
        other.execute("NOTIFY gx_probe")
    thread.join(20)
    assert not thread.is_alive()


def test_what_waits_for_machines_of_others_makes_nothing_else_late():
    threads = worker.in_threads([(work, len) for work in SWEEPS])
    assert [[work.name for work, _run in together] for together in threads[1:]] == [["send-digests"], ["send-webhooks"]]
    assert sum(len(together) for together in threads) == len(SWEEPS)
