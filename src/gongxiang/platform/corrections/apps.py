"""Django's registration of the room."""

from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    """The room `corrections`."""

    name = "gongxiang.platform.corrections"
    label = "corrections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the rulebook which clocks run here."""
        from gongxiang.platform.corrections import changes, queries, tasks
        from gongxiang.platform.parties.changes import register_standing
        from gongxiang.platform.rulebook.queries import register_deadline_source

        register_deadline_source("corrections", queries.open_deadlines, tasks.recount)
        register_standing("corrections", changes.standing_of)
