import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Labels only: the tables stay as they are."""

    dependencies = [
        ("notices", "0005_found_for"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="digest",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="notices",
                to="notices.notificationdigest",
                verbose_name="notification digest",
            ),
        ),
    ]
