"""Acts as a table: one row names an operation, its address, its door and the room's own act; body and view follow from these.

The body's fields are the act's own arguments, bounded by their kind, so the interface can take nothing that the act does not.
"""

import inspect
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema, Status
from pydantic import AwareDatetime, ConfigDict, Field, create_model

from gongxiang.platform.http_api.doors import Called, check_token
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.kernel.errors import NotPermitted, Refusal, Shortfalls
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.kernel.transitions import TransitionTable
from gongxiang.protocol import clock

_TEXT = Annotated[str, Field(max_length=20_000)]
_NAME = Annotated[str, Field(max_length=500)]
_KINDS: Mapping[Any, Any] = {
    str: _TEXT,
    int: Annotated[int, Field(ge=0, le=1_000_000_000)],
    bool: bool,
    UUID: UUID,
    date: Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))],
    datetime: Annotated[AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))],
}
#: How the acts themselves are told by whom and when.
_OWN = ("by", "at")


class Done(Schema):
    """The act was done; there is nothing left to show."""

    done: bool = True


class PossibleAct(Schema):
    """An act that the caller's role opens, and whether the record's state allows it."""

    operation: str
    method: str
    path: str
    possible: bool
    why_not: str = Field(description="Empty where it is possible; the act itself decides when it is called.")


class PossibleActs(Schema):
    """What the caller may do with a record now."""

    status: str
    turn: str
    acts: list[PossibleAct]


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act: `path` follows the area's; `arrow` is its transition, any of several where what is sent chooses.

    `side` is the record's field, or fields, with the acting department. `may` and `now` are the room's own checks of the record
    as it is seen, before and after its state: they raise what the act would raise, so that what is possible says the same.
    """

    name: str
    path: str
    action: Callable[..., Any]
    door: Permission
    arrow: str | tuple[str, ...] = ""
    side: str | tuple[str, ...] = ""
    may: Callable[[Any, Any], object] | None = None
    now: Callable[[Any, Any], object] | None = None
    #: Kinds of arguments that are not plain, by name.
    kinds: Mapping[str, Any] = field(default_factory=dict)
    #: Arguments that only a page gives, such as a file.
    without: Collection[str] = ()
    #: What was sent as the act takes it, where that is not the same.
    given: Callable[[dict[str, Any]], dict[str, Any]] = dict
    method: str = "POST"
    #: The record is made by it, or gone after it.
    makes: bool = False
    ends: bool = False


@dataclass(frozen=True, kw_only=True)
class Area:
    """Records of one kind: where they are, how one is found for a caller, and how it is shown."""

    tag: str
    path: str
    #: The record's argument in addresses, e.g. `demand_id`, and what the acts call it, if not the same.
    key: str
    named: str = ""
    answer: type
    door: Permission
    #: Finds a record by its id for an actor; raises NotFound for what is not theirs to see.
    see: Callable[..., Any]
    body: Callable[[Any], Any]
    table: TransitionTable | None = None
    #: For operation ids: `demand`.
    name: str


def enter_acts(area: Area, acts: Sequence[Act], *, also: Sequence[Act] = ()) -> None:
    """Register the acts of an area, and the operation that says which are possible; `also` are operations made elsewhere."""
    for act in acts:
        address = f"{area.path}{act.path}" if act.makes else f"{area.path}/{{uuid:{area.key}}}{act.path}"
        endpoint(
            act.method, address, door=act.door, name=act.name, tag=area.tag, answer=Done if act.ends else area.answer,
            status=201 if act.makes else 200,
        )(_view(area, act, address))  # fmt: skip
    if area.table is not None:
        _offer(area, [act for act in (*also, *acts) if not act.makes])


def _view(area: Area, act: Act, address: str) -> Callable[..., Any]:
    ids = [part.partition("}")[0] for part in address.split("{uuid:")[1:]]
    body = body_of(act, besides=(*ids, area.named or area.key) if ids else ())
    takes = inspect.signature(act.action).parameters

    def view(request: Called, **values: Any) -> Any:
        sent = values.pop("sent", None)
        key = values.get(area.key)
        if key is not None:
            area.see(key, actor=request.actor)
        if area.named and key is not None:
            values[area.named] = values.pop(area.key)
        given = act.given(sent.model_dump(exclude_unset=True)) if sent is not None else {}
        known = {name: value for name, value in values.items() if name in takes}
        made = act.action(**known, **given, by=request.actor, at=clock.now())
        if act.ends:
            return Status(201, Done()) if act.makes else Done()
        if act.makes:
            return Status(201, area.body(area.see(getattr(made, "id", made), actor=request.actor)))
        return area.body(area.see(key, actor=request.actor))

    parameters = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Called)]
    parameters += [inspect.Parameter(one, inspect.Parameter.KEYWORD_ONLY, annotation=UUID) for one in ids]
    if body is not None:
        parameters.append(inspect.Parameter("sent", inspect.Parameter.KEYWORD_ONLY, annotation=body))
    view.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    view.__name__, view.__doc__ = act.name, act.action.__doc__
    return view


def _offer(area: Area, acts: Sequence[Act]) -> None:
    address = f"{area.path}/{{uuid:{area.key}}}"

    def view(request: Called, **values: Any) -> dict[str, Any]:
        row = area.see(values[area.key], actor=request.actor)
        shown = []
        for act in acts:
            judged = _judged(area, act, row, request)
            if judged is not None:
                path = f"/api/v1{area.path}/{row.id}{act.path.replace('{uuid:', '{')}"
                shown.append({"operation": act.name, "method": act.method, "path": path, **judged})
        return {"status": row.status, "turn": getattr(row, "turn", ""), "acts": shown}

    view.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Called),
            inspect.Parameter(area.key, inspect.Parameter.KEYWORD_ONLY, annotation=UUID),
        ]
    )
    view.__name__, view.__doc__ = f"acts_on_{area.name}", "What the caller may do now, and what stands in the way."
    endpoint("GET", f"{address}/acts", door=area.door, name=f"acts_on_{area.name}", tag=area.tag, answer=PossibleActs)(view)


def _judged(area: Area, act: Act, row: Any, request: Called) -> dict[str, Any] | None:
    """Whether the act is possible and if not, why; None where it is none of the caller's business."""
    actor = request.actor
    sides = (act.side,) if isinstance(act.side, str) else act.side
    if not act.door.allows(actor) or (any(sides) and actor.department_id not in [getattr(row, one) for one in sides]):
        return None
    try:
        check_token(act.door, request.caller)
    except Refusal as refusal:
        return {"possible": False, "why_not": refusal.message}
    try:
        if act.may is not None:
            act.may(row, actor)
        _check_state(area, act, row.status)
        if act.now is not None:
            act.now(row, actor)
    except NotPermitted:
        return None
    except Shortfalls as missing:
        return {"possible": False, "why_not": " ".join(one.message for one in missing.shortfalls) or missing.message}
    except Refusal as refusal:
        return {"possible": False, "why_not": refusal.message}
    return {"possible": True, "why_not": ""}


def _check_state(area: Area, act: Act, status: str) -> None:
    arrows = [one for one in ((act.arrow,) if isinstance(act.arrow, str) else act.arrow) if one]
    if area.table is not None and arrows and not any(area.table.can(one, status) for one in arrows):
        area.table.find(arrows[0], status)


def body_of(act: Act, *, besides: Collection[str]) -> type[Schema] | None:
    """The model of what is sent; None where the act takes nothing but whom, when and which."""
    action = act.action
    hints = typing.get_type_hints(action)
    left_out = {*besides, *_OWN, *act.without}
    fields: dict[str, Any] = {}
    for name, one in inspect.signature(action).parameters.items():
        if name not in left_out:
            kind = act.kinds.get(name) or kind_of(hints[name])
            fields[name] = (kind, ... if one.default is inspect.Parameter.empty else one.default)
    for name, kind in act.kinds.items():
        fields.setdefault(name, (kind, ...))
    if not fields:
        return None
    title = "".join(part.title() for part in act.name.split("_")) + "Sent"
    doc = f"What `{act.name}` takes."
    return create_model(title, __base__=_Sent, __doc__=doc, **fields)


class _Sent(Schema):
    model_config = ConfigDict(extra="forbid")


def kind_of(hint: Any) -> Any:
    """The bounded form of an argument's annotation."""
    if hint in _KINDS:
        return _KINDS[hint]
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return kind_of(next(one for one in inner if one is not type(None))) | None
    if origin in (Iterable, Sequence, Collection, list):
        item = _NAME if inner[0] is str else kind_of(inner[0])
        several: Any = list.__class_getitem__(item)
        return Annotated[several, Field(max_length=2_000)]
    raise TypeError(f"no form for {hint}: name it in `kinds` or `without`")
