from django.db import migrations


class Migration(migrations.Migration):
    """Name models by the terms of the field. The tables keep their names."""

    dependencies = [("audit", "0005_looks")]

    operations = [
        migrations.AlterModelTable(name="waiting", table="audit_waiting"),
        migrations.RenameModel(old_name="Waiting", new_name="UnlinkedEntry"),
        migrations.AlterModelTable(name="link", table="audit_link"),
        migrations.RenameModel(old_name="Link", new_name="ChainLink"),
        migrations.AlterModelTable(name="seen", table="audit_seen"),
        migrations.RenameModel(old_name="Seen", new_name="PersonalDataAccess"),
    ]
