"""Django's registration of the room."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """The room `agreements`."""

    name = "gongxiang.platform.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"
