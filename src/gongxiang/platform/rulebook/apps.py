"""Django's registration of the room."""

from django.apps import AppConfig


class RulebookConfig(AppConfig):
    """The room `rulebook`."""

    name = "gongxiang.platform.rulebook"
    label = "rulebook"
    default_auto_field = "django.db.models.BigAutoField"
