from django.db import migrations, models


class Migration(migrations.Migration):
    """The courseware list can be sorted by name and size."""

    dependencies = [("documents", "0011_rename_models")]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["enterprise", "name", "id"], name="document_by_name"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["enterprise", "bytes", "id"], name="document_by_size"),
        ),
    ]
