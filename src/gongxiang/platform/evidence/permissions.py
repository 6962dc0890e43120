"""Who may read evidence: everybody what concerns them; seals and verification are the supervisors' and auditors'."""

from gongxiang.platform.kernel.actors import Role, Scope
from gongxiang.platform.kernel.permissions import Permission

CAN_SEARCH = Permission(name="evidence.search", roles=frozenset(Role), scope=Scope.ACT)
CAN_VERIFY = Permission(
    name="evidence.verify",
    roles=frozenset({Role.AUDITOR, Role.AUDIT_ADMIN, Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER}),
)
CAN_EXPORT = Permission(name="evidence.export", roles=frozenset({Role.AUDITOR, Role.AUDIT_ADMIN}))
