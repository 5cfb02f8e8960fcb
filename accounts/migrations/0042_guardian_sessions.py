import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Sessions of guardians, for the list of them."""

    dependencies = [
        ("accounts", "0041_guardian_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="GuardianSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session_key", models.CharField(editable=False, max_length=40, unique=True)),
                ("ip", models.GenericIPAddressField(verbose_name="IP address")),
                ("user_agent", models.CharField(max_length=200, verbose_name="browser")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="signed in at"
                    ),
                ),
                (
                    "last_seen_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="last used"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to="accounts.guardianaccount",
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "session of a guardian",
                "verbose_name_plural": "sessions of guardians",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["last_seen_at"], name="guardian_session_last_seen")],
            },
        ),
    ]
