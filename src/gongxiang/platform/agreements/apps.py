"""Django's registration of the room."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """The room `agreements`."""

    name = "gongxiang.platform.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the rulebook which clocks run here."""
        from gongxiang.platform.agreements import changes, queries
        from gongxiang.platform.parties.changes import register_passing, register_standing
        from gongxiang.platform.rulebook.queries import register_deadline_source

        register_deadline_source("agreements", queries.ending_soon)
        register_standing("agreements", changes.standing_of)
        register_passing("agreements", changes.in_force, changes.end_with_department)
