"""Delivery by file (文件): versions that a provider deposits, kept sealed, given out as far as a grant says.

A table goes through the same policy as everything else; another form is given whole or not at all. The use is recorded and
its volume counted in one commit before the first byte leaves: no evidence, no data. Must never write a value in words.
"""

import asyncio
import contextlib
import logging
import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from gongxiang.gateway.book import Book
from gongxiang.gateway.database import Database
from gongxiang.gateway.facts import row_of
from gongxiang.gateway.filetables import narrowed, read_table
from gongxiang.gateway.objects import ObjectStore
from gongxiang.gateway.samples import mark_used
from gongxiang.gateway.secrets import ConsumerSecrets
from gongxiang.gateway.states import read_elements
from gongxiang.gateway.volume import spend
from gongxiang.protocol import clock, killpoints
from gongxiang.protocol.canonical import canonical, plain
from gongxiang.protocol.errors import (
    DataPlaneError,
    FileNotDivisible,
    FileRefused,
    FilesNotOpen,
    FileUnknown,
    NotYours,
    RequestMalformed,
    SegmentAltered,
    ServiceNotReady,
)
from gongxiang.protocol.files import (
    FORMS,
    STATEMENT,
    TABLE_FORM,
    AcceptFiles,
    FileDeposited,
    FileDestroyed,
    FileFetched,
    OpenFiles,
)
from gongxiang.protocol.message import Message
from gongxiang.protocol.policy import compile_terms
from gongxiang.protocol.segments import digest
from gongxiang.protocol.services import read_use
from gongxiang.protocol.signing import SecretDamaged, open_secret, seal_secret
from gongxiang.protocol.terms import ElementSpec, Terms
from gongxiang.protocol.tickets import Ticket

#: Seconds between two looks at what is to be destroyed.
EVERY = 0.5
#: What was not taken whole within this time is removed; looked for so often, in seconds.
STALE, SWEEP_EVERY = timedelta(hours=1), 600.0
#: 机密★1年 and the like, as GB/T 9704 writes them.
_MARKED = re.compile("(?:绝密|机密|秘密)[ \t\u3000]*[★☆]")

_ADD = (
    "INSERT INTO exchange.files (file_id, resource_id, node_id, form, size, digest, rows, elements, object, taken_at,"
    " accepted_by, deposit_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_TAKE = (
    "UPDATE exchange.files SET version = (SELECT coalesce(max(version), 0) + 1 FROM exchange.files WHERE resource_id = %s)"
    " WHERE file_id = %s RETURNING file_id, version, form, size, digest, rows, elements, object, taken_at, accepted_by"
)
_KEPT = (
    "SELECT file_id, version, form, size, digest, rows, elements, object, taken_at, accepted_by FROM exchange.files"
    " WHERE resource_id = %s AND version IS NOT NULL AND destroyed_at IS NULL ORDER BY version DESC"
)
#: What one attempt of a node's became, kept or not any more.
_ATTEMPTED = (
    "SELECT file_id, version, form, size, digest, rows, elements, object, taken_at, accepted_by FROM exchange.files"
    " WHERE resource_id = %s AND node_id = %s AND deposit_id = %s AND version IS NOT NULL"
)
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_FACT = "INSERT INTO link.facts (kind, body) VALUES (%s, %s)"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version that is kept."""

    file_id: UUID
    version: int
    form: str
    size: int
    digest: str
    rows: int | None
    elements: tuple[ElementSpec, ...]
    object: str
    taken_at: datetime
    #: The number of the order under which it was deposited.
    accepted_by: int


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a consumer is given."""

    fact: FileFetched
    form: str
    body: bytes


class Files:
    """See the module."""

    def __init__(
        self, database: Database, objects: ObjectStore, book: Book, secrets: ConsumerSecrets, *, master: bytes, versions: int
    ) -> None:
        self._database, self._objects, self._book, self._secrets = database, objects, book, secrets
        self._master, self._versions = master, versions
        #: A table is many times its bytes while it is looked at: one at a time.
        self._one = asyncio.Lock()
        self._news = True
        self._destroyed: set[UUID] = set()
        self._closed: dict[UUID, int] = {}

    # ---- the provider ---------------------------------------------------------------------------------------------------

    async def deposit(
        self,
        resource_id: UUID,
        body: bytes,
        *,
        form: str,
        statement: str,
        by: UUID | Ticket,
        at: datetime,
        deposit_id: UUID | None = None,
    ) -> tuple[FileDeposited, bool]:
        """Take a new version from a node or a person; raises the named error. True: what was taken before already, told again.

        The same content as the newest is the same version, and so is a repeat of one attempt (`deposit_id`), whatever was
        taken after it: an older file that is sent again because its answer was lost must not become the newest.
        First a line without a version, then the content, then version and fact in one commit: a crash leaves no version
        without content, and no content that nothing knows.
        """
        order = self._book.accepted_files(resource_id, at)
        _check_depositor(order, by)
        if statement != STATEMENT:
            raise RequestMalformed("The deposit does not state that the file holds no state secret (办法 4(1)).")
        number, _ = self._book.files[resource_id]
        rows = await self._checked(order, form, body)
        content = digest(body)
        same = (resource_id, _node(by), deposit_id, content, form)
        async with self._database.connection() as connection:
            if (known := await self._same(connection, *same)) is not None:
                return _deposited(known, resource_id, by), True
        file_id, name = uuid4(), f"files/{resource_id}/{uuid4()}"
        async with self._database.connection() as connection:
            values = [
                file_id, resource_id, _node(by), form, len(body), content, rows,
                canonical(plain(order.elements)).decode("utf-8"), name, at,
                number, deposit_id,
            ]  # fmt: skip
            await connection.execute(_ADD, values)
        killpoints.reach("gateway.file_announced")
        sealed = await asyncio.to_thread(seal_secret, self._master, body, f"file:{file_id}")
        await asyncio.to_thread(self._objects.put, name, sealed)
        killpoints.reach("gateway.file_written")
        async with self._database.transaction() as connection:
            await connection.execute(_ALONE, [f"files {resource_id}"])
            if (known := await self._same(connection, *same)) is not None:
                # Two of the same came at once: this one's content goes with the next sweep.
                await _destroy(connection, [file_id], "repeated")
                self._news = True
                return _deposited(known, resource_id, by), True
            cursor = await connection.execute(_TAKE, [resource_id, file_id])
            row = await cursor.fetchone()
            if row is None:
                raise NotYours
            _check_depositor(self._book.accepted_files(resource_id, clock.now()), by)
            if self._book.closed_files.get(resource_id, 0) > number:
                raise FilesNotOpen
            if isinstance(by, Ticket):
                await mark_used(connection, by)
            fact = _deposited(_version(row), resource_id, by)
            await connection.execute(_FACT, row_of(fact))
            cursor = await connection.execute(_KEPT, [resource_id])
            older = (await cursor.fetchall())[self._versions :]
            await _destroy(connection, [one[0] for one in older], "superseded")
        killpoints.reach("gateway.file_committed")
        self._news = True
        return fact, False

    async def _checked(self, order: AcceptFiles, form: str, body: bytes) -> int | None:
        """Records of a table; raises FileRefused or RequestMalformed."""
        if form not in FORMS:
            raise RequestMalformed("The form of the file is not one of {forms}.", forms=", ".join(FORMS))
        if not body:
            raise FileRefused("The file is empty.")
        if not body.startswith(FORMS[form]):
            raise FileRefused("The content of the file is not of the form {form}.", form=form)
        if form != TABLE_FORM:
            return None
        async with self._one:
            table = await asyncio.to_thread(read_table, body, order.elements, order.names)
        if any(_MARKED.search(text) for column in table.columns for text in column if isinstance(text, str)):
            raise FileRefused("The file carries a marking of secrecy: state secrets are not shared here (办法 4(1)).")
        return table.rows

    # ---- the consumer ---------------------------------------------------------------------------------------------------

    async def versions(self, grant_id: UUID, at: datetime) -> list[dict[str, Any]]:
        """The versions that are kept for a grant, newest first, and whether each is given whole."""
        order = self._book.open_files(grant_id, at)
        self._book.accepted_files(order.terms.resource_id, at)
        return [
            {
                "file": str(one.file_id), "version": one.version, "form": one.form, "at": one.taken_at,
                "size": one.size, "digest": one.digest, "rows": one.rows, "whole": is_whole(order.terms, one),
            }
            for one in await self._kept(order.terms.resource_id)
        ]  # fmt: skip

    async def fetch(self, grant_id: UUID, file_id: UUID, value: Any, *, by: UUID | Ticket, at: datetime) -> Given:
        """Give a node or a person one version as far as the grant says; raises the named error that says why nothing is."""
        order = self._book.open_files(grant_id, at)
        use = read_use(value, order.terms, order.handlers, at)
        resource_id = order.terms.resource_id
        self._book.accepted_files(resource_id, at)
        version = next((one for one in await self._kept(resource_id) if one.file_id == file_id), None)
        if version is None:
            raise FileUnknown
        whole = is_whole(order.terms, version)
        body, rows = await self._content(version), version.rows
        if not whole:
            body, rows = await self._narrowed(order, version, body)
        fact = FileFetched(
            fetch_id=uuid4(), file_id=file_id, version=version.version, grant_id=grant_id, revision=order.terms.revision,
            resource_id=resource_id, node_id=_node(by), person=str(use.person), purpose=use.purpose.value, matter=use.matter,
            elements=order.terms.elements, rows=rows, whole=whole, size=len(body), digest=digest(body), at=clock.now(),
        )  # fmt: skip
        async with self._database.transaction() as connection:
            if isinstance(by, Ticket):
                await mark_used(connection, by)
            await spend(connection, order.terms, rows=max(1, rows or 0), at=fact.at)
            cursor = await connection.execute(
                "SELECT FROM exchange.files WHERE file_id = %s AND destroyed_at IS NULL FOR SHARE", [file_id]
            )
            if await cursor.fetchone() is None or self._is_ended(resource_id, version):
                raise FileUnknown
            await connection.execute(_FACT, row_of(fact))
            # Orders that close or change the grant meanwhile are obeyed: then nothing is counted or recorded either.
            self._book.accepted_files(resource_id, clock.now())
            if self._book.open_files(grant_id, clock.now()).terms != order.terms:
                raise ServiceNotReady("The grant was changed while the call was answered.")
        killpoints.reach("gateway.file_fetched")
        return Given(fact=fact, form=version.form, body=body)

    async def _content(self, version: Version) -> bytes:
        try:
            sealed = await asyncio.to_thread(self._objects.get, version.object)
            body = await asyncio.to_thread(open_secret, self._master, sealed, f"file:{version.file_id}")
        except SecretDamaged as error:
            raise SegmentAltered("The file is damaged in the gateway's store.") from error
        if digest(body) != version.digest:
            raise SegmentAltered("The file is damaged in the gateway's store.")
        return body

    async def _narrowed(self, order: OpenFiles, version: Version, body: bytes) -> tuple[bytes, int]:
        if version.form != TABLE_FORM:
            raise FileNotDivisible
        names = self._book.accepted_files(order.terms.resource_id, clock.now()).names
        policy = compile_terms(order.terms, version.elements, await self._secrets.of(order.terms), keyless=True)
        async with self._one:
            table = await asyncio.to_thread(read_table, body, version.elements, names)
            return await asyncio.to_thread(narrowed, table, policy)

    # ---- what is kept ---------------------------------------------------------------------------------------------------

    async def _kept(self, resource_id: UUID) -> list[Version]:
        async with self._database.connection() as connection:
            cursor = await connection.execute(_KEPT, [resource_id])
            found = [_version(row) for row in await cursor.fetchall()]
        return [one for one in found if not self._is_ended(resource_id, one)]

    def _is_ended(self, resource_id: UUID, version: Version) -> bool:
        """Whether orders have ended the version, destroyed already or not."""
        return version.file_id in self._book.withdrawn or version.accepted_by < self._book.closed_files.get(resource_id, 0)

    async def _same(
        self, connection: Any, resource_id: UUID, node_id: UUID | None, deposit_id: UUID | None, content: str, form: str
    ) -> Version | None:
        """The version that a deposit repeats."""
        if deposit_id is not None:
            cursor = await connection.execute(_ATTEMPTED, [resource_id, node_id, deposit_id])
            if (row := await cursor.fetchone()) is not None:
                taken = _version(row)
                if (taken.digest, taken.form) != (content, form):
                    raise RequestMalformed("The number of the deposit stands for another file already.")
                return taken
        cursor = await connection.execute(_KEPT, [resource_id])
        kept = [one for row in await cursor.fetchall() if not self._is_ended(resource_id, one := _version(row))]
        return kept[0] if kept and (kept[0].digest, kept[0].form) == (content, form) else None

    async def destroy_for_ever(self, ready: asyncio.Event) -> None:
        """Destroy what orders or newer versions have ended, once the orders are known."""
        await ready.wait()
        swept = 0.0
        while True:
            with contextlib.suppress(DataPlaneError):
                await self._obey()
                if self._news or time.monotonic() - swept > SWEEP_EVERY:
                    self._news, swept = False, time.monotonic()
                    await self._sweep()
            await asyncio.sleep(EVERY)

    async def _obey(self) -> None:
        withdrawn = self._book.withdrawn - self._destroyed
        closed = {one: number for one, number in self._book.closed_files.items() if self._closed.get(one) != number}
        if not withdrawn and not closed:
            return
        async with self._database.transaction() as connection:
            await _destroy(connection, list(withdrawn), "withdrawn")
            for resource_id, number in sorted(closed.items()):
                # A deposit that was let in before the order is waited for.
                await connection.execute(_ALONE, [f"files {resource_id}"])
                cursor = await connection.execute(
                    "SELECT file_id FROM exchange.files WHERE resource_id = %s AND accepted_by < %s AND destroyed_at IS NULL"
                    " AND version IS NOT NULL",
                    [resource_id, number],
                )
                await _destroy(connection, [row[0] for row in await cursor.fetchall()], "closed")
        self._destroyed |= withdrawn
        self._closed.update(closed)
        self._news = True

    async def _sweep(self) -> None:
        """Remove the content of what is destroyed, and what was never taken whole."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT file_id, object, version FROM exchange.files WHERE object IS NOT NULL"
                " AND (destroyed_at IS NOT NULL OR (version IS NULL AND taken_at < %s))",
                [clock.now() - STALE],
            )
            rows = await cursor.fetchall()
        for file_id, name, version in rows:
            try:
                await asyncio.to_thread(self._objects.delete, name)
            except DataPlaneError as error:
                self._news = True
                _log.warning("the content of file %s could not be removed: %s", file_id, error.message)
                continue
            done = "UPDATE exchange.files SET object = NULL" if version is not None else "DELETE FROM exchange.files"
            async with self._database.connection() as connection:
                await connection.execute(f"{done} WHERE file_id = %s", [file_id])


def is_whole(terms: Terms, version: Version) -> bool:
    """Whether the terms let the version through as it was deposited: all elements, all rows, nothing masked."""
    return not terms.masks and not terms.conditions and {spec.code for spec in version.elements} <= set(terms.elements)


async def _destroy(connection: Any, files: list[UUID], why: str) -> None:
    """Mark versions as destroyed, each with its fact, in the caller's commit."""
    cursor = await connection.execute(
        "UPDATE exchange.files SET destroyed_at = %s, why = %s WHERE file_id = ANY(%s) AND destroyed_at IS NULL"
        " RETURNING file_id, resource_id, version, destroyed_at",
        [clock.now(), why, files],
    )
    for file_id, resource_id, version, at in await cursor.fetchall():
        if version is not None:
            fact: Message = FileDestroyed(file_id=file_id, resource_id=resource_id, version=version, why=why, at=at)
            await connection.execute(_FACT, row_of(fact))


def _version(row: tuple[Any, ...]) -> Version:
    return Version(
        file_id=row[0], version=row[1], form=row[2], size=row[3], digest=row[4], rows=row[5], elements=read_elements(row[6]),
        object=row[7], taken_at=row[8], accepted_by=row[9],
    )  # fmt: skip


def _node(by: UUID | Ticket) -> UUID | None:
    return None if isinstance(by, Ticket) else by


def _check_depositor(order: AcceptFiles, by: UUID | Ticket) -> None:
    """Raise NotYours unless it is the node of the order, or a person whom the platform gave a ticket for the resource."""
    if (by.resource_id != order.resource_id) if isinstance(by, Ticket) else (by != order.node_id):
        raise NotYours


def _deposited(version: Version, resource_id: UUID, by: UUID | Ticket) -> FileDeposited:
    return FileDeposited(
        file_id=version.file_id, resource_id=resource_id, node_id=_node(by), version=version.version, form=version.form,
        size=version.size, digest=version.digest, rows=version.rows, statement=STATEMENT, at=version.taken_at,
        person=by.person if isinstance(by, Ticket) else "",
    )  # fmt: skip
