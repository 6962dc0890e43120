"""Django's registration of the room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The room `access`."""

    name = "gongxiang.platform.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the rulebook which clocks run here."""
        from gongxiang.platform.access import changes, queries, queries_collection, queries_dispute, queries_superior, tasks
        from gongxiang.platform.parties.changes import register_leaving, register_standing
        from gongxiang.platform.rulebook.queries import register_deadline_source

        register_deadline_source("access", queries.open_deadlines, tasks.recount)
        register_deadline_source("superiors", queries_superior.open_deadlines, tasks.recount_superiors)
        register_deadline_source("disputes", queries_dispute.open_deadlines, tasks.recount_disputes)
        register_deadline_source("collection", queries_collection.open_deadlines, tasks.recount_collection)
        register_leaving("access", changes.drafts_of, changes.hand_over_drafts)
        register_standing("access", changes.standing_of)
