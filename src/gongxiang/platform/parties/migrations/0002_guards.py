"""A status of this room stands only beside its evidence."""

from django.db import migrations

GUARDS = """
SELECT evidence_install_guard('parties_department', 'department');
SELECT evidence_install_guard('parties_person', 'person');
SELECT evidence_install_guard('parties_officerfiling', 'officer_filing');
"""


class Migration(migrations.Migration):
    """Database guards of the room."""

    dependencies = [("parties", "0001_initial"), ("evidence", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS)]
