"""What whoever hands something in states about secrets (办法 4(1), 条例 3.1), and the markings that keep a file out.

For every act that takes a file or sends an entry to review. Must never read a value for anything but a marking of secrecy.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from gongxiang.law.articles import implements
from gongxiang.platform.documents import pdf_words
from gongxiang.platform.documents.errors import MarkedSecret

#: Version of the statement, kept in the evidence of each act; the site shows its words. New words are a new version.
VERSION: Final = "no-secrets@2026-11-23"
_LEVEL: Final = "(?:绝密|机密|秘密)"
#: 机密★1年 as documents carry it (GB/T 9704: level, star, period), and levels in brackets as file names have them.
_MARKED: Final = re.compile(rf"{_LEVEL}\s*[★☆]|[（(【\[]{_LEVEL}[）)】\]]")
_STARRED: Final = re.compile(r"(?:绝密|机密|秘密)\s*(?:<[^>]{0,400}>\s*){0,40}[★☆]")
#: A level by itself, as a keyword or the property 密级 holds it.
_ALONE: Final = re.compile(rf"(?:^|[;；,，、/\s>\"])(?:密级[:：=]?\s*)?{_LEVEL}(?=$|[;；,，、/\s<\"])")
#: A text that a PDF sets apart for its looks: 机 密 ★.
_SPACED: Final = re.compile(r"(?<=[绝机秘密])[ \t\u3000]+(?=[密★☆])")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The same in files of the older kinds, which are looked through as bytes.
_OLD: Final = tuple(
    f"{level}{star}".encode(coding)
    for level in ("绝密", "机密", "秘密") for star in "★☆" for coding in ("utf-16-le", "gb18030")
)  # fmt: skip
#: Of a packed document at most so many bytes of text are looked through, those about the file first.
_LOOKED: Final = 4 * 2**20
_PARTS: Final = 400
_ABOUT: Final = ("docProps/core.xml", "docProps/custom.xml", "OFD.xml")


@implements("wushen-2021-60:4(1)", "cn-809:3.1")
def check_unmarked(name: str, content: bytes) -> None:
    """Raise MarkedSecret where the name, the text or the properties of a PDF, Word, Excel, WPS or OFD file carry a marking."""
    if _MARKED.search(name) or any(_is_marked(words, about=about) for words, about in _texts(content)):
        raise MarkedSecret(field="file", name=name)


def _is_marked(words: str, *, about: bool) -> bool:
    """Whether the words carry a marking; in what is said `about` a file, a level in brackets or by itself is one too."""
    if _STARRED.search(words):
        return True
    return about and bool(_MARKED.search(words) or _ALONE.search(words))


def _texts(content: bytes) -> Iterator[tuple[str, bool]]:
    """The texts of a file, each with whether it is said about the file."""
    if content.startswith(b"PK\x03\x04"):
        yield from _packed(content)
    elif content.startswith(b"%PDF-"):
        for words, about in pdf_words.read(content):
            yield _SPACED.sub("", words), about
    elif content.startswith(_OLE) and any(mark in content for mark in _OLD):
        yield "机密★", False


def _packed(content: bytes) -> Iterator[tuple[str, bool]]:
    left = _LOOKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = [part for part in packed.infolist()[:_PARTS] if part.filename.endswith((".xml", ".rels"))]
            for part in sorted(parts, key=lambda one: not one.filename.startswith(_ABOUT)):
                if left <= 0:
                    return
                with packed.open(part) as opened:
                    read = opened.read(left)
                left -= len(read)
                coding = "utf-16" if read.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
                yield read.decode(coding, "replace"), part.filename.startswith(_ABOUT)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError):
        # Whether the file can be read at all is asked by whoever reads it.
        return
