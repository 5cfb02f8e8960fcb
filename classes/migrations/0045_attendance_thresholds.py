import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# What somebody did about a warning stays as they wrote it, unless the data of the person are erased.
FORWARD = """
CREATE FUNCTION classes_followup_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('console.erasing', true) = 'on' AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'follow-ups are append-only' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER classes_followup_stays BEFORE UPDATE ON classes_warningfollowup
    FOR EACH ROW EXECUTE FUNCTION classes_followup_stays();
"""
BACKWARD = """
DROP TRIGGER classes_followup_stays ON classes_warningfollowup;
DROP FUNCTION classes_followup_stays();
"""


class Migration(migrations.Migration):
    """Attendance thresholds: rules, warnings and follow-ups."""

    dependencies = [
        ("accounts", "0025_password_links"),
        ("classes", "0044_leave_requests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ThresholdRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("school", "whole school"), ("group", "a group"), ("course", "a course")],
                        default="school",
                        max_length=6,
                        verbose_name="applies to",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("absences", "absences in a row"),
                            ("rate", "attendance rate below"),
                            ("late", "late several times"),
                            ("unknown", "no data in several lessons"),
                        ],
                        max_length=8,
                        verbose_name="warn about",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("days", models.PositiveSmallIntegerField(null=True, verbose_name="within (days)")),
                ("least", models.PositiveSmallIntegerField(null=True, verbose_name="marks at least")),
                (
                    "tells_teachers",
                    models.BooleanField(default=True, verbose_name="notify the teacher in charge"),
                ),
                ("tells_office", models.BooleanField(default=True, verbose_name="notify administrators")),
                ("tells_student", models.BooleanField(default=False, verbose_name="notify the student")),
                ("is_on", models.BooleanField(default=True, verbose_name="on")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="removed at")),
                ("checked_on", models.DateField(null=True, verbose_name="last checked")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="threshold_rules",
                        to="classes.course",
                        verbose_name="course",
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
                        related_name="threshold_rules",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="threshold_rules",
                        to="accounts.studentgroup",
                        verbose_name="group",
                    ),
                ),
            ],
            options={
                "verbose_name": "warning rule",
                "verbose_name_plural": "warning rules",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="AttendanceWarning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                (
                    "opened_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="warned on"),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("over", "The threshold is no longer crossed."),
                            ("marks", "Marks were corrected, and the threshold was not crossed."),
                            ("rule", "The rule was changed, turned off or deleted."),
                        ],
                        max_length=5,
                        verbose_name="why it ended",
                    ),
                ),
                ("changes", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "new"),
                            ("taken", "in progress"),
                            ("closed", "done"),
                            ("back", "taken back"),
                        ],
                        default="open",
                        max_length=6,
                        verbose_name="state",
                    ),
                ),
                ("acknowledged_at", models.DateTimeField(null=True, verbose_name="handled since")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed at")),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handled by",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendance_warnings",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendance_warnings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="student",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="warnings",
                        to="classes.thresholdrule",
                        verbose_name="warning rule",
                    ),
                ),
            ],
            options={
                "verbose_name": "attendance warning",
                "verbose_name_plural": "attendance warnings",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="WarningFollowUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("called", "called"),
                            ("met", "met in person"),
                            ("letter", "letter sent"),
                            ("note", "note"),
                        ],
                        max_length=6,
                        verbose_name="what was done",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=1000, verbose_name="details")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="time")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "warning",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follow_ups",
                        to="classes.attendancewarning",
                        verbose_name="attendance warning",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow-up of a warning",
                "verbose_name_plural": "follow-ups of warnings",
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="thresholdrule",
            index=models.Index(
                condition=models.Q(("is_on", True), ("removed_at", None)),
                fields=["checked_on"],
                name="threshold_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="thresholdrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("course__isnull", True), ("group__isnull", True), ("scope", "school")),
                    models.Q(("course__isnull", True), ("scope", "group")),
                    models.Q(("group__isnull", True), ("scope", "course")),
                    _connector="OR",
                ),
                name="threshold_of_one_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="thresholdrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("days__isnull", True), ("kind", "absences"), ("least__isnull", True)),
                    models.Q(
                        ("days__isnull", False),
                        ("kind", "rate"),
                        ("least__isnull", False),
                        ("number__lte", 100),
                    ),
                    models.Q(
                        ("days__isnull", False), ("kind__in", ("late", "unknown")), ("least__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="threshold_has_its_numbers",
            ),
        ),
        migrations.AddConstraint(
            model_name="thresholdrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="threshold_of_one_or_more"
            ),
        ),
        migrations.AddConstraint(
            model_name="thresholdrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("removed_at", None),
                    models.Q(
                        ("scope", "school"),
                        ("group__isnull", False),
                        ("course__isnull", False),
                        _connector="OR",
                    ),
                ),
                fields=("enterprise", "kind", "group", "course", "number", "days", "least"),
                name="threshold_once_a_school",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="attendancewarning",
            index=models.Index(fields=["enterprise", "-id"], name="warning_newest"),
        ),
        migrations.AddIndex(
            model_name="attendancewarning",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["enterprise"], name="warning_open"
            ),
        ),
        migrations.AddIndex(
            model_name="attendancewarning",
            index=models.Index(fields=["person", "rule"], name="warning_of_person"),
        ),
        migrations.AddConstraint(
            model_name="attendancewarning",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("rule", "person"),
                name="one_warning_a_crossing",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendancewarning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ending", "")),
                    models.Q(("ended_at__isnull", False), models.Q(("ending", ""), _negated=True)),
                    _connector="OR",
                ),
                name="warning_ends_for_a_reason",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
