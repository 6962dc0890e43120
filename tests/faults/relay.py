"""A network of our own on loopback between a node and the gateway, which can be cut."""

import contextlib
import selectors
import socket
import threading


class Relay:
    """Passes TCP connections on to a port while it is up; cut, it ends them and refuses new ones."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._up = True
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """The network is gone."""
        with self._lock:
            self._up = False
            for end in self._pairs:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """It is back."""
        self._up = True

    def close(self) -> None:
        """End for good."""
        self._closed = True
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if not self._up:
                client.close()
                continue
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._to_port), timeout=5)
        except OSError:
            client.close()
            return
        with self._lock:
            self._pairs |= {client, server}
        other = {client: server, server: client}
        with selectors.DefaultSelector() as selector, contextlib.suppress(OSError):
            for end in other:
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(end, selectors.EVENT_READ)
            while self._up:
                for key, _ in selector.select(1.0):
                    data = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
                    if not data:
                        raise OSError
                    other[key.fileobj].sendall(data)  # type: ignore[index]
        with self._lock:
            self._pairs -= {client, server}
        client.close()
        server.close()
