from django.db import migrations, models


class Migration(migrations.Migration):
    """A worker that evaluates a rule holds it for a time; a rule whose worker was killed is due again."""

    dependencies = [
        ("classes", "0054_scheduled_exports"),
    ]

    operations = [
        migrations.AddField(
            model_name="thresholdrule",
            name="lease_until",
            field=models.DateTimeField(null=True),
        ),
    ]
