from django.db import migrations


class Migration(migrations.Migration):
    """Name models by the terms of the field. The tables keep their names."""

    dependencies = [("documents", "0010_remote_ids_are_kept")]

    operations = [
        migrations.AlterModelTable(name="upload", table="documents_upload"),
        migrations.RenameModel(old_name="Upload", new_name="DocumentUpload"),
    ]
