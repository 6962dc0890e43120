"""Django's registration of the room."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The room `catalogue`."""

    name = "gongxiang.platform.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the rulebook which clocks run here."""
        from gongxiang.platform.catalogue import changes, queries, queries_remit, queries_withheld, tasks
        from gongxiang.platform.parties.changes import register_passing, register_standing
        from gongxiang.platform.rulebook.queries import register_deadline_source

        register_deadline_source("catalogue", queries.open_deadlines, tasks.recount)
        register_deadline_source("catalogue-remits", queries_remit.open_remit_deadlines, tasks.recount_remits)
        register_deadline_source("catalogue-withheld", queries_withheld.open_check_deadlines)
        register_standing("catalogue", changes.standing_of)
        register_passing("entries", changes.entries_of, changes.pass_entries)
