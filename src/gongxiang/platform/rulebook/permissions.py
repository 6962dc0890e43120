"""Who may keep the rulebook; everyone signed in may read it."""

from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.permissions import Permission

_AUTHORITY = frozenset({Role.AUTHORITY_OFFICER})

#: Seeding, and nothing else.
SEED = Permission(name="rulebook.seed", roles=frozenset(), systems=frozenset({"rulebook-seed"}))
ENTER_NOTICE = Permission(name="rulebook.enter_notice", roles=_AUTHORITY)
IMPORT_TEXT = Permission(name="rulebook.import_text", roles=_AUTHORITY)
CHOOSE_RULE = Permission(name="rulebook.choose_rule", roles=frozenset({Role.AUTHORITY_LEADER}), second_factor=True)
REGISTER_STATUTE = Permission(name="rulebook.register_statute", roles=_AUTHORITY)
KEEP_CODES = Permission(name="rulebook.keep_codes", roles=_AUTHORITY)
SET_PARAMETER = Permission(name="rulebook.set_parameter", roles=frozenset({Role.SYSTEM_ADMIN}))
