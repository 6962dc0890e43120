"""Synthetic persons for the demo: made the same way every time, and none can be a living person's.

Identity numbers have a right check digit (GB 11643) but a birth date that no calendar has (30 and 31 February); telephone
numbers begin with 100, which no operator allots.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from gongxiang.protocol.clock import BEIJING

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "建国秀英桂兰志强玉梅海燕永福春华凤霞文明巧云德胜淑珍金花巴特尔其木格乌云娜仁"
_MONGOLIAN = ("巴特尔", "其木格", "乌云娜", "苏日娜", "额尔敦", "萨仁花", "那顺", "阿拉坦", "呼和", "托娅")
_NATIONS = ("汉族", "蒙古族", "回族", "满族")
_KINDS = ("集中供养", "分散供养")
_ABILITY = ("全自理", "半护理", "全护理")
_NOTES = ("", "", "", "独居，需每月探访", "子女在外地😀", "冬季取暖补贴已发放", "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ 为常用语言")


def check_digit(seventeen: str) -> str:
    """The eighteenth character of an identity number (GB 11643-1999)."""
    return "10X98765432"[sum(int(c) * w for c, w in zip(seventeen, _WEIGHTS, strict=True)) % 11]


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person in extreme hardship (特困人员), as the civil affairs bureau's system keeps it."""

    number: str
    name: str
    identity: str
    sex: str
    nation: str
    birth_year: int
    phone: str
    township: str
    village: str
    kind: str
    ability: str
    allowance: Decimal
    active: bool
    updated_at: datetime
    note: str


def people(count: int, places: list[tuple[str, str]]) -> Iterator[Person]:
    """`count` persons living in `places` (township, village); the same for the same arguments."""
    chance = random.Random(20260922)
    start = datetime(2026, 1, 5, 9, tzinfo=BEIJING)
    for n in range(1, count + 1):
        year = chance.randint(1935, 1975)
        seventeen = f"150626{year}02{chance.choice(('30', '31'))}{chance.randint(1, 999):03d}"
        mongolian = chance.random() < 0.3
        family = "" if mongolian else chance.choice(_FAMILY)
        name = chance.choice(_MONGOLIAN) if mongolian else family + "".join(chance.sample(_GIVEN, chance.choice((1, 2))))
        township, village = chance.choice(places)
        yield Person(
            number=f"TK{n:06d}",
            name=name,
            identity=seventeen + check_digit(seventeen),
            sex="男" if int(seventeen[16]) % 2 else "女",
            nation="蒙古族" if mongolian else chance.choice(_NATIONS),
            birth_year=year,
            phone=f"100{chance.randint(0, 99_999_999):08d}",
            township=township,
            village=village,
            kind=chance.choice(_KINDS),
            ability=chance.choice(_ABILITY),
            allowance=Decimal(chance.randint(80_000, 220_000)) / 100,
            active=chance.random() < 0.93,
            updated_at=start + timedelta(minutes=chance.randint(0, 400_000)),
            note=chance.choice(_NOTES),
        )
