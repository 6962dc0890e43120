"""The store of large bodies: put once, durable before anything points to it; a local folder by default, S3 by configuration."""

import contextlib
import os
import re
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, from_url

from gongxiang.protocol.errors import DiskFull, SegmentAltered, Transient

#: ENOSPC, EFBIG (a file-size limit) and EDQUOT: one thing to whoever must make space.
FULL = (28, 27, 122)


class StoreDown(Transient):
    """The gateway's object store does not answer: nothing was taken."""

    advice = "Look at GONGXIANG_OBJECT_STORE and the store's own log; calls are repeated."


class ObjectStore:
    """Blocking; call it from a worker thread."""

    def __init__(self, place: str) -> None:
        self._folder: Path | None = None
        if "://" in place:
            self._store = from_url(place)
        else:
            self._folder = Path(place)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._store = LocalStore(str(self._folder), mkdir=True)

    def put(self, name: str, body: bytes) -> None:
        """Store `body` once and durably; the same name again is left as it is, for names contain the digest."""
        with _named_errors():
            try:
                obstore.put(self._store, name, body, mode="create", use_multipart=False)
            except AlreadyExistsError:
                # After a crash between object and metadata; it may not have reached the disk then.
                if self._folder is not None and (self._folder / name).stat().st_size != len(body):
                    obstore.put(self._store, name, body, mode="overwrite", use_multipart=False)
            if self._folder is not None:
                self._sync(self._folder / name)

    def get(self, name: str) -> bytes:
        """The stored bytes; raises SegmentAltered if they are gone."""
        try:
            with _named_errors():
                return bytes(obstore.get(self._store, name).bytes())
        except FileNotFoundError as error:
            raise SegmentAltered("The object {name} is missing in the gateway's store.", name=name) from error

    def delete(self, name: str) -> None:
        """Remove an object; one that is gone already is fine."""
        with contextlib.suppress(FileNotFoundError), _named_errors():
            obstore.delete(self._store, name)

    def _sync(self, path: Path) -> None:
        """File first, then each folder up to the store's own: obstore does not do this (docs/decisions)."""
        for place in (path, *path.parents):
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if place == self._folder:
                return


@contextlib.contextmanager
def _named_errors():  # type: ignore[no-untyped-def]
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, BaseError) as error:
        said = re.search(r"os error (\d+)", str(error))
        number = error.errno if isinstance(error, OSError) else int(said[1]) if said else 0
        if number in FULL:
            raise DiskFull("The gateway's object store is full: nothing was taken.") from error
        raise StoreDown("The gateway's object store failed: {said}", said=str(error).splitlines()[0]) from error
