from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Grades that were fixed stay as they are. They name people only by their ids, so an erasure has nothing to do.
FORWARD = """
CREATE FUNCTION classes_grades_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'fixed grades stay as they are' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER classes_grades_stay BEFORE UPDATE OR DELETE ON classes_graderevision
    FOR EACH ROW EXECUTE FUNCTION classes_grades_stay();
"""
BACKWARD = """
DROP TRIGGER classes_grades_stay ON classes_graderevision;
DROP FUNCTION classes_grades_stay();
"""


class Migration(migrations.Migration):
    """A school's own codes for marks, and grades for attendance."""

    dependencies = [
        ("accounts", "0027_leave_request_days"),
        ("classes", "0045_attendance_thresholds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AttendanceCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("letters", models.CharField(max_length=4, verbose_name="code")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "tone",
                    models.CharField(
                        choices=[
                            ("ok", "green"),
                            ("warn", "amber"),
                            ("bad", "red"),
                            ("busy", "blue"),
                            ("idle", "grey"),
                        ],
                        default="idle",
                        max_length=4,
                        verbose_name="colour",
                    ),
                ),
                (
                    "counts_as",
                    models.CharField(
                        choices=[("present", "present"), ("absent", "absent"), ("neither", "neither")],
                        default="present",
                        max_length=7,
                        verbose_name="counts as",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendance_codes",
                        to="accounts.enterprise",
                    ),
                ),
            ],
            options={
                "verbose_name": "attendance code",
                "verbose_name_plural": "attendance codes",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CodeUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mark",
                    models.CharField(
                        choices=[
                            ("present", "present"),
                            ("late", "late"),
                            ("left_early", "left early"),
                            ("late_and_left_early", "late and left early"),
                            ("absent", "absent"),
                            ("excused", "excused"),
                            ("unknown", "no data"),
                        ],
                        max_length=20,
                        verbose_name="mark",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "for any reason"),
                            ("morning", "in the morning"),
                            ("afternoon", "in the afternoon"),
                            ("never_seen", "never joined"),
                            ("too_short", "present for too short a time"),
                            ("sick", "sick leave"),
                            ("personal", "personal leave"),
                            ("official", "school activity"),
                            ("other", "other leave"),
                            ("drop", "many disconnected at once"),
                            ("hand", "set by hand"),
                            ("not_held", "the lesson was not held"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="classes.attendancecode",
                        verbose_name="attendance code",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
            ],
            options={
                "verbose_name": "mark of an attendance code",
                "verbose_name_plural": "marks of attendance codes",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="GradeRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("term_name", models.CharField(max_length=60, verbose_name="term")),
                ("since", models.DateField(verbose_name="first day")),
                ("until", models.DateField(verbose_name="last day")),
                ("number", models.PositiveIntegerField(verbose_name="revision")),
                ("body", models.JSONField()),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                (
                    "fixed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="fixed at"),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grade_revisions",
                        to="classes.course",
                        verbose_name="course",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grade_revisions",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "fixed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="fixed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "fixed attendance grades",
                "verbose_name_plural": "fixed attendance grades",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="GradeRule",
            fields=[
                (
                    "enterprise",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="grade_rule",
                        serialize=False,
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "present",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("1.00"),
                        max_digits=3,
                        null=True,
                        verbose_name="present",
                    ),
                ),
                (
                    "late",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.50"),
                        max_digits=3,
                        null=True,
                        verbose_name="late",
                    ),
                ),
                (
                    "left_early",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.50"),
                        max_digits=3,
                        null=True,
                        verbose_name="left early",
                    ),
                ),
                (
                    "late_and_left_early",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.50"),
                        max_digits=3,
                        null=True,
                        verbose_name="late and left early",
                    ),
                ),
                (
                    "absent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=3,
                        null=True,
                        verbose_name="absent",
                    ),
                ),
                (
                    "excused",
                    models.DecimalField(
                        decimal_places=2, default=None, max_digits=3, null=True, verbose_name="excused"
                    ),
                ),
            ],
            options={
                "verbose_name": "rule of attendance grades",
                "verbose_name_plural": "rules of attendance grades",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("present__isnull", True),
                            models.Q(("present__gte", 0), ("present__lte", 1)),
                            _connector="OR",
                        ),
                        name="grade_present_0_to_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("late__isnull", True),
                            models.Q(("late__gte", 0), ("late__lte", 1)),
                            _connector="OR",
                        ),
                        name="grade_late_0_to_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_early__isnull", True),
                            models.Q(("left_early__gte", 0), ("left_early__lte", 1)),
                            _connector="OR",
                        ),
                        name="grade_left_early_0_to_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("late_and_left_early__isnull", True),
                            models.Q(("late_and_left_early__gte", 0), ("late_and_left_early__lte", 1)),
                            _connector="OR",
                        ),
                        name="grade_late_and_left_early_0_to_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("absent__isnull", True),
                            models.Q(("absent__gte", 0), ("absent__lte", 1)),
                            _connector="OR",
                        ),
                        name="grade_absent_0_to_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("excused__isnull", True),
                            models.Q(("excused__gte", 0), ("excused__lte", 1)),
                            _connector="OR",
                        ),
                        name="grade_excused_0_to_1",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="attendancecode",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "letters"), name="code_letters_once_a_school"
            ),
        ),
        migrations.AddConstraint(
            model_name="attendancecode",
            constraint=models.CheckConstraint(
                condition=models.Q(("letters", ""), _negated=True), name="code_has_letters"
            ),
        ),
        migrations.AddConstraint(
            model_name="codeuse",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "mark", "kind"), name="one_code_a_mark_and_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="graderevision",
            constraint=models.UniqueConstraint(
                fields=("course", "since", "until", "number"), name="one_grade_revision_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="graderevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))), name="grade_days_run_forward"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
