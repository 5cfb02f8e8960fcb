import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let a school say how many participant minutes its licence includes."""

    dependencies = [("accounts", "0025_password_links")]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="included_minutes",
            field=models.PositiveBigIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="participant minutes in the licence",
            ),
        ),
        migrations.AddField(
            model_name="enterprise",
            name="minutes_since",
            field=models.DateField(blank=True, null=True, verbose_name="minutes are counted from"),
        ),
    ]
