import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0021_rename_models"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("list_name", models.CharField(blank=True, max_length=40, verbose_name="list")),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="name")),
                (
                    "is_shared",
                    models.BooleanField(default=False, verbose_name="shared with the school"),
                ),
                ("settings", models.JSONField(default=dict)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.enterprise",
                        verbose_name="school",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["name", "id"],
                "indexes": [models.Index(fields=["enterprise", "list_name"], name="view_by_list")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "list_name", "name"), name="view_name_once_a_list"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_shared", False), models.Q(("name", ""), _negated=True), _connector="OR"
                        ),
                        name="shared_view_has_a_name",
                    ),
                ],
            },
        ),
    ]
