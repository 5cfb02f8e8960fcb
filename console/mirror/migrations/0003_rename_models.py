from django.db import migrations


class Migration(migrations.Migration):
    """Name models by the terms of the field. The tables keep their names."""

    dependencies = [("mirror", "0002_ignored")]

    operations = [
        migrations.AlterModelTable(name="walked", table="mirror_walked"),
        migrations.RenameModel(old_name="Walked", new_name="ReconcileState"),
        migrations.AlterModelTable(name="missed", table="mirror_missed"),
        migrations.RenameModel(old_name="Missed", new_name="MissingRow"),
        migrations.AlterModelTable(name="ignored", table="mirror_ignored"),
        migrations.RenameModel(old_name="Ignored", new_name="IgnoredDifference"),
    ]
