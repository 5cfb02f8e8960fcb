# Counts of what was refused, and an index for the events of a lesson.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("inbox", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("reason", models.CharField(max_length=20)),
                ("count", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(fields=["enterprise", "class_id"], name="callback_class"),
        ),
        migrations.AddField(
            model_name="refusal",
            name="enterprise",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.enterprise",
            ),
        ),
        migrations.AddConstraint(
            model_name="refusal",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "hour", "reason"),
                name="one_count_an_hour_and_reason",
                nulls_distinct=False,
            ),
        ),
    ]
