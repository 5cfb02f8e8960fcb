from django.db import migrations, models


class Migration(migrations.Migration):
    """Labels only: the tables stay as they are."""

    dependencies = [
        ("classes", "0056_labels"),
    ]

    operations = [
        migrations.AlterField(
            model_name="graderevision",
            name="digest",
            field=models.CharField(max_length=64, verbose_name="checksum"),
        ),
        migrations.AlterField(
            model_name="register",
            name="digest",
            field=models.CharField(max_length=64, verbose_name="checksum"),
        ),
    ]
