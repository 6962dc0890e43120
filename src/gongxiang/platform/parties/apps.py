"""Django's registration of the room."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The room `parties`."""

    name = "gongxiang.platform.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A department is not merged while a period runs in its name, in whatever room."""
        from gongxiang.platform.parties import queries_changes
        from gongxiang.platform.parties.changes import register_standing

        register_standing("periods", queries_changes.running_periods)
