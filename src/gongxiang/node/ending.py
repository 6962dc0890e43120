"""How a process of the node is told to end."""

import signal
import threading


def end_on_signals(stopping: threading.Event) -> None:
    """Set `stopping` at SIGTERM or SIGINT; call it in the main thread.

    Setting takes the event's lock, which the main thread holds for a moment at each wait; a handler runs in that same
    thread and would wait for itself for ever. So another thread sets it.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=stopping.set, name="ending").start())
