"""Django's registration of the room."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The room `delivery`."""

    name = "gongxiang.platform.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the catalogue whose a node is, so that nobody mounts another department's table."""
        from gongxiang.platform.catalogue.queries import register_node_owners
        from gongxiang.platform.delivery import queries

        register_node_owners(queries.owners_of)
