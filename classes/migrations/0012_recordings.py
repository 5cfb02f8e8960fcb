import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import classes.models.recording


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_groups_in_charge_and_archived"),
        ("classes", "0011_courses_and_conflicts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Footage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("class_id", models.CharField(max_length=64)),
                ("begin_rank", models.CharField(blank=True, max_length=100)),
                ("begin_at", models.DateTimeField(null=True, verbose_name="start time")),
                ("begin_code", models.IntegerField(default=0)),
                ("begin_message", models.CharField(blank=True, max_length=200)),
                ("end_rank", models.CharField(blank=True, max_length=100)),
                ("end_at", models.DateTimeField(null=True, verbose_name="end time")),
                ("end_code", models.IntegerField(default=0)),
                ("end_message", models.CharField(blank=True, max_length=200)),
                ("title", models.CharField(blank=True, max_length=100, verbose_name="title")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="tags",
                    ),
                ),
                ("keep_until", models.DateField(blank=True, null=True, verbose_name="keep until")),
                ("binned_at", models.DateTimeField(null=True, verbose_name="moved to the recycle bin at")),
                ("emptied_at", models.DateTimeField(null=True, verbose_name="permanently deleted at")),
            ],
            options={
                "verbose_name": "lesson recording",
                "verbose_name_plural": "lesson recordings",
            },
        ),
        migrations.AddField(
            model_name="recording",
            name="checked_at",
            field=models.DateTimeField(null=True, verbose_name="link last checked"),
        ),
        migrations.AddField(
            model_name="recording",
            name="copy",
            field=models.FileField(
                blank=True,
                max_length=200,
                storage=classes.models.recording.recording_files,
                upload_to="",
                verbose_name="copy",
            ),
        ),
        migrations.AddField(
            model_name="recording",
            name="copy_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="recording",
            name="dead_since",
            field=models.DateTimeField(null=True, verbose_name="link broken since"),
        ),
        migrations.AddField(
            model_name="recording",
            name="emptied_at",
            field=models.DateTimeField(null=True, verbose_name="permanently deleted at"),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(fields=["enterprise", "user_id"], name="track_by_person"),
        ),
        migrations.AddField(
            model_name="footage",
            name="enterprise",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="footage", to="accounts.enterprise"
            ),
        ),
        migrations.AddField(
            model_name="footage",
            name="lesson",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="footage",
                to="classes.lesson",
            ),
        ),
        migrations.AddIndex(
            model_name="footage",
            index=models.Index(
                condition=models.Q(("binned_at__isnull", False)), fields=["binned_at"], name="footage_in_bin"
            ),
        ),
        migrations.AddIndex(
            model_name="footage",
            index=models.Index(
                condition=models.Q(("keep_until__isnull", False)),
                fields=["keep_until"],
                name="footage_kept_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="footage",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "class_id"), name="footage_once_a_class"
            ),
        ),
    ]
