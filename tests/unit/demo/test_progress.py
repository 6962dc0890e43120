"""The demo's acts lie in the past, at whatever hour it is made."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gongxiang.demo.progress import DemoStuck, TimeTravel, day_of
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING


@pytest.mark.parametrize(
    ("hour", "minute", "day"), [(0, 0, 23), (0, 40, 23), (4, 59, 23), (5, 0, 24), (12, 0, 24), (23, 59, 24)]
)
def test_in_the_small_hours_the_demo_counts_from_the_day_before(hour: int, minute: int, day: int) -> None:
    assert day_of(datetime(2026, 11, 24, hour, minute, tzinfo=BEIJING)).day == day


def test_no_act_of_the_demo_is_dated_in_the_future(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGXIANG_CLOCK_OFFSET", f"@{tmp_path / 'clock.offset'}")
    travel = TimeTravel(tmp_path / "clock.offset")
    travel._move_to(clock.now() - timedelta(minutes=5))
    travel.pass_minutes(3)
    with pytest.raises(DemoStuck, match="in the future"):
        travel.pass_minutes(3)
