import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

# Whoever was in charge of a group still is, with no first and no last day.
TO_ROWS = """
INSERT INTO accounts_teacherincharge (enterprise_id, group_id, teacher_id, kind, created_at)
SELECT enterprise_id, id, teacher_id, 'charge', now() FROM accounts_studentgroup WHERE teacher_id IS NOT NULL
"""
TO_COLUMN = """
UPDATE accounts_studentgroup g SET teacher_id = (
    SELECT c.teacher_id FROM accounts_teacherincharge c
    WHERE c.group_id = g.id AND c.kind = 'charge'
    AND COALESCE(c.starts_on <= current_date, true) AND COALESCE(c.ends_on >= current_date, true)
    ORDER BY c.starts_on NULLS FIRST, c.id LIMIT 1)
"""
# Imports remembered one person per group: before the import, and a pair with the one after it once applied.
TO_SNAPSHOTS = """
CREATE FUNCTION pg_temp.snapshot(person jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT CASE WHEN person IS NULL OR person = 'null' THEN '[]'
        ELSE jsonb_build_array(jsonb_build_array(person, 'charge', NULL, NULL)) END
$$;
UPDATE accounts_peopleimport i SET charges = (
    SELECT jsonb_object_agg(key, CASE WHEN jsonb_typeof(value) = 'array'
        THEN jsonb_build_array(pg_temp.snapshot(value -> 0), pg_temp.snapshot(value -> 1))
        ELSE pg_temp.snapshot(value) END)
    FROM jsonb_each(i.charges)
) WHERE charges <> '{}';
DROP FUNCTION pg_temp.snapshot(jsonb);
"""
TO_PAIRS = """
UPDATE accounts_peopleimport i SET charges = (
    SELECT jsonb_object_agg(key, CASE WHEN i.state IN ('applied', 'undone')
        THEN jsonb_build_array(value #> '{0,0,0}', value #> '{1,0,0}') ELSE value #> '{0,0}' END)
    FROM jsonb_each(i.charges)
) WHERE charges <> '{}';
"""


class KeptBtreeGistExtension(BtreeGistExtension):
    """The extension that lessons need, too, so that undoing this migration keeps it."""

    def database_backwards(self, *args, **kwargs):
        pass


class Migration(migrations.Migration):
    """Teachers in charge of groups and their deputies with dates, and notes about students."""

    dependencies = [
        ("accounts", "0028_rights_switches"),
    ]

    operations = [
        KeptBtreeGistExtension(),
        migrations.CreateModel(
            name="TeacherInCharge",
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
                        choices=[("charge", "teacher in charge"), ("deputy", "deputy")],
                        default="charge",
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="first day")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="last day")),
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
                        verbose_name="entered by",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="charges",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="charges",
                        to="accounts.studentgroup",
                        verbose_name="group",
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="charges",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="teacher in charge",
                    ),
                ),
            ],
            options={
                "verbose_name": "teacher in charge of a group",
                "verbose_name_plural": "teachers in charge of groups",
                "ordering": ["kind", models.OrderBy(models.F("starts_on"), nulls_first=True), "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="charge_ends_after_it_begins",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("group", "="),
                            ("teacher", "="),
                            (
                                models.Func(
                                    "starts_on",
                                    "ends_on",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="DATERANGE",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="in_charge_of_a_group_once_a_day",
                        violation_error_message=(
                            "This person is already entered for this group on some of these days. "
                            "Change that entry."
                        ),
                    ),
                ],
            },
        ),
        migrations.RunSQL(TO_ROWS, TO_COLUMN),
        migrations.RunSQL(TO_SNAPSHOTS, TO_PAIRS),
        migrations.RemoveField(model_name="studentgroup", name="teacher"),
        migrations.CreateModel(
            name="StudentNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="note")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="student_notes",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="student",
                    ),
                ),
            ],
            options={
                "verbose_name": "note about a student",
                "verbose_name_plural": "notes about students",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["person", "-id"], name="note_of_person")],
            },
        ),
    ]
