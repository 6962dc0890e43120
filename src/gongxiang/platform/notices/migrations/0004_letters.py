"""A letter is noted before it is handed to the mail server."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gongxiang.platform.kernel.ids


class Migration(migrations.Migration):
    """Letters under way."""

    dependencies = [
        ("notices", "0003_what_leaves_the_house"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.UUIDField(default=gongxiang.platform.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("notices", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("begun_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
    ]
