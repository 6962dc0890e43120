"""A status of this room stands only beside its evidence; files and uploads never change."""

from django.db import migrations

GUARDS = """
SELECT evidence_install_guard('documents_document', 'document');
SELECT evidence_install_append_only('documents_documentfile');
SELECT evidence_install_append_only('documents_upload');
"""


class Migration(migrations.Migration):
    """Database guards of the room."""

    dependencies = [("documents", "0001_initial"), ("evidence", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS)]
