import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

#: What was chosen when there were two sorts of mails stays chosen.
CHOSEN_BEFORE = """
INSERT INTO notices_wish (person_id, topic, console, mail)
SELECT id, 'lessons', TRUE, 'never' FROM accounts_user WHERE NOT mail_invitations
UNION ALL
SELECT id, 'reminders', TRUE, 'never' FROM accounts_user WHERE NOT mail_reminders
"""
PERIODS = [("daily", "daily"), ("weekly", "weekly")]
MAIL = [("now", "immediately"), *PERIODS, ("never", "never")]
STATES = [
    ("none", "no e-mail"),
    ("waiting", "waiting"),
    ("sending", "sending"),
    ("sent", "sent"),
    ("failed", "failed"),
]
WAITS = models.Q(("mail__in", ["waiting", "sending"]))


def key(**more):
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID", **more
    )


def person(related_name):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE,
        related_name=related_name,
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_who_wants_which_mails"),
        ("notices", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", key()),
                (
                    "mail",
                    models.CharField(choices=STATES, default="none", max_length=8, verbose_name="e-mails"),
                ),
                ("mail_due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("mail_attempts", models.PositiveSmallIntegerField(default=0)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("period", models.CharField(choices=PERIODS, max_length=6)),
                ("day", models.DateField()),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
                ("person", person("+")),
            ],
            options={
                "verbose_name": "notification digest",
                "verbose_name_plural": "notification digests",
                "indexes": [models.Index(condition=WAITS, fields=["mail_due_at"], name="digest_mail")],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "period", "day"), name="digest_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="notice",
            name="shown",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="period",
            field=models.CharField(blank=True, choices=PERIODS, db_default="", default="", max_length=6),
        ),
        migrations.AddField(
            model_name="notice",
            name="digest",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="notices",
                to="notices.digest",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("digest", None), models.Q(("period", ""), _negated=True)),
                fields=["enterprise", "period"],
                name="notice_for_digest",
            ),
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("id", key()),
                ("topic", models.CharField(max_length=40)),
                ("console", models.BooleanField(default=True)),
                ("mail", models.CharField(choices=MAIL, max_length=6)),
                ("person", person("wishes")),
            ],
            options={
                "verbose_name": "notification setting",
                "verbose_name_plural": "notification settings",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "topic"), name="wish_once_a_topic")
                ],
            },
        ),
        migrations.RunSQL(CHOSEN_BEFORE, migrations.RunSQL.noop),
    ]
