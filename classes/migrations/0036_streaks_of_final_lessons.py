"""Absence streaks count final lessons only: until its history has settled, marks of a lesson may change."""

from importlib import import_module

from django.db import migrations

streaks = import_module("classes.migrations.0026_absences_in_a_row")

ENDED = streaks.OVER.format(l="l")
FINAL = "{l}.final_at IS NOT NULL AND {l}.cancelled_at IS NULL"
DROP_TRIGGER = "DROP TRIGGER streaks_of_lesson ON classes_lesson"
LESSON_TRIGGER = streaks.OF_LESSON
FINAL_LESSON_TRIGGER = LESSON_TRIGGER
for row in ("OLD", "NEW"):
    FINAL_LESSON_TRIGGER = FINAL_LESSON_TRIGGER.replace(streaks.OVER.format(l=row), FINAL.format(l=row))


def functions(over: str) -> list[str]:
    """Return the statements that replace the functions that ask whether a lesson counts."""
    anew = streaks.ANEW.replace(ENDED, over)
    follow = [
        streaks.MARKS.format(name=name, lessons=lessons, changed=changed, over=over)
        for name, _act, _tables, lessons, changed in streaks.ACTS
    ]
    return [one.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION") for one in (anew, *follow)]


class Migration(migrations.Migration):
    dependencies = [("classes", "0035_rename_models")]
    operations = [
        migrations.RunSQL(
            ";".join([DROP_TRIGGER, FINAL_LESSON_TRIGGER, *functions(FINAL.format(l="l"))]),
            ";".join([DROP_TRIGGER, LESSON_TRIGGER, *functions(ENDED)]),
        ),
        migrations.RunSQL(streaks.FILL, streaks.FILL),
    ]
