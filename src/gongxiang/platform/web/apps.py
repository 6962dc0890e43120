"""Django's registration of the room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The room `web`."""

    name = "gongxiang.platform.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let refusals speak of states in the words of the pages."""
        from gongxiang.platform.kernel.transitions import SPOKEN
        from gongxiang.platform.web.labels import state

        SPOKEN[:] = [lambda subject, status: str(state(subject, status)[0])]
