import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Hourly sizes of the queues."""

    dependencies = [
        ("accounts", "0021_rename_models"),
        ("inbox", "0005_count_of_failed_callbacks"),
    ]

    operations = [
        migrations.CreateModel(
            name="QueueSample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.DateTimeField(db_index=True, verbose_name="hour")),
                ("operations", models.PositiveIntegerField(verbose_name="operations")),
                ("callbacks", models.PositiveIntegerField(verbose_name="callbacks")),
                (
                    "enterprise",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
            ],
            options={
                "verbose_name": "queue sizes",
                "verbose_name_plural": "queue sizes",
                "constraints": [
                    models.UniqueConstraint(fields=("enterprise", "hour"), name="one_queue_sample_an_hour")
                ],
            },
        ),
    ]
