import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A school's own limits of sessions, and the browsers in which somebody has signed in before."""

    dependencies = [
        ("accounts", "0035_identity_providers"),
    ]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="session_hours",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="sign out after signing in (hours)",
            ),
        ),
        migrations.AddField(
            model_name="enterprise",
            name="session_idle_minutes",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="sign out after inactivity (minutes)",
            ),
        ),
        migrations.CreateModel(
            name="KnownDevice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64)),
                (
                    "first_used_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="first used"
                    ),
                ),
                (
                    "last_used_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="last used"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "known device",
                "verbose_name_plural": "known devices",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["last_used_at"], name="known_device_last_used")],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "digest"), name="known_device_once")
                ],
            },
        ),
    ]
