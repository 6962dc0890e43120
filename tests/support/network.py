"""Only this machine may be reached by tests."""

import ipaddress
import socket


class NetworkIsOff(OSError):
    """A test tried to reach another machine."""


def _guarded(method: str):
    original = getattr(socket.socket, method)

    def connect(self: socket.socket, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if host != "localhost" and not ipaddress.ip_address(host.split("%")[0]).is_loopback:
                raise NetworkIsOff(f"the network is off in tests, except loopback: {host}")
        return original(self, address)

    return connect


def switch_off() -> None:
    """From now on sockets of this process connect to loopback only."""
    for method in ("connect", "connect_ex"):
        setattr(socket.socket, method, _guarded(method))
