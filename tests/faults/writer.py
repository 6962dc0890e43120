"""A department at work: writes to its business table all the time and remembers every write that failed."""

import random
import threading
import time

import psycopg

CREATE = """CREATE TABLE {} (
  id text PRIMARY KEY, name text, phone text, area text NOT NULL, amount numeric(20, 2), note text, at timestamptz NOT NULL
)"""


class Writer:
    """One thread of business transactions: inserts, updates, deletes, key changes, large values, rows that leave the filter."""

    def __init__(self, dsn: str, table: str, *, seed: int) -> None:
        self._dsn, self.table = dsn, table
        self._chance = random.Random(seed)
        self._stopping = threading.Event()
        self._paused = threading.Event()
        self._idle = threading.Event()
        #: What the business saw fail though its database was up: must stay empty.
        self.failed: list[str] = []
        self.commits = 0
        self._next = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def pause(self) -> None:
        """Rest after the present transaction."""
        self._idle.clear()
        self._paused.set()
        assert self._idle.wait(120), "the business did not come to rest"

    def resume(self) -> None:
        """Work again."""
        self._paused.clear()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join(120)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._dsn, connect_timeout=3) as connection:
                    connection.execute("SET synchronous_commit TO on")
                    connection.commit()
                    while not self._stopping.is_set():
                        if self._paused.is_set():
                            self._idle.set()
                            time.sleep(0.02)
                            continue
                        self._transaction(connection)
                        time.sleep(0.01)
            except psycopg.OperationalError as error:
                # The test killed the business database itself: that is no failure of ours.
                if error.sqlstate is not None and not error.sqlstate.startswith(("57", "08", "53")):
                    self.failed.append(f"{error.sqlstate} {error}")
                self._idle.set()
                time.sleep(0.05)
            except psycopg.Error as error:
                self.failed.append(f"{error.sqlstate} {error}")

    def _transaction(self, connection: psycopg.Connection) -> None:
        chance = self._chance
        with connection.transaction():
            for _ in range(chance.choice((1, 1, 1, 2, 5, 20))):
                self._write(connection)
        self.commits += 1

    def _write(self, connection: psycopg.Connection) -> None:
        chance, kind = self._chance, self._chance.random()
        some = f"(SELECT id FROM {self.table} OFFSET floor(random() * 100) LIMIT 1)"
        if kind < 0.45:
            self._next += 1
            key = f"{time.time_ns()}-{self._next}"
            note = "长" * chance.choice((0, 5, 5000)) if chance.random() < 0.3 else None
            connection.execute(
                f"INSERT INTO {self.table} VALUES (%s, %s, %s, %s, %s, %s, now())",
                (
                    key,
                    f"张{self._next}🙂",
                    f"139{chance.randrange(10**8):08}",
                    chance.choice("AB"),
                    chance.randrange(10**6),
                    note,
                ),
            )
        elif kind < 0.75:
            connection.execute(f"UPDATE {self.table} SET name = %s, at = now() WHERE id = {some}", (f"改{chance.random()}",))
        elif kind < 0.85:
            connection.execute(f"UPDATE {self.table} SET area = %s WHERE id = {some}", (chance.choice("AB"),))
        elif kind < 0.9:
            connection.execute(f"UPDATE {self.table} SET id = id || 'k' WHERE id = {some} AND length(id) < 60")
        elif kind < 0.999:
            connection.execute(f"DELETE FROM {self.table} WHERE id = {some}")
        else:
            connection.execute(f"TRUNCATE {self.table}")
