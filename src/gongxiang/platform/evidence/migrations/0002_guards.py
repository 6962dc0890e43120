"""Append-only triggers, and the guard that ties a status to its evidence."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION evidence_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'evidence is append-only: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION evidence_install_append_only(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s FOR EACH ROW
                  EXECUTE FUNCTION evidence_refuse_change()', target);
  EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %s EXECUTE FUNCTION evidence_refuse_change()', target);
END $$;

-- A status stands only beside a record of the same transaction that says so.
CREATE FUNCTION evidence_check_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.status IS NOT DISTINCT FROM OLD.status THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM evidence_evidencerecord
    WHERE subject_type = TG_ARGV[0] AND subject_id = NEW.id::text
      AND xid = pg_current_xact_id() AND after ->> 'status' = NEW.status
  ) THEN
    RAISE EXCEPTION 'status % of % % has no evidence in this transaction', NEW.status, TG_ARGV[0], NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION evidence_install_guard(target regclass, subject text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE CONSTRAINT TRIGGER evidence_guard AFTER INSERT OR UPDATE ON %s DEFERRABLE INITIALLY DEFERRED
                  FOR EACH ROW EXECUTE FUNCTION evidence_check_status(%L)', target, subject);
END $$;

SELECT evidence_install_append_only('evidence_evidencerecord');
SELECT evidence_install_append_only('evidence_leaf');
SELECT evidence_install_append_only('evidence_root');
SELECT evidence_install_append_only('evidence_witness');
"""


class Migration(migrations.Migration):
    """Database guards of the room."""

    dependencies = [("evidence", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS)]
