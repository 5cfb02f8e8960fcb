import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """End-of-year roll-overs: the choices of a draft, and what an applied one changed."""

    dependencies = [
        ("accounts", "0032_grades"),
        ("classes", "0048_subjects"),
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RollOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("applying", "being carried out"),
                            ("applied", "carried out"),
                            ("undoing", "being undone"),
                            ("undone", "undone"),
                        ],
                        default="draft",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("choices", models.JSONField(default=dict)),
                ("seen", models.CharField(blank=True, max_length=64)),
                (
                    "reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason for the conflicts"),
                ),
                ("counts", models.JSONField(default=dict)),
                ("applied", models.JSONField(default=dict)),
                ("kept", models.JSONField(default=list)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created at"),
                ),
                ("applied_at", models.DateTimeField(null=True, verbose_name="carried out at")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone at")),
                (
                    "beginning",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="classes.term",
                        verbose_name="term that begins",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="actor",
                    ),
                ),
                (
                    "ending",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="classes.term",
                        verbose_name="term that ends",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roll_overs",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "verbose_name": "end-of-year roll-over",
                "verbose_name_plural": "end-of-year roll-overs",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["enterprise", "-id"], name="roll_over_of_a_school")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["draft", "applying"])),
                        fields=("enterprise",),
                        name="one_roll_over_at_a_time",
                        violation_error_message="A roll-over is being prepared already. Continue with it.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["applied", "undoing"])),
                        fields=("ending",),
                        name="one_roll_over_a_term",
                        violation_error_message="This term was rolled over already. Undo that first.",
                    ),
                ],
            },
        ),
    ]
