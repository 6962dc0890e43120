"""Django's registration of the room."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The room `documents`."""

    name = "gongxiang.platform.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
