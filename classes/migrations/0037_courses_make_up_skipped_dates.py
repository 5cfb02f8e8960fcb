"""Courses can make up skipped dates; existing ones keep the dates they were planned with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("classes", "0036_streaks_of_final_lessons")]
    operations = [
        migrations.AddField(
            "course",
            "make_up_skipped",
            models.BooleanField(default=False, db_default=False, verbose_name="make up skipped dates"),
        ),
    ]
