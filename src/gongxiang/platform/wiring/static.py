"""Addresses of static files carry the digest of their content, so that browsers keep them and never show an old one."""

import functools
import hashlib

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@functools.cache
def _digest(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        return ""
    with open(path, "rb") as file:  # noqa: PTH123 - finders give plain strings
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


class VersionedStorage(StaticFilesStorage):
    """`built/app.css` becomes `/static/built/app.css?v=3f2a…`; the files stay where the rooms have them."""

    def url(self, name: str | None) -> str:
        """The address of a static file."""
        address = super().url(name)
        version = _digest(name) if name else ""
        return f"{address}?v={version}" if version else address
