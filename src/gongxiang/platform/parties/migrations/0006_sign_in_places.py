"""Failures are counted for a name and a place, and a browser in which both factors were shown is known.

The counters live for a day at most: they begin anew.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Counters anew, and known browsers."""

    dependencies = [("parties", "0005_former_names")]

    operations = [
        migrations.DeleteModel(name="SignInCounter"),
        migrations.CreateModel(
            name="SignInCounter",
            fields=[
                ("place", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("name", models.CharField(db_index=True, max_length=64)),
                ("rests", models.PositiveSmallIntegerField(default=0)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("last_failure_at", models.DateTimeField()),
                ("blocked_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="KnownBrowser",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="parties.person"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("digest", "person"), name="known_browser_once")],
            },
        ),
    ]
