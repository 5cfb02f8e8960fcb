from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_people_newest_first"),
        ("classes", "0026_absences_in_a_row"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="lesson",
            index=models.Index(
                condition=models.Q(("cancelled_at", None), models.Q(("status", "end"), _negated=True)),
                fields=["enterprise", "status", "starts_at"],
                name="lesson_not_over",
            ),
        ),
        migrations.AddIndex(
            model_name="lesson",
            index=models.Index(
                condition=models.Q(("cancelled_at", None), ("final_at", None), ("status", "end")),
                fields=["enterprise"],
                name="lesson_provisional",
            ),
        ),
        migrations.AddIndex(
            model_name="lesson",
            index=models.Index(
                condition=models.Q(("sync_state", "in_sync"), _negated=True),
                fields=["enterprise", "sync_state"],
                name="lesson_not_in_sync",
            ),
        ),
    ]
