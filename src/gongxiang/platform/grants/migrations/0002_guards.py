"""Guards of the room: a status stands beside its evidence; terms and filings are never rewritten."""

from django.db import migrations

GUARDS = """
SELECT evidence_install_guard('grants_grant', 'grant');
SELECT evidence_install_guard('grants_disposalduty', 'disposal_duty');
SELECT evidence_install_append_only('grants_grantrevision');
SELECT evidence_install_append_only('grants_filing');
"""


class Migration(migrations.Migration):
    """Database guards of the room."""

    dependencies = [("grants", "0001_initial"), ("evidence", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS)]
