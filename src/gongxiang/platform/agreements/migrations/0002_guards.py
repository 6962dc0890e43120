"""A status of this room stands only beside its evidence."""

from django.db import migrations

GUARDS = "SELECT evidence_install_guard('agreements_agreement', 'agreement');"


class Migration(migrations.Migration):
    """Database guards of the room."""

    dependencies = [("agreements", "0001_initial"), ("evidence", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS)]
