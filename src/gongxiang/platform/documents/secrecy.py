"""What whoever hands something in states about secrets (办法 4(1), 条例 3.1), and the markings that keep a file out.

For every act that takes a file or sends an entry to review. Must never read a value for anything but a marking of secrecy.
"""

import io
import re
import zipfile
import zlib
from typing import Final

from gongxiang.law.articles import implements
from gongxiang.platform.documents.errors import MarkedSecret

#: Version of the statement, kept in the evidence of each act; the site shows its words. New words are a new version.
VERSION: Final = "no-secrets@2026-11-23"
#: 机密★1年 as documents carry it (GB/T 9704: level, star, period), and levels in brackets as file names have them.
_MARKED: Final = re.compile(r"(?:绝密|机密|秘密)\s*[★☆]|[（(【\[](?:绝密|机密|秘密)[）)】\]]")
_STARRED: Final = re.compile(r"(?:绝密|机密|秘密)\s*(?:<[^>]{0,400}>\s*){0,40}[★☆]")
#: Of a packed document at most so many bytes of text are looked through.
_LOOKED: Final = 4 * 2**20
_PARTS: Final = 400


@implements("wushen-2021-60:4(1)", "cn-809:3.1")
def check_unmarked(name: str, content: bytes) -> None:
    """Raise MarkedSecret where the name, or the text of a Word, Excel or OFD file, carries a marking of secrecy."""
    if _MARKED.search(name) or any(_STARRED.search(text) for text in _texts(content)):
        raise MarkedSecret(field="file", name=name)


def _texts(content: bytes) -> list[str]:
    if not content.startswith(b"PK\x03\x04"):
        return []
    found: list[str] = []
    left = _LOOKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for part in packed.infolist()[:_PARTS]:
                if left > 0 and part.filename.endswith(".xml"):
                    with packed.open(part) as opened:
                        read = opened.read(left)
                    left -= len(read)
                    found.append(read.decode("utf-8", "replace"))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError):
        # Whether the file can be read at all is asked by whoever reads it.
        return found
    return found
