"""Fonts by the names official letters ask for, and what stands in where one is not installed.

GB/T 9704 wants 小标宋 for titles, 仿宋 for the text, 黑体 for headings: none of the usual ones is free.
Word is told their names and finds them on an office's desktop. A PDF carries its fonts: those installed on this machine or laid
in `GONGXIANG_FONTS` are taken, else Noto Sans CJK from the wheel `noto-cjk-sans-otc`: Chinese is shown on any machine.
"""

import functools
import importlib.util
from pathlib import Path

import typst
from django.conf import settings

#: What Word is told.
WORD_TITLE = "方正小标宋简体"
WORD_TEXT = "仿宋_GB2312"
WORD_HEADING = "黑体"
WORD_KAI = "楷体_GB2312"
WORD_SONG = "宋体"
_LAST = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC")
#: What typst is told, the first that is there is taken.
TITLE = ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05", "STZhongsong", *_LAST)
TEXT = ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", *_LAST)
HEADING = ("SimHei", "黑体", "STHeiti", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC")
KAI = ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", *_LAST)
SONG = ("SimSun", "宋体", "NSimSun", "STSong", *_LAST)
#: What the standard asks for, by the names people know.
ASKED = (("小标宋", TITLE), ("仿宋", TEXT), ("黑体", HEADING), ("楷体", KAI), ("宋体", SONG))


@functools.cache
def shelf() -> typst.Fonts:
    """Every font this process may use; looked through once."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(path) for path in folders()])


def folders() -> list[Path]:
    """Where fonts are looked for besides the system's own places."""
    found = [Path(settings.FONTS)] if settings.FONTS else []
    carried = importlib.util.find_spec("noto_cjk_sans_otc")
    if carried is not None and carried.origin is not None:
        found.append(Path(carried.origin).parent)
    return [path for path in found if path.is_dir()]


def known(wanted: tuple[str, ...]) -> list[str]:
    """Those of the names that are there; typst warns of every other."""
    there = {name.lower() for name in shelf().families()}
    return [name for name in wanted if name.lower() in there]


def stands_in(wanted: tuple[str, ...]) -> bool:
    """Whether none of the fonts the standard asks for is there, so that another one stands in."""
    there = known(wanted)
    return not there or there[0] in _LAST or there[0].startswith(("Noto", "Source Han"))


def stand_ins() -> tuple[tuple[str, str], ...]:
    """Which fonts of the standard are missing on this machine, and what a PDF carries instead; pages say so."""
    return tuple((name, (known(wanted) or ["—"])[0]) for name, wanted in ASKED if stands_in(wanted))
