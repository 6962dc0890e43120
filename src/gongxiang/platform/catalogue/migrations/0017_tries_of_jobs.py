"""How often a job took a file up: one that kills the worker is given up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Tries of imports and exports."""

    dependencies = [
        ("catalogue", "0016_city_receipts"),
    ]

    operations = [
        migrations.AddField(
            model_name="catalogueexport",
            name="tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="catalogueimport",
            name="tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
