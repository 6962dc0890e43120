"""The gateway's way to PostgreSQL: one small pool; every failure becomes a named, transient error."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from gongxiang.protocol.errors import DatabaseDown, DiskFull

#: Seconds a call waits for a connection before it says that the database is down.
PATIENCE = 3.0


class Database:
    """The pool; statements commit by themselves unless `transaction` is used."""

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self.url = url
        options = {} if durable else {"options": "-c synchronous_commit=off"}
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[tuple[Any, ...]]] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=8 if durable else 2,
            open=False,
            timeout=PATIENCE,
            reconnect_timeout=0.5,
            kwargs={"autocommit": True, "application_name": "gongxiang gateway", "connect_timeout": 3, **options},
        )

    async def open(self) -> None:
        """Start the pool without waiting for the database."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """End all connections."""
        await self._pool.close(timeout=2)

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection[tuple[Any, ...]]]:
        """A connection in autocommit mode; raises DatabaseDown or DiskFull."""
        with named_errors():
            async with self._pool.connection() as connection:
                yield connection

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[psycopg.AsyncConnection[tuple[Any, ...]]]:
        """A connection in one transaction; raises DatabaseDown or DiskFull."""
        with named_errors():
            async with self._pool.connection() as connection, connection.transaction():
                yield connection


@contextlib.contextmanager
def named_errors() -> Any:
    """Turn the driver's errors into the data plane's."""
    try:
        yield
    except psycopg.errors.DiskFull as error:
        raise DiskFull("The gateway's database has no space left: nothing was taken.") from error
    except PoolTimeout as error:
        raise DatabaseDown from error
    except (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction, psycopg.InterfaceError) as error:
        raise DatabaseDown("The gateway's database does not answer: {said}", said=str(error).strip()) from error
