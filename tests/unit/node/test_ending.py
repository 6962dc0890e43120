"""A process of the node ends however the signal meets it."""

import subprocess
import sys

#: The signal comes while the main thread holds the event's lock, as it does for a moment at each wait.
_IN_THE_MIDDLE = """
import os, signal, threading
from gongxiang.node.ending import end_on_signals

stopping = threading.Event()
end_on_signals(stopping)
with stopping._cond:
    os.kill(os.getpid(), signal.SIGTERM)
    _ = [None for _ in range(100)]
print(stopping.wait(60))
"""


def test_a_signal_in_the_middle_of_a_wait_ends_it():
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", _IN_THE_MIDDLE], env=environment, capture_output=True, timeout=120)
    assert done.stdout == b"True\n", done.stderr
