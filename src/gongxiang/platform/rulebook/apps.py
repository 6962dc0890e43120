"""Django's registration of the room."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RulebookConfig(AppConfig):
    """The room `rulebook`."""

    name = "gongxiang.platform.rulebook"
    label = "rulebook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Seed after every migration: a database without a calendar can count no deadline."""
        post_migrate.connect(_seed, sender=self)


def _seed(using: str, **rest: Any) -> None:
    from django.db import connections

    from gongxiang.platform.kernel.actors import System
    from gongxiang.platform.rulebook import actions
    from gongxiang.protocol import clock

    tables = set(connections[using].introspection.table_names())
    if using == "default" and {"rulebook_calendarday", "evidence_evidencerecord"} <= tables:
        actions.seed_rulebook(by=System(name="rulebook-seed"), at=clock.now())
