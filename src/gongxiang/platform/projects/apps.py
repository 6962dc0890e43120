"""Django's registration of the room."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """The room `projects`."""

    name = "gongxiang.platform.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the rulebook which clocks run here."""
        from gongxiang.platform.parties.changes import register_standing
        from gongxiang.platform.projects import changes, queries, tasks
        from gongxiang.platform.rulebook.queries import register_deadline_source

        register_deadline_source("projects", queries.open_deadlines, tasks.recount)
        register_standing("projects", changes.standing_of)
