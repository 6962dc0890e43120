"""The gateway's settings, all from `GONGXIANG_*` variables, read once."""

import os
from dataclasses import dataclass
from pathlib import Path

from gongxiang.protocol.keyring import Keyring

#: Ports after the front door's own.
PEOPLE_DOOR, NODE_DOOR = 2, 3
#: Bodies up to this size live beside their metadata in PostgreSQL.
INLINE_BYTES = 1 << 20
MEBIBYTE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the gateway needs to know before it starts."""

    home: Path
    port: int
    #: Address at which nodes are listened to.
    host: str
    database_url: str
    keyring: Keyring
    #: Where large bodies go: a folder, or an address obstore knows (s3://…).
    object_store: str
    #: Largest request body.
    body_bytes: int
    #: Most bytes of segments in one answer.
    answer_bytes: int
    #: Days for which acknowledged segments are kept.
    segment_days: int
    #: Versions of a resource's file that are kept.
    file_versions: int
    #: Requests per second and caller.
    rate: int

    @classmethod
    def from_environment(cls) -> "Settings":
        """The settings of this process's environment."""
        home = Path(os.environ.get("GONGXIANG_HOME") or "var").absolute()
        port = int(os.environ.get("GONGXIANG_PORT") or 8600)
        return cls(
            home=home,
            port=port,
            host=os.environ.get("GONGXIANG_GATEWAY_HOST") or "127.0.0.1",
            database_url=os.environ.get("GONGXIANG_GATEWAY_DATABASE_URL")
            or os.environ.get("GONGXIANG_DATABASE_URL")
            or f"postgresql://gx_gateway@127.0.0.1:{port + 4}/gongxiang",
            keyring=Keyring.from_environment(),
            object_store=os.environ.get("GONGXIANG_OBJECT_STORE") or str(home / "objects"),
            body_bytes=int(os.environ.get("GONGXIANG_GATEWAY_BODY_MIB") or 16) * MEBIBYTE,
            answer_bytes=int(os.environ.get("GONGXIANG_GATEWAY_ANSWER_MIB") or 8) * MEBIBYTE,
            segment_days=int(os.environ.get("GONGXIANG_SEGMENT_DAYS") or 30),
            file_versions=max(1, int(os.environ.get("GONGXIANG_FILE_VERSIONS") or 3)),
            rate=int(os.environ.get("GONGXIANG_GATEWAY_RATE") or 500),
        )
