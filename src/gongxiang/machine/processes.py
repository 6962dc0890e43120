"""Small things about processes: tie a child's life to ours, ask whether one lives, find free ports."""

import ctypes
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def tied_to_parent(sign: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """A `preexec_fn` that lets the kernel send `sign` to the child when we end, however we end (Linux; elsewhere no effect)."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        # The parent may have ended between the fork and the line above.
        if os.getppid() != parent:
            os._exit(0)

    return tie


def alive(pid: int) -> bool:
    """Whether a process with this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def port_taken(port: int) -> bool:
    """Whether another program listens on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.3)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_ports(count: int) -> int:
    """The first of `count` neighbouring free loopback ports, below those that outgoing connections take.

    Tried at random places: several tests ask at once, and a port is free until its program listens.
    """
    for _ in range(200):
        first = 20000 + secrets.randbelow(12000 - count)
        probes = []
        try:
            for port in range(first, first + count):
                probe = socket.socket()
                probes.append(probe)
                probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
        return first
    raise OSError("no free ports on loopback")
