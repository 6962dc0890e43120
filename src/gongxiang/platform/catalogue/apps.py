"""Django's registration of the room."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The room `catalogue`."""

    name = "gongxiang.platform.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
