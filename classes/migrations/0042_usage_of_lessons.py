from importlib import import_module

from django.db import migrations, models

COUNTED = """
INSERT INTO classes_tally (lesson_id, expected, present, late, left_early, late_and_left_early, absent, excused,
    unknown, people, present_seconds)
SELECT l.id, count(a.id) FILTER (WHERE counts), count(a.id) FILTER (WHERE counts AND a.mark = 'present'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'late'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'left_early'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'late_and_left_early'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'absent'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'excused'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'unknown'),
    count(a.id) FILTER (WHERE a.present_seconds > 0), coalesce(sum(a.present_seconds), 0)
FROM classes_lesson l LEFT JOIN classes_attendance a ON a.lesson_id = l.id
LEFT JOIN LATERAL (SELECT a.expected AND a.mark <> '' AS counts) c ON true
WHERE {which}
GROUP BY l.id
ON CONFLICT (lesson_id) DO UPDATE SET expected = excluded.expected, present = excluded.present,
    late = excluded.late, left_early = excluded.left_early,
    late_and_left_early = excluded.late_and_left_early, absent = excluded.absent,
    excused = excluded.excused, unknown = excluded.unknown,
    people = excluded.people, present_seconds = excluded.present_seconds
"""
numbers = import_module("classes.migrations.0014_registers_in_numbers")


def function_that_counts(statement: str) -> str:
    """Return the function that the triggers of 0014 call, with this statement in it."""
    function = numbers.FUNCTION.split("CREATE TRIGGER")[0].replace(
        "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
    )
    return str(function.format(count=statement.format(which=numbers.WHICH)))


class Migration(migrations.Migration):
    """Count the people and seconds of each lesson with its marks, staff and guests included."""

    dependencies = [("classes", "0041_leave_by_day")]

    operations = [
        migrations.AddField(
            model_name="markcount",
            name="people",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="people in the room"),
        ),
        migrations.AddField(
            model_name="markcount",
            name="present_seconds",
            field=models.PositiveBigIntegerField(db_default=0, default=0, verbose_name="participant seconds"),
        ),
        migrations.RunSQL(function_that_counts(COUNTED), function_that_counts(numbers.COUNTED)),
        migrations.RunSQL(COUNTED.format(which="TRUE"), migrations.RunSQL.noop),
    ]
