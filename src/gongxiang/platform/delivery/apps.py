"""Django's registration of the room."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The room `delivery`."""

    name = "gongxiang.platform.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the catalogue whose a node is, so that nobody mounts another's table, and the rulebook which clocks run."""
        from gongxiang.platform.catalogue.queries import register_node_owners
        from gongxiang.platform.delivery import changes, queries, queries_channels, tasks
        from gongxiang.platform.parties.changes import register_standing
        from gongxiang.platform.rulebook.queries import register_deadline_source

        register_node_owners(queries.owners_of)
        register_deadline_source("channels", queries_channels.open_deadlines, tasks.recount_channels)
        register_standing("delivery", changes.standing_of)
