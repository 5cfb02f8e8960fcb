"""Make-up lessons, instead of which a cancelled or failed one counts no more; attachments of leave."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import classes.models.leave_file

streaks = import_module("classes.migrations.0036_streaks_of_final_lessons")

FINAL = streaks.FINAL
COUNTED = FINAL + " AND NOT {l}.made_up"
COUNTED_LESSON_TRIGGER = streaks.FINAL_LESSON_TRIGGER
for row in ("OLD", "NEW"):
    COUNTED_LESSON_TRIGGER = COUNTED_LESSON_TRIGGER.replace(FINAL.format(l=row), COUNTED.format(l=row))

# The lesson that is made up for is locked by whoever schedules the make-up; OLD is null at an insert and NEW
# at a deletion.
MADE_UP = """
CREATE FUNCTION classes_lesson_made_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE classes_lesson l SET made_up = NOT l.made_up
    WHERE l.id = ANY(ARRAY[OLD.makes_up_for_id, NEW.makes_up_for_id]) AND l.made_up <> EXISTS (
        SELECT 1 FROM classes_lesson m WHERE m.makes_up_for_id = l.id AND m.cancelled_at IS NULL
    );
    RETURN NULL;
END $$;
CREATE TRIGGER make_up_scheduled AFTER INSERT ON classes_lesson FOR EACH ROW
WHEN (NEW.makes_up_for_id IS NOT NULL) EXECUTE FUNCTION classes_lesson_made_up();
CREATE TRIGGER make_up_changed AFTER UPDATE OF makes_up_for_id, cancelled_at ON classes_lesson FOR EACH ROW
WHEN (COALESCE(OLD.makes_up_for_id, NEW.makes_up_for_id) IS NOT NULL)
EXECUTE FUNCTION classes_lesson_made_up();
CREATE TRIGGER make_up_deleted AFTER DELETE ON classes_lesson FOR EACH ROW
WHEN (OLD.makes_up_for_id IS NOT NULL) EXECUTE FUNCTION classes_lesson_made_up();
"""
BACK = """
DROP TRIGGER make_up_scheduled ON classes_lesson;
DROP TRIGGER make_up_changed ON classes_lesson;
DROP TRIGGER make_up_deleted ON classes_lesson;
DROP FUNCTION classes_lesson_made_up();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0031_erasure_requests"), ("classes", "0046_attendance_codes_and_grades")]
    operations = [
        migrations.AddField(
            model_name="lesson",
            name="makes_up_for",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="make_ups",
                to="classes.lesson",
                verbose_name="make-up lesson for",
            ),
        ),
        migrations.AddField(
            model_name="lesson",
            name="made_up",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="made up"
            ),
        ),
        migrations.AddIndex(
            model_name="lesson",
            index=models.Index(
                condition=Q(makes_up_for__isnull=False), fields=["makes_up_for"], name="lesson_make_ups"
            ),
        ),
        migrations.AddIndex(
            model_name="lesson",
            index=models.Index(
                condition=Q(cancelled_at__isnull=False, made_up=False),
                fields=["enterprise", "starts_at"],
                name="lesson_to_make_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.UniqueConstraint(
                condition=Q(cancelled_at=None),
                fields=["makes_up_for"],
                name="one_make_up_a_lesson",
                violation_error_message="This lesson already has a make-up lesson.",
            ),
        ),
        migrations.RunSQL(MADE_UP, BACK),
        migrations.RunSQL(
            ";".join(
                [
                    streaks.DROP_TRIGGER,
                    COUNTED_LESSON_TRIGGER,
                    *streaks.functions(COUNTED.format(l="l")),
                ]
            ),
            ";".join(
                [
                    streaks.DROP_TRIGGER,
                    streaks.FINAL_LESSON_TRIGGER,
                    *streaks.functions(FINAL.format(l="l")),
                ]
            ),
        ),
        migrations.CreateModel(
            name="LeaveFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="file name")),
                ("ext", models.CharField(max_length=4, verbose_name="type")),
                ("bytes", models.PositiveIntegerField(verbose_name="size")),
                (
                    "file",
                    models.FileField(
                        db_index=True,
                        max_length=200,
                        storage=classes.models.leave_file.leave_file_storage,
                        upload_to="",
                        verbose_name="file",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="added at"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leave_files",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "leave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="classes.leave",
                        verbose_name="leave",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment of leave",
                "verbose_name_plural": "attachments of leave",
                "ordering": ["id"],
            },
        ),
    ]
