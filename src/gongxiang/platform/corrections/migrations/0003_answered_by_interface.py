"""Where a corrected record stands in what the gateway answers calls from."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    """Three columns beside those of the sealed segment."""

    dependencies = [("corrections", "0002_guards")]
    operations = [
        migrations.AddField("correction", "answered_seq", models.BigIntegerField(null=True)),
        migrations.AddField("correction", "answered_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "correction", "answered_grants", ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)
        ),
    ]
