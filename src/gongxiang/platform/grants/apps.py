"""Django's registration of the room."""

from django.apps import AppConfig


class GrantsConfig(AppConfig):
    """The room `grants`."""

    name = "gongxiang.platform.grants"
    label = "grants"
    default_auto_field = "django.db.models.BigAutoField"
