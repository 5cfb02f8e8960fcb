import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import console.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_names_of_groups_and_schools"),
        ("classes", "0018_recordings_kept_for_good"),
    ]

    operations = [
        migrations.AddField(
            model_name="lesson",
            name="capacity",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100000),
                ],
                verbose_name="maximum people in the room",
            ),
        ),
        migrations.AddField(
            model_name="lesson",
            name="later_sent",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="LessonKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("password", console.vault.fields.SealedField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lesson_keys",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "lesson",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="key", to="classes.lesson"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
