"""PDF by typst: a template of this folder and the data as JSON, which it reads as values; PDF/A-2b."""

import functools
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import qrcode
import typst

from gongxiang.platform.documents.rendering import fonts

_HERE = Path(__file__).parent


@functools.cache
def _source(template: str) -> bytes:
    return (_HERE / f"{template}.typ").read_bytes()


def fill(template: str, data: dict[str, Any], *, at: datetime | None = None) -> bytes:
    """The filled template as PDF/A-2b."""
    named = {"title": fonts.known(fonts.TITLE), "text": fonts.known(fonts.TEXT), "heading": fonts.known(fonts.HEADING)}
    named |= {"kai": fonts.known(fonts.KAI), "song": fonts.known(fonts.SONG)}
    compiler = typst.Compiler(input=_source(template), font_paths=fonts.shelf(), ignore_system_fonts=False)
    inputs = {"data": json.dumps({**data, "fonts": named}, ensure_ascii=False)}
    made = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=["a-2b"], timestamp=at)
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made).__name__} for {template}")
    return made


def squares(address: str) -> list[list[int]]:
    """The address as a QR code's squares; none for no address."""
    if not address:
        return []
    code = qrcode.QRCode(border=0)
    code.add_data(address)
    code.make(fit=True)
    return [[int(dark) for dark in line] for line in code.get_matrix()]
