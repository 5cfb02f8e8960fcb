from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("classes", "0040_lessons_found_by_topic"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="leave",
            index=models.Index(fields=["enterprise", "begins_at", "id"], name="leave_by_begin"),
        ),
        migrations.AddIndex(
            model_name="leave",
            index=models.Index(fields=["enterprise", "ends_at", "id"], name="leave_by_end"),
        ),
    ]
