"""The site's master key, under which second factors and officers' keys are sealed; read from its file, never logged."""

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings


class MasterKeyMissing(RuntimeError):
    """The master key's file is missing or not 32 bytes in hex: run `gongxiang migrate`, or restore it from the backup."""


def master_key() -> bytes:
    """The 32 bytes of the master key; raises MasterKeyMissing."""
    path = os.environ.get("GONGXIANG_MASTER_KEY_FILE") or str(Path(settings.HOME) / "keys" / "master.key")
    return _read(path)


@lru_cache(maxsize=4)
def _read(path: str) -> bytes:
    try:
        key = bytes.fromhex(Path(path).read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise MasterKeyMissing(f"{MasterKeyMissing.__doc__} ({path})") from error
    if len(key) != 32:
        raise MasterKeyMissing(f"{MasterKeyMissing.__doc__} ({path})")
    return key
