"""The terms as they were signed, one list for paper and machine; the issued paper; scans of sealed papers."""

import django.db.models.deletion
from django.db import migrations, models

import gongxiang.platform.kernel.ids


class Migration(migrations.Migration):
    """Two columns and a table."""

    dependencies = [("agreements", "0002_guards")]
    operations = [
        migrations.AddField("agreement", "terms", models.JSONField(default=list)),
        migrations.AddField("agreement", "document_id", models.UUIDField(null=True)),
        migrations.CreateModel(
            name="AgreementScan",
            fields=[
                ("id", models.UUIDField(default=gongxiang.platform.kernel.ids.new_id, primary_key=True, serialize=False)),
                (
                    "party",
                    models.CharField(choices=[("department", "department"), ("authority", "authority")], max_length=10),
                ),
                ("upload_id", models.UUIDField()),
                ("name", models.CharField(max_length=200)),
                ("size", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("text_digest", models.CharField(max_length=64)),
                ("kept_at", models.DateTimeField()),
                ("kept_by", models.UUIDField()),
                ("kept_by_name", models.CharField(max_length=60)),
                ("void", models.BooleanField(default=False)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scans", to="agreements.agreement"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("void", False)),
                        fields=("agreement", "party"),
                        name="agreement_scanned_once_a_party",
                    )
                ],
            },
        ),
    ]
