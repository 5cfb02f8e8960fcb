import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0046_leave_minutes"),
        ("lists", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WaitingMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("model", models.CharField(max_length=40, verbose_name="object type")),
                ("row", models.PositiveBigIntegerField(verbose_name="object ID")),
                ("until", models.DateTimeField(null=True, verbose_name="put off until")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.enterprise",
                        verbose_name="school",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="given by",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "mark on Today",
                "verbose_name_plural": "marks on Today",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "kind", "model", "row"), name="waiting_marked_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("given_by__isnull", False)),
                        fields=("enterprise", "kind", "model", "row"),
                        name="waiting_given_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", False), ("given_by__isnull", False), _connector="OR"
                        ),
                        name="waiting_mark_says_something",
                    ),
                ],
            },
        ),
    ]
