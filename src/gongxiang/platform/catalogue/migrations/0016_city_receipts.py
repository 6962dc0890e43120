"""The file of a report to the city, and the city's answer to it."""

import django.db.models.deletion
from django.db import migrations, models

import gongxiang.platform.kernel.ids


class Migration(migrations.Migration):
    """Two columns and an append-only table."""

    dependencies = [("catalogue", "0015_exports")]

    operations = [
        migrations.AddField(model_name="cityreport", name="content", field=models.BinaryField(default=bytes)),
        migrations.AddField(
            model_name="cityreport", name="digest", field=models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.CreateModel(
            name="CityReceipt",
            fields=[
                (
                    "id",
                    models.UUIDField(default=gongxiang.platform.kernel.ids.new_id, primary_key=True, serialize=False),
                ),
                ("number", models.CharField(max_length=80)),
                ("received_on", models.DateField()),
                ("outcome", models.CharField(max_length=10)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("recorded_by", models.CharField(max_length=60)),
                ("recorded_at", models.DateTimeField()),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipt", to="catalogue.cityreport"
                    ),
                ),
            ],
        ),
        migrations.RunSQL("SELECT evidence_install_append_only('catalogue_cityreceipt');"),
    ]
