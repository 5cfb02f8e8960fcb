import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """How much of the planned time of a lesson leave must cover to excuse."""

    dependencies = [
        ("accounts", "0045_roster_connection"),
    ]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="leave_minutes",
            field=models.PositiveSmallIntegerField(
                db_default=1,
                default=1,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(240),
                ],
                verbose_name="leave excuses from (minutes of the lesson)",
            ),
        ),
    ]
