import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import classes.models.guards
import classes.models.wallclock

# The trail's net hangs on the column; the end of `migrate` lays it anew.
TO_THE_WALL = """
DROP TRIGGER IF EXISTS audit_net_change ON classes_course;
ALTER TABLE classes_course ALTER COLUMN starts_local TYPE timestamp USING starts_local AT TIME ZONE 'UTC';
UPDATE classes_course c SET starts_local = (c.starts_local AT TIME ZONE 'UTC') AT TIME ZONE e.zone
FROM accounts_enterprise e WHERE e.id = c.enterprise_id;
"""
FROM_THE_WALL = """
DROP TRIGGER IF EXISTS audit_net_change ON classes_course;
ALTER TABLE classes_course ALTER COLUMN starts_local TYPE timestamptz USING starts_local AT TIME ZONE 'UTC';
UPDATE classes_course c SET starts_local = (c.starts_local AT TIME ZONE 'UTC') AT TIME ZONE e.zone
FROM accounts_enterprise e WHERE e.id = c.enterprise_id;
"""

# What stands already cannot be asked for a reason: the later of two in conflict gets one.
ALLOW = """
UPDATE classes_lesson SET conflict_allowed = true, conflict_reason = 'made outside' WHERE made_outside;
UPDATE classes_lesson l SET conflict_allowed = true, conflict_reason = 'planned before conflicts were looked for'
WHERE l.cancelled_at IS NULL AND NOT l.conflict_allowed AND EXISTS (
    SELECT 1 FROM classes_lesson o WHERE o.teacher_id = l.teacher_id AND o.id < l.id AND o.cancelled_at IS NULL
      AND NOT o.made_outside AND o.starts_at < l.ends_at AND o.ends_at > l.starts_at);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_school_branding_and_retention"),
        ("classes", "0010_alarms"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(TO_THE_WALL, FROM_THE_WALL)],
            [
                migrations.AlterField(
                    model_name="course",
                    name="starts_local",
                    field=classes.models.wallclock.WallClockField(verbose_name="first lesson"),
                )
            ],
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="accounts.enterprise",
                    ),
                ),
            ],
            options={
                "verbose_name": "term",
                "verbose_name_plural": "terms",
                "ordering": ["starts_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="term_runs_forward",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.UniqueConstraint(
                        fields=("enterprise", "name"),
                        name="term_name_once_a_school",
                        violation_error_message="A term with this name already exists in your school.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holidays",
                        to="accounts.enterprise",
                    ),
                ),
            ],
            options={
                "verbose_name": "holiday",
                "verbose_name_plural": "holidays",
                "ordering": ["starts_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="holiday_runs_forward",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="lesson",
            name="occurrence",
            field=models.DateField(editable=False, null=True, verbose_name="day in the course"),
        ),
        migrations.AddField(
            model_name="lesson",
            name="conflict_allowed",
            field=models.BooleanField(default=False, editable=False, verbose_name="conflict allowed"),
        ),
        migrations.AddField(
            model_name="lesson",
            name="conflict_reason",
            field=models.CharField(
                blank=True, editable=False, max_length=300, verbose_name="reason for the conflict"
            ),
        ),
        migrations.RunSQL(ALLOW, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.CheckConstraint(
                condition=models.Q(("conflict_allowed", False))
                | models.Q(("conflict_reason", ""), _negated=True),
                name="lesson_conflict_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=classes.models.guards.LastGuard(
                condition=models.Q(("cancelled_at__isnull", True), ("conflict_allowed", False)),
                deferrable=models.Deferrable["DEFERRED"],
                expressions=[
                    ("teacher", "="),
                    (
                        models.Func(
                            "starts_at",
                            "ends_at",
                            function="TSTZRANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="lesson_teacher_once_at_a_time",
            ),
        ),
    ]
