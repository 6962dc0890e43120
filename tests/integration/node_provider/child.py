"""A node with one stream in a process of its own, to be killed; its receiver keeps segments as files."""

import os
import sys
import threading
from pathlib import Path
from uuid import UUID

from gongxiang.node import load, loading
from gongxiang.node.ending import end_on_signals
from gongxiang.protocol.segments import open_segment
from gongxiang.protocol.signing import SoftwareKey
from tests.integration.node_provider.harness import Head, Provider, Receiver


class Filing(Receiver):
    """Keeps each accepted segment durably before it answers, as the gateway does."""

    folder: Path

    def post_segment(self, resource_id: UUID, data: bytes) -> Head:
        seq = open_segment(data, self.key.public_key).header.seq
        answer = super().post_segment(resource_id, data)
        if not answer.repeat:
            path = self.folder / f"{seq:08}.seg"
            path.with_suffix(".part").write_bytes(data)
            path.with_suffix(".part").rename(path)
        return answer


def main() -> None:
    source, exchange, folder, resource_id, key = sys.argv[1:]
    load.CHUNK_ROWS = loading.CHUNK_ROWS = 300
    made = Provider(source=source, exchange=exchange, home=Path(folder), resource_id=UUID(resource_id))
    made.key = SoftwareKey.load(key.encode())
    receiver = made.receiver = Filing(made.key)
    receiver.folder = Path(folder)
    for path in sorted(receiver.folder.glob("*.seg")):
        Receiver.post_segment(receiver, made.resource_id, path.read_bytes())
    made.map()
    stop = threading.Event()
    end_on_signals(stop)
    stream = made.start()
    granted = None
    while not stop.wait(0.05) and os.getppid() != 1:
        if made.state() == "live" and granted is None:
            granted = made.grant(grant_id=UUID(int=77))
            stream.set_grants({granted.terms.grant_id: granted})
            (receiver.folder / "live").touch()
    made.stop()


main()
