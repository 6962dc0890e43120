"""Both ends of the story's flow: a business table of the civil affairs bureau, and what arrives at the market bureau."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tests.browser.running import Demo, until

TABLE = "minzheng.cjbt"
#: Element code, name, type letter, length, decimal places, part of the key, level, sensitivity.
ELEMENTS = (
    ("bh", "补贴编号", "C", "12", "", True, "GENERAL", "GENERAL"),
    ("xm", "姓名", "C", "50", "", False, "IMPORTANT", "PERSONAL"),
    ("sfzh", "公民身份号码", "C", "18", "", False, "IMPORTANT", "SENSITIVE_PERSONAL"),
    ("lxdh", "联系电话", "C", "20", "", False, "IMPORTANT", "PERSONAL"),
    ("szsm", "所在苏木镇", "C", "50", "", False, "GENERAL", "GENERAL"),
    ("btje", "补贴金额", "N", "10", "2", False, "GENERAL", "GENERAL"),
    ("bz", "备注", "C", "200", "", False, "GENERAL", "GENERAL"),
)
TOWNSHIPS = ("嘎鲁图镇", "图克镇", "乌审召镇")


@dataclass(frozen=True)
class Ends:
    """The provider's business database and the consumer's exchange database, as `gongxiang demo info` names them."""

    source: str
    exchange: str

    @classmethod
    def of(cls, demo: Demo) -> "Ends":
        """From any flow of the demo: all are between the same two departments."""
        flow = demo.info()["flows"][0]
        return cls(flow["source_dsn"], flow["exchange_dsn"])

    def write(self, statement: str, *values: Any) -> None:
        """What the department's business system does all day."""
        with psycopg.connect(self.source) as connection:
            connection.execute("SET LOCAL ROLE minzheng_business")
            connection.execute(statement, values)

    def insert(self, key: str, name: str) -> None:
        """One more person, within the story's row filter."""
        identity = f"1506261996023{key[-3:]}01"
        self.write(f"INSERT INTO {TABLE} VALUES (%s, %s, %s, '10090000001', '图克镇', 1, NULL, NULL)", key, name, identity)

    def read_source(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the business database."""
        with psycopg.connect(self.source) as connection:
            return connection.execute(query).fetchall()

    def make_table(self, rows: int) -> None:
        """A table of invented persons: identity numbers of a day that no calendar has."""
        from gongxiang.demo.people import check_digit

        self.write(f"DROP TABLE IF EXISTS {TABLE}")
        self.write(
            f"CREATE TABLE {TABLE} (bh text PRIMARY KEY, xm text NOT NULL, sfzh varchar(18) NOT NULL, lxdh text,"
            " szsm text NOT NULL, btje numeric(10,2) NOT NULL, bz text, nb text)"
        )
        for n in range(1, rows + 1):
            identity = f"15062619600230{n:03d}"
            self.write(
                f"INSERT INTO {TABLE} VALUES (%s, %s, %s, %s, %s, %s, %s, '内部')", f"BT{n:05d}", f"测试{n}号",
                identity + check_digit(identity), f"100{n:08d}", TOWNSHIPS[n % 3], 100 + n, "每月初发放😀" if n % 5 else None,
            )  # fmt: skip


@dataclass(frozen=True)
class Received:
    """One grant's table in the consumer's exchange database."""

    dsn: str
    table: str

    @classmethod
    def of(cls, demo: Demo, grant: str, seconds: float = 30) -> "Received":
        """As soon as the flow of the grant is there."""

        def found() -> "Received | None":
            flow = next((one for one in demo.info()["flows"] if one["grant"] == grant), None)
            return cls(flow["exchange_dsn"], flow["exchange_table"]) if flow else None

        return until(f"the flow of grant {grant}", found, seconds)

    def columns(self) -> list[str]:
        """Its columns; none while there is no table."""
        query = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
        with psycopg.connect(self.dsn) as connection:
            return [row[0] for row in connection.execute(f"{query} ORDER BY attnum", (self.table,)).fetchall()]

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of all rows, in order; nothing while there is no table."""
        if not set(columns) <= set(self.columns()):
            return []
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        query = sql.SQL("SELECT {} FROM {} ORDER BY 1").format(names, sql.Identifier(*self.table.split(".")))
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(query).fetchall()

    def present(self) -> set[str]:
        """The keys that are there."""
        return {row[0] for row in self.rows("bh")}
