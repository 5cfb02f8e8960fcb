import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Subjects of a school with their colours and teachers, and the subject of a course."""

    dependencies = [
        ("accounts", "0031_erasure_requests"),
        ("classes", "0047_make_up_lessons"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Subject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "colour",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "teal"),
                            (2, "blue"),
                            (3, "purple"),
                            (4, "red"),
                            (5, "amber"),
                            (6, "cyan"),
                            (7, "green"),
                            (8, "pink"),
                        ],
                        verbose_name="colour",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subjects",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "teachers",
                    models.ManyToManyField(
                        blank=True,
                        related_name="subjects_taught",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="teachers",
                    ),
                ),
            ],
            options={
                "verbose_name": "subject",
                "verbose_name_plural": "subjects",
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddField(
            model_name="course",
            name="subject",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="courses",
                to="classes.subject",
                verbose_name="subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="subject",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "name"),
                name="subject_name_once_a_school",
                violation_error_message="A subject with this name already exists in your school.",
            ),
        ),
        migrations.AddConstraint(
            model_name="subject",
            constraint=models.CheckConstraint(
                condition=models.Q(("colour__gte", 1), ("colour__lte", 8)),
                name="subject_colour_is_one_of_eight",
            ),
        ),
    ]
