"""Status only beside its evidence."""

from django.db import migrations


class Migration(migrations.Migration):
    """Database guards of the room."""

    dependencies = [("corrections", "0001_initial"), ("evidence", "0002_guards")]
    operations = [
        migrations.RunSQL("SELECT evidence_install_guard('corrections_correction', 'correction')"),
        migrations.RunSQL("SELECT evidence_install_guard('corrections_countercomplaint', 'counter_complaint')"),
    ]
