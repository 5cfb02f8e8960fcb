import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """How long after it began leave can be requested."""

    dependencies = [
        ("accounts", "0026_included_minutes"),
    ]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="leave_request_days",
            field=models.PositiveSmallIntegerField(
                db_default=14,
                default=14,
                validators=[django.core.validators.MaxValueValidator(90)],
                verbose_name="leave can be requested afterwards (days)",
            ),
        ),
    ]
