"""What changed in the search table, for the side index; and which build of it is in use."""

from django.db import migrations, models

TRIGGERS = """
CREATE FUNCTION catalogue_note_search_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO catalogue_searchchange (resource_id, changed_at)
  VALUES (CASE WHEN TG_OP = 'DELETE' THEN OLD.resource_id ELSE NEW.resource_id END, clock_timestamp());
  PERFORM pg_notify('gx_search', '');
  RETURN NULL;
END $$;
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON catalogue_searchentry
  FOR EACH ROW EXECUTE FUNCTION catalogue_note_search_change();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0008_matters_and_reports")]
    operations = [
        migrations.CreateModel(
            name="SearchChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("resource_id", models.UUIDField()),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SideIndexState",
            fields=[
                ("id", models.IntegerField(default=1, primary_key=True, serialize=False)),
                ("generation", models.CharField(blank=True, default="", max_length=40)),
                ("built_at", models.DateTimeField(null=True)),
                ("entries", models.IntegerField(default=0)),
            ],
        ),
        migrations.RunSQL(TRIGGERS),
    ]
