from django.db import migrations, models


class Migration(migrations.Migration):
    """Labels only: the tables stay as they are."""

    dependencies = [
        ("accounts", "0046_leave_minutes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="enterprise",
            name="bizid",
            field=models.BigIntegerField(
                default=0, editable=False, verbose_name="Number of the cloud account (BizID)"
            ),
        ),
        migrations.AlterField(
            model_name="enterprise",
            name="h5_white_listed",
            field=models.BooleanField(
                default=False, verbose_name="allowlisted for animated versions at iclass"
            ),
        ),
        migrations.AlterField(
            model_name="enterprise",
            name="sdkappid",
            field=models.PositiveBigIntegerField(unique=True, verbose_name="School's number (SDKAppID)"),
        ),
    ]
