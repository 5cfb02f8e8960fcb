"""Of which state the last trial of a school's breaker was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0006_remote_ids_are_kept")]
    operations = [
        migrations.AddField("gate", "trial_of", models.CharField(default="", db_default="", max_length=12)),
    ]
