from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_people_newest_first"),
        ("classes", "0024_holidays_of_terms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="lesson",
            index=models.Index(fields=["enterprise", "-id"], name="lesson_newest"),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(fields=["enterprise", "-id"], name="track_newest"),
        ),
    ]
