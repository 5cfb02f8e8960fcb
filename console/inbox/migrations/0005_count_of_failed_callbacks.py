from django.db import migrations, models


class Migration(migrations.Migration):
    """An index for the count of failed callbacks in the menu, so that it does not read the callbacks of years."""

    dependencies = [("inbox", "0004_rename_models")]

    operations = [
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("state", "quarantined")),
                fields=["enterprise"],
                name="callback_set_aside",
            ),
        ),
    ]
