"""The registers of business systems and business matters."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Query, Schema

from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.parties import queries
from gongxiang.platform.parties.permissions import READ_REGISTERS


class System(Schema):
    """A business system."""

    id: UUID
    department_id: UUID
    department: str
    name: str
    tier: str
    network: str
    hosting: str
    extranet_by: date | None
    ended_at: datetime | None


class Matter(Schema):
    """A business matter."""

    id: UUID
    department_id: UUID
    department: str
    name: str
    code: str
    legal_basis: str
    systems: list[UUID]
    ended_at: datetime | None


class Systems(Schema):
    """All that fit."""

    systems: list[System]


class Matters(Schema):
    """All that fit."""

    matters: list[Matter]


@endpoint("GET", "/systems", door=READ_REGISTERS, name="list_systems", tag="Registers", answer=Systems)
def systems(request: Called, department: UUID | None = None, q: str = Query("", max_length=200)) -> dict[str, Any]:
    """Business systems in the register."""
    rows = queries.systems(department, search=q.strip())
    return {"systems": [{name: getattr(row, name) for name in System.model_fields} for row in rows]}


@endpoint("GET", "/matters", door=READ_REGISTERS, name="list_matters", tag="Registers", answer=Matters)
def matters(request: Called, department: UUID | None = None, q: str = Query("", max_length=200)) -> dict[str, Any]:
    """Business matters in the register."""
    rows = queries.matters(department, search=q.strip())
    return {"matters": [{name: getattr(row, name) for name in Matter.model_fields} for row in rows]}
