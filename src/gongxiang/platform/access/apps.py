"""Django's registration of the room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The room `access`."""

    name = "gongxiang.platform.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
