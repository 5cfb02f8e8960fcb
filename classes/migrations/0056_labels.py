from django.db import migrations, models


class Migration(migrations.Migration):
    """Labels only: the tables stay as they are."""

    dependencies = [
        ("classes", "0055_leases_of_threshold_rules"),
    ]

    operations = [
        migrations.AlterField(
            model_name="correction",
            name="kind",
            field=models.CharField(
                choices=[
                    ("hand", "by hand"),
                    ("appeal", "after an appeal"),
                    ("drop", "many disconnected at once"),
                ],
                default="hand",
                max_length=8,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="lesson",
            name="auto_open_camera",
            field=models.BooleanField(default=False, verbose_name="camera on at entry"),
        ),
        migrations.AlterField(
            model_name="timetablerow",
            name="lessons",
            field=models.PositiveIntegerField(default=0, verbose_name="number of lessons"),
        ),
    ]
