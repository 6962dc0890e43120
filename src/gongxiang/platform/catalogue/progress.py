"""How far a job is, told while its transaction is open: a thread with a connection of its own writes it down.

And how often it was taken up, so that no job takes the worker down again and again.
"""

import contextlib
import threading
from collections.abc import Iterator
from uuid import UUID

from django.db import connections, models

#: Takings-up of one job by which the worker may die, before it is given up.
MOST_TRIES = 3


def may_try(model: type[models.Model], pk: UUID) -> bool:
    """Whether the job is taken up once more; written down at once, so that a worker that dies over it is remembered."""
    return bool(model._base_manager.filter(pk=pk, tries__lt=MOST_TRIES).update(tries=models.F("tries") + 1))


@contextlib.contextmanager
def told(model: type[models.Model], pk: UUID, total: int) -> Iterator["Teller"]:
    """Let the page see `done` and `total` of the row while the work goes on."""
    teller = Teller(model, pk, total)
    thread = threading.Thread(target=teller.run, name="job-progress", daemon=True)
    thread.start()
    try:
        yield teller
    finally:
        teller.ended.set()
        thread.join()


class Teller:
    """Keeps the newest figures, and writes them twice a second."""

    def __init__(self, model: type[models.Model], pk: UUID, total: int) -> None:
        self.model, self.pk, self.done, self.total = model, pk, 0, total
        self.ended = threading.Event()

    def __call__(self, done: int, total: int | None = None) -> None:
        """So many of so many are done."""
        self.done, self.total = done, self.total if total is None else total

    def run(self) -> None:
        """Until the work has ended. A database that cannot be reached does not stop the work that reports itself."""
        told = (0, 0)
        try:
            while not self.ended.wait(0.5):
                if (self.done, self.total) != told:
                    told = (self.done, self.total)
                    with contextlib.suppress(Exception):
                        self.model._default_manager.filter(pk=self.pk).update(done=told[0], total=told[1])
        finally:
            connections.close_all()
