"""Reading the records of an area: a list narrowed, sorted and cut into pages, and one record."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field, create_model

from gongxiang.platform.http_api.acts import Area
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint


class Narrowed(Schema):
    """What every list takes."""

    q: str = Field("", max_length=200, description="Words in names, numbers and titles.")
    status: str = Field("", max_length=30)
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


def enter_reads(
    area: Area, *, many: str, said: str, find: Callable[[Any, Any], Any], sorts: Mapping[str, tuple[str, ...]] | None = None,
    convert: Callable[[Any], Any] | None = None, wanted: type[Narrowed] = Narrowed,
) -> None:  # fmt: skip
    """Register `list_…` and `get_…`; `find(actor, wanted)` gives rows the actor may see, `convert` what is shown."""
    title = "".join(part.title() for part in many.split("_"))
    if sorts:
        sort: Any = Literal[tuple(sorts)]
        wanted = create_model(f"{title}Wanted", __base__=wanted, sort=(sort, next(iter(sorts))))
    fields: dict[str, Any] = {many: (list.__class_getitem__(area.answer), ...), "total": (int, ...), "page": (int, ...)}
    answer = create_model(f"{title}Page", __base__=Schema, __doc__="One page.", **fields, pages=(int, ...))

    def rows(request: Called, **values: Any) -> dict[str, Any]:
        asked = values["wanted"]
        found = find(request.actor, asked)
        if sorts:
            found = found.order_by(*sorts[asked.sort])
        total = len(found) if isinstance(found, (list, tuple)) else found.count()
        shown = found[(asked.page - 1) * asked.size : asked.page * asked.size]
        bodies = [area.body(convert(row) if convert else row) for row in shown]
        return {many: bodies, "total": total, "page": asked.page, "pages": max(1, -(-total // asked.size))}

    def one(request: Called, **values: Any) -> Any:
        return area.body(area.see(values[area.key], actor=request.actor))

    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Called)
    query = Query[wanted]  # type: ignore[valid-type, misc]
    narrowed = inspect.Parameter("wanted", inspect.Parameter.KEYWORD_ONLY, annotation=query)
    key = inspect.Parameter(area.key, inspect.Parameter.KEYWORD_ONLY, annotation=UUID)
    rows.__signature__ = inspect.Signature([first, narrowed])  # type: ignore[attr-defined]
    one.__signature__ = inspect.Signature([first, key])  # type: ignore[attr-defined]
    rows.__name__, rows.__doc__ = f"list_{many}", said
    one.__name__, one.__doc__ = f"get_{area.name}", f"One of them by its id: {said[0].lower()}{said[1:]}"
    endpoint("GET", area.path, door=area.door, name=f"list_{many}", tag=area.tag, answer=answer)(rows)
    address = f"{area.path}/{{uuid:{area.key}}}"
    endpoint("GET", address, door=area.door, name=f"get_{area.name}", tag=area.tag, answer=area.answer)(one)


def words(asked: Narrowed) -> str:
    """What is searched for."""
    return asked.q.replace("\x00", "").strip()


def chosen(asked: Narrowed) -> tuple[str, ...]:
    """The states that are asked for."""
    return (asked.status,) if asked.status else ()
