"""Django's registration of the room."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The room `delivery`."""

    name = "gongxiang.platform.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"
