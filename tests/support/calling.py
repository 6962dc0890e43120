"""Callers of the interfaces: tokens made by the real acts, and one person for each role."""

import itertools
from datetime import datetime

from gongxiang.platform.kernel.actors import Person, Role, Scope
from gongxiang.platform.parties import actions
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol import clock
from tests.factories.parties import Banner, Office, make_person

_numbers = itertools.count(1)


def system_token(office: Office, *scopes: Scope, at: datetime | None = None, days: int = 30) -> str:
    """A token of a fresh system of the office."""
    at = at or clock.now()
    system = actions.register_system(
        department_id=office.id, name=f"数据对接系统{next(_numbers)}", tier="own", network="extranet", by=office.clerk, at=at
    )
    made = actions.issue_system_token(
        system_id=system.id, label="目录同步", scopes=list(scopes), days=days, by=office.officer, at=at
    )
    return made[1]


def own_token(person: Person, *scopes: Scope, at: datetime | None = None) -> str:
    """A token of a person's own."""
    return actions.issue_own_token(label="脚本", scopes=list(scopes), days=30, by=person, at=at or clock.now())[1]


def bearer(token: str) -> dict[str, dict[str, str]]:
    """For a test client's call."""
    return {"headers": {"authorization": f"Bearer {token}"}}


def everybody_of(banner: Banner) -> dict[Role, Person]:
    """One person for each role."""
    office = banner.provider
    return {
        Role.CLERK: office.clerk,
        Role.REVIEWER: office.reviewer,
        Role.ACCOUNTABLE_OFFICER: office.officer,
        Role.NODE_OPERATOR: office.node_operator,
        Role.AUTHORITY_OFFICER: banner.authority_officer,
        Role.AUTHORITY_LEADER: banner.authority_leader,
        Role.AUDITOR: banner.auditor,
        Role.SYSTEM_ADMIN: banner.site.system_admin,
        Role.SECURITY_ADMIN: banner.site.security_admin,
        Role.AUDIT_ADMIN: banner.site.audit_admin,
        Role.PLATFORM_OPERATOR: make_person(parties.department_ref(banner.site.operator.id), Role.PLATFORM_OPERATOR),
    }
