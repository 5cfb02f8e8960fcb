import django.db.models.deletion
from django.db import migrations, models

import documents.models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_watched"),
    ]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="file",
            field=models.FileField(
                blank=True,
                max_length=200,
                storage=documents.models.courseware_files,
                upload_to="",
                verbose_name="file",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="replaces",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replaced_by",
                to="documents.document",
                verbose_name="replacement for",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["enterprise", "md5"], name="document_by_md5"),
        ),
    ]
