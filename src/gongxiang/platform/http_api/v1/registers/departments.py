"""The departments."""

from typing import Any
from uuid import UUID

from ninja import Query, Schema

from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.parties import queries
from gongxiang.platform.parties.permissions import READ_DEPARTMENTS


class Department(Schema):
    """A department."""

    id: UUID
    name: str
    short_name: str
    credit_code: str
    kind: str
    is_authority: bool
    status: str


class Departments(Schema):
    """All that fit."""

    departments: list[Department]


def _body(found: queries.DepartmentRef) -> dict[str, Any]:
    return {name: getattr(found, name) for name in Department.model_fields}


@endpoint("GET", "/departments", door=READ_DEPARTMENTS, name="list_departments", tag="Registers", answer=Departments)
def departments(request: Called, q: str = Query("", max_length=200)) -> dict[str, Any]:
    """The departments, by name."""
    return {"departments": [_body(one) for one in queries.all_departments(search=q.strip())]}


@endpoint(
    "GET", "/departments/{uuid:department_id}", door=READ_DEPARTMENTS, name="get_department", tag="Registers", answer=Department
)
def department(request: Called, department_id: UUID) -> dict[str, Any]:
    """One department."""
    return _body(queries.department_ref(department_id))
