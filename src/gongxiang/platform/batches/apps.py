"""Django's registration of the room."""

from django.apps import AppConfig


class BatchesConfig(AppConfig):
    """The room `batches`."""

    name = "gongxiang.platform.batches"
    label = "batches"
    default_auto_field = "django.db.models.BigAutoField"
