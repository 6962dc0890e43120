"""Django's registration of the room."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The room `notices`."""

    name = "gongxiang.platform.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What ends here when a department becomes part of another."""
        from gongxiang.platform.notices import actions_out, queries_out
        from gongxiang.platform.parties.changes import register_passing

        register_passing("webhooks", queries_out.listening, actions_out.end_with_department)
