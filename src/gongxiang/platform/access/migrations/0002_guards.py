"""Guards of the room: a status stands beside its evidence."""

from django.db import migrations

GUARDS = """
SELECT evidence_install_guard('access_accessrequest', 'access_request');
"""


class Migration(migrations.Migration):
    """Database guards of the room."""

    dependencies = [("access", "0001_initial"), ("evidence", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS)]
