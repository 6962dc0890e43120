"""Named places where a fault test may kill a program of the data plane or the worker; in production each is one comparison.

`GONGXIANG_KILL_AT=NAME` (or `NAME:3`, the third time) ends the process by SIGKILL there; heeded in the test profile only.
"""

import os
import signal


def _armed() -> tuple[str, int]:
    name, _, count = os.environ.get("GONGXIANG_KILL_AT", "").partition(":")
    return (name, int(count or 1)) if os.environ.get("GONGXIANG_PROFILE") == "test" else ("", 0)


_name, _left = _armed()


def reach(name: str) -> None:
    """The process has come to this place: go on, unless a test wants it dead just here."""
    global _left
    if name != _name:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
