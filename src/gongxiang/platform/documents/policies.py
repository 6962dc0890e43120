"""May it be done now? Sizes and kinds of what is attached; reasons for a withdrawal."""

from gongxiang.platform.documents.errors import UploadEmpty, UploadTooLarge, UploadTypeUnknown, WithdrawalWithoutReason

#: Largest attachment: a scanned decision of some fifty pages.
LARGEST = 20 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Ending -> (media type, how such a file begins).
KINDS: dict[str, tuple[str, bytes]] = {
    "pdf": ("application/pdf", b"%PDF-"),
    "ofd": ("application/ofd", _ZIP),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _ZIP),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ZIP),
    "doc": ("application/msword", _OLE),
    "xls": ("application/vnd.ms-excel", _OLE),
    "wps": ("application/vnd.ms-works", _OLE),
    "et": ("application/vnd.ms-excel", _OLE),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
}


def check_upload(name: str, content: bytes) -> str:
    """Give the media type; raise where the file is empty, too large, or not what its name says."""
    if not content:
        raise UploadEmpty(field="file")
    if len(content) > LARGEST:
        raise UploadTooLarge(field="file", megabytes=-(-len(content) // 2**20), most=LARGEST // 2**20)
    media_type, beginning = KINDS.get(name.rpartition(".")[2].lower(), ("", b""))
    if not media_type or not content.startswith(beginning):
        raise UploadTypeUnknown(field="file", name=name)
    return media_type


def check_reason(reason: str) -> None:
    """Raise WithdrawalWithoutReason for an empty reason."""
    if not reason.strip():
        raise WithdrawalWithoutReason(field="reason")
