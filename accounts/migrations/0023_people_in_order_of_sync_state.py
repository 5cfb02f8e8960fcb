from django.db import migrations, models


class Migration(migrations.Migration):
    """The list of people can be sorted by state at iclass."""

    dependencies = [("accounts", "0022_pinyin_of_names")]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["enterprise", "sync_state", "id"], name="user_by_sync_state"),
        ),
    ]
