"""The demo's own notes: where it keeps accounts, which time it is there, and what it tells whoever waits."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.keyring import write_private

T = TypeVar("T")

#: How long after midnight the demo's last act before the present may be.
SMALL_HOURS = timedelta(hours=5)


class DemoStuck(RuntimeError):
    """The demo waited for something that did not happen: look into the programs' logs, or begin anew with `make reset`."""


@dataclass
class Notes:
    """Everything the demo must remember, in `HOME/demo`; the accounts' passwords lie in a file only its owner reads."""

    home: Path
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The demo's folder."""
        return self.home / "demo"

    @classmethod
    def load(cls, home: Path) -> "Notes":
        """The notes of an installation; empty ones before the demo was made."""
        notes = cls(home=home)
        for name in ("accounts", "kept"):
            path = notes.folder / f"{name}.json"
            if path.exists():
                setattr(notes, name, json.loads(path.read_text("utf-8")))
        return notes

    def save(self) -> None:
        """Write both files, readable by their owner alone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("accounts", "kept"):
            text = json.dumps(getattr(self, name), ensure_ascii=False, indent=1)
            write_private(self.folder / f"{name}.json", text.encode("utf-8"))

    @property
    def done(self) -> bool:
        """Whether the demo was made to its end."""
        return bool(self.kept.get("done"))


def day_of(present: datetime) -> date:
    """The day from which the demo counts its days backwards; in the small hours still the day before.

    The last acts are of the afternoon and the night before that day: made on the very day they would lie in the future.
    """
    return (present - SMALL_HOURS).astimezone(BEIJING).date()


class TimeTravel:
    """Moves the product's clock (never the machine's) through the weeks in which the demo's acts happen."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.today = day_of(datetime.now(UTC))
        self.now = datetime(2000, 1, 1, tzinfo=UTC)

    def go(self, days_ago: int, hour: int = 9, minute: int = 0) -> datetime:
        """It is now that time of that day in Beijing; a day off gives the working day before it."""
        from gongxiang.platform.rulebook import queries as rulebook

        day = self.today - timedelta(days=days_ago)
        while not rulebook.calendar().working_day(day):
            day -= timedelta(days=1)
        wanted = datetime(day.year, day.month, day.day, hour, minute, tzinfo=BEIJING)
        return self._move_to(max(wanted, self.now + timedelta(minutes=1)))

    def pass_minutes(self, minutes: int) -> datetime:
        """Some minutes later."""
        return self._move_to(self.now + timedelta(minutes=minutes))

    def home(self) -> datetime:
        """Back to the machine's own time."""
        write_private(self.file, b"0")
        return clock.now()

    def _move_to(self, at: datetime) -> datetime:
        present = datetime.now(UTC)
        if at > present:
            raise DemoStuck(f"The demo's next act would be in the future, on {at.isoformat()}. {DemoStuck.__doc__}")
        write_private(self.file, f"{(at - present).total_seconds():.3f}".encode("ascii"))
        self.now = clock.now()
        return self.now


def wait_for(what: str, found: Callable[[], T | None], *, seconds: float = 40) -> T:
    """Ask `found` again and again until it gives something; raises DemoStuck."""
    end = time.monotonic() + seconds
    while True:
        value = found()
        if value:
            return value
        if time.monotonic() > end:
            raise DemoStuck(f"{what} did not happen within {seconds:.0f} seconds. {DemoStuck.__doc__}")
        time.sleep(0.1)
