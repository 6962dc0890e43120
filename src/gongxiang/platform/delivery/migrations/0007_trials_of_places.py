"""Trials at mounting of APIs and files, beside tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """What was tried."""

    dependencies = [("delivery", "0006_outside_channels")]
    operations = [migrations.AddField("mounttrial", "kind", models.CharField(default="TABLE", max_length=10))]
