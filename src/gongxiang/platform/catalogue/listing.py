"""Rows that are read when they are shown: a list knows how many there are without holding them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, overload

from django.db.models import QuerySet

Row = TypeVar("Row")
#: Rows made at once when all are read, for an export.
_CHUNK = 2000


class Listing(Sequence[Row]):
    """The rows of a query as frozen values, made for the slice that is asked for."""

    def __init__(self, query: "QuerySet[Any, Any]", make: "Callable[[list[Any]], list[Row]]") -> None:
        self._query, self._make = query, make
        self._count: int | None = None

    def __len__(self) -> int:
        if self._count is None:
            self._count = self._query.order_by().count()
        return self._count

    def __bool__(self) -> bool:
        return bool(self._count) if self._count is not None else self._query.exists()

    @overload
    def __getitem__(self, wanted: int) -> Row: ...

    @overload
    def __getitem__(self, wanted: slice) -> list[Row]: ...

    def __getitem__(self, wanted: int | slice) -> Row | list[Row]:
        if isinstance(wanted, int):
            if wanted < 0:
                wanted += len(self)
            found = self[wanted : wanted + 1] if wanted >= 0 else []
            if not found:
                raise IndexError(wanted)
            return found[0]
        if wanted.step not in (None, 1) or (wanted.start or 0) < 0 or (wanted.stop or 0) < 0:
            return list(self)[wanted]
        return self._make(list(self._query[wanted]))

    def __iter__(self) -> Iterator[Row]:
        gathered: list[Any] = []
        for one in self._query.iterator(chunk_size=_CHUNK):
            gathered.append(one)
            if len(gathered) == _CHUNK:
                yield from self._make(gathered)
                gathered = []
        yield from self._make(gathered)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]
