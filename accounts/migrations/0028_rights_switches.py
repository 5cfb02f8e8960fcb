import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """Switches with which a school changes cells of the policy table for itself."""

    dependencies = [
        ("accounts", "0027_leave_request_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="assistants_close",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="Assistants close registers"
            ),
        ),
        migrations.AddField(
            model_name="enterprise",
            name="correct_within_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MaxValueValidator(365)],
                verbose_name="Until so many days after the lesson",
            ),
        ),
        migrations.AddField(
            model_name="enterprise",
            name="students_appeal",
            field=models.BooleanField(db_default=True, default=True, verbose_name="Students appeal"),
        ),
        migrations.AddField(
            model_name="enterprise",
            name="students_see_recordings",
            field=models.BooleanField(db_default=True, default=True, verbose_name="Students see recordings"),
        ),
        migrations.AddField(
            model_name="enterprise",
            name="teachers_correct",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="Teachers and assistants correct marks"
            ),
        ),
        migrations.AddField(
            model_name="enterprise",
            name="teachers_edit_rosters",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="Teachers edit the lists of their lessons"
            ),
        ),
        migrations.AddField(
            model_name="enterprise",
            name="teachers_schedule",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="Teachers schedule their own lessons"
            ),
        ),
        migrations.AddField(
            model_name="enterprise",
            name="teachers_see_phones",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="Teachers see phones of their students"
            ),
        ),
    ]
