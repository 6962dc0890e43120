"""Who I am to the interfaces."""

from uuid import UUID

from ninja import Schema

from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.parties.permissions import READ_DEPARTMENTS


class Me(Schema):
    """The caller."""

    kind: str
    id: UUID
    name: str
    department_id: UUID
    department: str
    roles: list[str]
    scopes: list[str] | None


@endpoint("GET", "/me", door=READ_DEPARTMENTS, name="get_me", tag="Callers", answer=Me)
def get_me(request: Called) -> dict[str, object]:
    """Who calls, with which roles and scopes."""
    actor, scopes = request.actor, request.caller.scopes
    return {
        "kind": "person" if isinstance(actor, Person) else "system",
        "id": actor.id,
        "name": actor.name,
        "department_id": actor.department_id,
        "department": actor.department,
        "roles": sorted(actor.roles),
        "scopes": None if scopes is None else sorted(scopes),
    }
