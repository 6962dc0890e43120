"""Registers that entries and requests refer to: statutes, numbers in force, tokens of systems and persons."""

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import page_of, schema_of
from gongxiang.platform.parties import tokens as kept
from gongxiang.platform.parties.permissions import READ_REGISTERS, READ_TOKENS
from gongxiang.platform.rulebook import queries, values
from gongxiang.protocol.canonical import plain

_Statute = schema_of(values.StatuteRef, sent=False)
_Token = schema_of(kept.TokenRef, sent=False, called="AccessToken")


class StatutesWanted(Schema):
    """Which statutes."""

    q: str = Field("", max_length=200)
    on: date | None = Field(None, description="In force on that day.")
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class Statutes(Schema):
    """One page."""

    statutes: list[_Statute]  # type: ignore[valid-type]
    total: int
    page: int
    pages: int


class ParameterInForce(Schema):
    """A number of the product and its bounds."""

    name: str
    title_zh: str
    title_en: str
    value: int
    default: int
    least: int
    most: int


class Parameters(Schema):
    """All of them."""

    parameters: list[ParameterInForce]


class TokensWanted(Schema):
    """Which tokens."""

    q: str = Field("", max_length=200)
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class AccessTokens(Schema):
    """One page, the latest first; never a token itself."""

    tokens: list[_Token]  # type: ignore[valid-type]
    total: int
    page: int
    pages: int


@endpoint("GET", "/statutes", door=READ_REGISTERS, name="list_statutes", tag="Registers", answer=Statutes)
def statutes(request: Called, wanted: Query[StatutesWanted]) -> dict[str, Any]:
    """Statutes by which an entry may be withheld (article 10); `id` is what a draft names."""
    text = wanted.q.strip().lower()
    rows = [one for one in queries.statutes(on=wanted.on) if text in f"{one.title} {one.number} {one.article}".lower()]
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size)
    return {"statutes": plain(shown), **numbers}


@endpoint("GET", "/statutes/{uuid:statute_id}", door=READ_REGISTERS, name="get_statute", tag="Registers", answer=_Statute)
def statute(request: Called, statute_id: UUID) -> Any:
    """One statute."""
    return plain(queries.statute(statute_id))


@endpoint("GET", "/parameters", door=READ_REGISTERS, name="list_parameters", tag="Registers", answer=Parameters)
def parameters(request: Called) -> dict[str, Any]:
    """Numbers of the product that an administrator may change, as they are in force."""
    return {
        "parameters": [
            {
                "name": one.name, "title_zh": one.title.zh, "title_en": one.title.en, "value": queries.parameter(one.name),
                "default": one.default, "least": one.least, "most": one.most,
            }
            for one in queries.parameters().values()
        ]
    }  # fmt: skip


@endpoint("GET", "/tokens", door=READ_TOKENS, name="list_tokens", tag="Callers", answer=AccessTokens)
def tokens(request: Called, wanted: Query[TokensWanted]) -> dict[str, Any]:
    """Tokens of calling systems and persons: the own, for officers the department's systems', all for the administrator."""
    shown, numbers = page_of(kept.find(request.actor, text=wanted.q.strip()), page=wanted.page, size=wanted.size)
    return {"tokens": plain(shown), **numbers}
