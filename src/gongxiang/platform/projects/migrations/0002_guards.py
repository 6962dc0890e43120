"""Guards of the room: a status stands beside its evidence."""

from django.db import migrations

GUARDS = """
SELECT evidence_install_guard('projects_project', 'project');
"""


class Migration(migrations.Migration):
    """Database guards of the room."""

    dependencies = [("projects", "0001_initial"), ("evidence", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS)]
