from django.db import migrations, models


class Migration(migrations.Migration):
    """The lists of lessons and courses can be sorted by topic and title."""

    dependencies = [("classes", "0038_report_schedules")]

    operations = [
        migrations.AddIndex(
            model_name="course",
            index=models.Index(fields=["enterprise", "title", "id"], name="course_by_title"),
        ),
        migrations.AddIndex(
            model_name="lesson",
            index=models.Index(fields=["enterprise", "topic", "id"], name="lesson_by_topic"),
        ),
    ]
