"""Status only beside its evidence; versions and consents for ever."""

from django.db import migrations

GUARDS = """
SELECT evidence_install_guard('catalogue_resource', 'resource');
SELECT evidence_install_append_only('catalogue_resourceversion');
SELECT evidence_install_append_only('catalogue_consent');

CREATE FUNCTION catalogue_keep_counting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.last < OLD.last OR NEW.scheme <> OLD.scheme OR NEW.prefix <> OLD.prefix THEN
    RAISE EXCEPTION 'resource codes are never given twice: a counter only counts up' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_counting BEFORE UPDATE OR DELETE ON catalogue_codecounter
  FOR EACH ROW EXECUTE FUNCTION catalogue_keep_counting();

CREATE FUNCTION catalogue_keep_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.code IS NOT NULL AND NEW.code IS DISTINCT FROM OLD.code THEN
    RAISE EXCEPTION 'the code of a resource never changes' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_code BEFORE UPDATE ON catalogue_resource FOR EACH ROW EXECUTE FUNCTION catalogue_keep_code();
"""


class Migration(migrations.Migration):
    """Database guards of the room."""

    dependencies = [("catalogue", "0001_initial"), ("evidence", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS)]
