"""The site's master key, under which second factors and officers' keys are sealed; opened once per process, never logged."""

from functools import lru_cache

from gongxiang.protocol.keyring import Keyring


def master_key() -> bytes:
    """The 32 bytes of the master key; raises KeyMissing or KeyOpenToOthers."""
    return _opened(Keyring.from_environment())


@lru_cache(maxsize=4)
def _opened(keyring: Keyring) -> bytes:
    return keyring.master()
