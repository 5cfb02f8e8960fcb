from django.db import migrations


class Migration(migrations.Migration):
    """Name models by the terms of the field. The tables keep their names."""

    dependencies = [("outbox", "0007_trial_of")]

    operations = [
        migrations.AlterModelTable(name="pulse", table="outbox_pulse"),
        migrations.RenameModel(old_name="Pulse", new_name="TaskHeartbeat"),
    ]
