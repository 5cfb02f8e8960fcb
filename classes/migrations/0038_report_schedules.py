import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Reports by e-mail."""

    dependencies = [
        ("accounts", "0021_rename_models"),
        ("classes", "0037_courses_make_up_skipped_dates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportSchedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "every",
                    models.CharField(
                        choices=[
                            ("week", "every week, Monday 07:00"),
                            ("month", "every month, on the first at 07:00"),
                        ],
                        max_length=5,
                        verbose_name="how often",
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="on")),
                ("due_at", models.DateTimeField(verbose_name="next e-mail")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "—"),
                            ("sending", "sending"),
                            ("sent", "sent"),
                            ("waiting", "not sent, will be tried again"),
                            ("failed", "not sent"),
                            ("stopped", "stopped"),
                        ],
                        max_length=8,
                        verbose_name="last result",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("left", "The recipient has left the school or has no e-mail address."),
                            ("role", "The recipient's role no longer allows exporting reports."),
                            ("group", "The group is archived."),
                            (
                                "mail",
                                "The mail server did not accept the e-mail. Ask the operator of the console.",
                            ),
                            ("report", "The report could not be made. Ask the operator of the console."),
                            ("no_mail", "This console does not send e-mail. Ask its operator to set it up."),
                        ],
                        max_length=8,
                        verbose_name="reason",
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="last sent")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_schedules",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_schedules",
                        to="accounts.studentgroup",
                        verbose_name="group",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_schedules",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recipient",
                    ),
                ),
            ],
            options={
                "verbose_name": "report by e-mail",
                "verbose_name_plural": "reports by e-mail",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_on", True)), fields=["due_at"], name="report_schedule_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "group", "every"),
                        name="report_schedule_once_a_person",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
