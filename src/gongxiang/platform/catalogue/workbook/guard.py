"""Before a workbook is parsed: is it one at all, is it too large unpacked, does it hold what has no business in it?

Everything is unpacked once, piece by piece and counted, because what a zip file says of its own sizes may be false.
"""

import io
import re
import zipfile
import zlib

from gongxiang.platform.catalogue import errors_import as errors

#: Bytes of a file that is sent; 10,000 entries with some sixty elements each have about a third of that.
LARGEST = 30 * 1024 * 1024
#: Bytes of all parts together when unpacked.
UNPACKED = 400 * 1024 * 1024
#: How many times smaller a part may be packed; XML of a table packs about 10 to 30 times.
RATIO = 300
#: Below this size nobody is hurt, whatever the ratio.
HARMLESS = 5 * 1024 * 1024
PARTS = 2_000
_PIECE = 1 << 20
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Attributes are read up to a length: a tag that never ends must not be searched anew from each of its characters.
_FORMULA = re.compile(rb"<(?:\w{1,40}:)?c\b([^<>]{0,300})>\s{0,40}<(?:\w{1,40}:)?f[\s>/]")
_PLACE = re.compile(rb"\br=\"([A-Z]{1,3}[0-9]{1,7})\"")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")


def check(content: bytes) -> dict[str, set[str]]:
    """Raise an ImportProblem for what is no workbook or a dangerous one; give the cells with formulas of each sheet's part."""
    if not content:
        raise errors.FileEmpty()
    if len(content) > LARGEST:
        raise errors.FileTooLarge(megabytes=-(-len(content) // 2**20), most=LARGEST // 2**20)
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise errors.FileEncrypted()
        raise errors.FileIsOldExcel()
    if not content.startswith(b"PK\x03\x04"):
        _refuse_text(content)
        raise errors.FileNotWorkbook()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _check_parts(package, len(content))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "encrypted" in str(error):
            raise errors.FileEncrypted() from error
        raise errors.FileBroken() from error


def _check_parts(package: zipfile.ZipFile, size: int) -> dict[str, set[str]]:
    parts = package.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise errors.FileNotWorkbook()
    if len(parts) > PARTS or sum(part.compress_size for part in parts) > size or len(names) != len(parts):
        raise errors.FileBomb()
    total, formulas = 0, {}
    for part in parts:
        total += part.file_size
        if total > UNPACKED or (part.file_size > HARMLESS and part.file_size > RATIO * max(part.compress_size, 1)):
            raise errors.FileBomb()
    total = 0
    for part in parts:
        unpacked, cells = _look_through(package, part, UNPACKED - total)
        total += unpacked
        if cells:
            formulas[part.filename] = cells
    return formulas


def _look_through(package: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> tuple[int, set[str]]:
    """Unpack one part, piece by piece: its real size, and the cells with formulas if it is a sheet."""
    is_xml = part.filename.endswith((".xml", ".rels"))
    is_sheet = bool(_SHEET.fullmatch(part.filename))
    read, cells, rest = 0, set(), b""
    with package.open(part) as stream:
        while piece := stream.read(_PIECE):
            text = rest + piece
            if is_xml and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
                raise errors.FileForbiddenParts(part=f"DOCTYPE ({part.filename})")
            if is_xml and read == 0 and (piece[:2] in _WIDE or b"\x00" in piece[:400]):
                # In UTF-16 none of these checks would see a thing; no program writes workbooks so.
                raise errors.FileForbiddenParts(part=f"UTF-16 ({part.filename})")
            read += len(piece)
            if read > most or (read > HARMLESS and read > RATIO * max(part.compress_size, 1)):
                raise errors.FileBomb()
            if is_sheet:
                places = (_PLACE.search(found[1]) for found in _FORMULA.finditer(text))
                cells |= {place[1].decode() for place in places if place}
            rest = text[-400:]
    return read, cells


def _refuse_text(content: bytes) -> None:
    """Say so if it is a text file, and in which encoding."""
    head = content[:65536]
    if b"\x00" in head[:4096] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    for encoding, shown in (("utf-8-sig", "UTF-8"), ("gb18030", "GBK")):
        try:
            text = head.decode(encoding, errors="strict" if len(content) <= len(head) else "ignore")
        except UnicodeDecodeError:
            continue
        if (
            text.lstrip().startswith(("<", "%PDF"))
            or not any(c in text for c in ",\t;，")
            or (not text.isprintable() and not any(c in text for c in "\n\r"))
        ):
            return
        raise errors.FileIsText(encoding=shown)
