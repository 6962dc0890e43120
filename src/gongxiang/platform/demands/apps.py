"""Django's registration of the room."""

from django.apps import AppConfig


class DemandsConfig(AppConfig):
    """The room `demands`."""

    name = "gongxiang.platform.demands"
    label = "demands"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the rulebook which clocks run here."""
        from gongxiang.platform.demands import changes, queries, tasks
        from gongxiang.platform.parties.changes import register_standing
        from gongxiang.platform.rulebook.queries import register_deadline_source

        register_deadline_source("demands", queries.open_deadlines, tasks.recount)
        register_standing("demands", changes.standing_of)
