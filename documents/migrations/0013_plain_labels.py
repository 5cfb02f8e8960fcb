from django.db import migrations, models


class Migration(migrations.Migration):
    """Labels only: the tables stay as they are."""

    dependencies = [
        ("documents", "0012_courseware_by_name_and_size"),
    ]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="transcode_status",
            field=models.CharField(
                blank=True, editable=False, max_length=40, verbose_name="state of the animated version"
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="transcode_wanted",
            field=models.BooleanField(default=False, verbose_name="create an animated version"),
        ),
    ]
