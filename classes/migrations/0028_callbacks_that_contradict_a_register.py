import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

GRADES = [
    ("two_sources", "two sources"),
    ("one_source", "one source"),
    ("inferred", "inferred"),
    ("unconfirmed", "one source, unconfirmed"),
    ("by_hand", "by hand"),
    ("none", "no evidence"),
]

# Marks that are not final follow the new rules of weighing evidence; final ones keep the rules that they had.
NEW_RULES = """
UPDATE classes_lesson SET policy = policy || '{"version": 2}'::jsonb
WHERE policy IS NOT NULL AND final_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("classes", "0027_what_the_first_page_counts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="attendance",
            name="evidence",
            field=models.CharField(choices=GRADES, default="none", max_length=12, verbose_name="evidence"),
        ),
        migrations.AlterField(
            model_name="stay",
            name="evidence",
            field=models.CharField(choices=GRADES, max_length=12, verbose_name="evidence"),
        ),
        migrations.CreateModel(
            name="CallbackDifference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.CharField(max_length=64, verbose_name="user ID")),
                ("entered", models.BooleanField(verbose_name="entered")),
                ("told_at", models.DateTimeField(verbose_name="time according to iclass")),
                (
                    "received_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="received at"),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="callback_differences",
                        to="classes.lesson",
                    ),
                ),
            ],
            options={
                "verbose_name": "contradicting message",
                "verbose_name_plural": "contradicting messages",
                "ordering": ["told_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("decided_at", None)),
                        fields=["lesson"],
                        name="callback_difference_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("lesson", "user_id", "entered", "told_at"), name="callback_difference_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(NEW_RULES, migrations.RunSQL.noop),
    ]
