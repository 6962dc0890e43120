"""Counts of empty values and doubled rows beside a stream."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """What the provider's node counted, and when."""

    dependencies = [("delivery", "0007_trials_of_places")]
    operations = [
        migrations.AddField("stream", "counted", models.JSONField(blank=True, default=dict)),
        migrations.AddField("stream", "counted_at", models.DateTimeField(null=True)),
    ]
