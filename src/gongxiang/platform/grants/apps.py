"""Django's registration of the room."""

from django.apps import AppConfig


class GrantsConfig(AppConfig):
    """The room `grants`."""

    name = "gongxiang.platform.grants"
    label = "grants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the rulebook which clocks run here."""
        from gongxiang.platform.grants import changes, clocks, handlers, queries, queries_stop, tasks
        from gongxiang.platform.parties.changes import register_ending, register_leaving, register_standing
        from gongxiang.platform.rulebook.queries import register_deadline_source

        register_deadline_source("grants", queries_stop.open_stop_deadlines, tasks.recount)
        register_deadline_source("grants-end", queries.ending_soon)
        register_deadline_source("grants-use", clocks.open_deadlines, tasks.recount_use)
        register_leaving("grants", changes.handling_of, handlers.end_of_leaver)
        register_ending("grants", handlers.end_with_account)
        register_standing("grants", changes.standing_of)
