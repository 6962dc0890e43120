"""What has once been said stays: days, article texts and choices are added, never changed."""

from django.db import migrations

GUARDS = """
SELECT evidence_install_append_only('rulebook_calendarday');
SELECT evidence_install_append_only('rulebook_articletext');
SELECT evidence_install_append_only('rulebook_rulechoice');
SELECT evidence_install_append_only('rulebook_parametervalue');
"""


class Migration(migrations.Migration):
    """Database guards of the room."""

    dependencies = [("rulebook", "0001_initial"), ("evidence", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS)]
