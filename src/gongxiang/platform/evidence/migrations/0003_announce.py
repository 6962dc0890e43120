"""Wake the readers of the outbox as soon as an act commits."""

from django.db import migrations

ANNOUNCE = """
CREATE FUNCTION evidence_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('gx_evidence', '');
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON evidence_evidencerecord FOR EACH STATEMENT EXECUTE FUNCTION evidence_announce();
"""


class Migration(migrations.Migration):
    """NOTIFY on every new record."""

    dependencies = [("evidence", "0002_guards")]
    operations = [migrations.RunSQL(ANNOUNCE)]
