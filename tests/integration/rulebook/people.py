"""People who act in these tests."""

from uuid import UUID

from gongxiang.platform.kernel.actors import Person, Role, System

DEPARTMENT = UUID(int=1)
SEED = System(name="rulebook-seed")


def person(role: Role) -> Person:
    return Person(id=UUID(int=100 + list(Role).index(role)), name=role.value, department_id=DEPARTMENT,
                  department="旗政务服务局", roles=frozenset({role}))  # fmt: skip


OFFICER = person(Role.AUTHORITY_OFFICER)
LEADER = person(Role.AUTHORITY_LEADER)
CLERK = person(Role.CLERK)
ADMIN = person(Role.SYSTEM_ADMIN)
