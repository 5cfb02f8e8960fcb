import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_groups_in_charge_and_archived"),
        ("classes", "0012_recordings"),
        ("documents", "0004_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(default=0, verbose_name="place")),
                (
                    "course",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="classes.course",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="documents.document",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="classes.lesson",
                    ),
                ),
            ],
            options={
                "verbose_name": "attached courseware",
                "verbose_name_plural": "attached courseware",
                "ordering": ["place", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lesson", None), ("course", None), _connector="XOR"),
                        name="attachment_of_a_lesson_or_a_course",
                    ),
                    models.UniqueConstraint(fields=("document", "lesson"), name="attachment_once_a_lesson"),
                    models.UniqueConstraint(fields=("document", "course"), name="attachment_once_a_course"),
                ],
            },
        ),
    ]
