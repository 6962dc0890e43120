"""Django's registration of the room."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The room `parties`."""

    name = "gongxiang.platform.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"
