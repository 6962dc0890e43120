"""Guards of the room: a status stands beside its evidence; what was reported is never rewritten."""

from django.db import migrations

GUARDS = """
SELECT evidence_install_guard('delivery_node', 'node');
SELECT evidence_install_guard('delivery_flow', 'flow');
SELECT evidence_install_append_only('delivery_receipt');
SELECT evidence_install_append_only('delivery_refusedattempt');
INSERT INTO delivery_factcursor (id, xid, fact_id) VALUES (1, 0, 0);
"""


class Migration(migrations.Migration):
    """Database guards of the room."""

    dependencies = [("delivery", "0001_initial"), ("evidence", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS)]
