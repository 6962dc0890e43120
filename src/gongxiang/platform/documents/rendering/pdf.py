"""PDF by typst: a template of this folder and the data as JSON, which it reads as values; PDF/A-2b.

Whatever people typed, there is a paper: PDF/A may hold no sign that no font shows, so such a sign becomes 〓, as typesetters
mark it; the Word file and the record have the sign itself.
"""

import functools
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import qrcode
import typst

from gongxiang.platform.documents.rendering import fonts

#: Stands for a sign that no font here has.
GETA = "〓"
#: Compilations of one paper; each that fails names one sign that cannot be shown.
_ATTEMPTS = 6
_UNSHOWN = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_ORDINARY = re.compile(r"[\t\n\r -~\u00a0-\u00ff\u2010-\u2026\u3000-\u30ff\u4e00-\u9fa5\uff01-\uff5e\uffe5]")
_NO_SIGN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LONG = re.compile(r"\S{1000}")
_HERE = Path(__file__).parent


@functools.cache
def _source(template: str) -> bytes:
    return (_HERE / f"{template}.typ").read_bytes()


def fill(template: str, data: dict[str, Any], *, at: datetime | None = None) -> bytes:
    """The filled template as PDF/A-2b."""
    named = {"title": fonts.known(fonts.TITLE), "text": fonts.known(fonts.TEXT), "heading": fonts.known(fonts.HEADING)}
    named |= {"kai": fonts.known(fonts.KAI), "song": fonts.known(fonts.SONG)}
    said = json.dumps({**_each(data, _printable), "fonts": named}, ensure_ascii=False)
    for left in reversed(range(_ATTEMPTS)):
        try:
            return _compiled(template, said, at)
        except typst.TypstError as problem:
            if (missing := _UNSHOWN.search(str(problem))) is None or left == 0:
                raise
            # The first few by name; then, or where a sign is named for its neighbour's sake, all that is out of the ordinary.
            named_now = _ESCAPED.sub(lambda one: chr(int(one[1], 16)), missing[1])
            signs = {sign for sign in named_now if not _ORDINARY.match(sign)}
            if left == 1 or not signs:
                signs = {sign for sign in said if not _ORDINARY.match(sign)}
            said = said.translate(dict.fromkeys(map(ord, signs), GETA))
    raise AssertionError("the last attempt raises or returns")


def _compiled(template: str, said: str, at: datetime | None) -> bytes:
    compiler = typst.Compiler(input=_source(template), font_paths=fonts.shelf(), ignore_system_fonts=False)
    made = compiler.compile(format="pdf", sys_inputs={"data": said}, pdf_standards=["a-2b"], timestamp=at)
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made).__name__} for {template}")
    return made


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """The same data with every text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(one, change) for key, one in value.items()}
    return [_each(one, change) for one in value] if isinstance(value, (list, tuple)) else value


def _printable(text: str) -> str:
    """Without what is no sign at all; a word too long for one string of a PDF may be broken."""
    return _LONG.sub("\\g<0>\u200b", _NO_SIGN.sub("", text))


def squares(address: str) -> list[list[int]]:
    """The address as a QR code's squares; none for no address."""
    if not address:
        return []
    code = qrcode.QRCode(border=0)
    code.add_data(address)
    code.make(fit=True)
    return [[int(dark) for dark in line] for line in code.get_matrix()]
