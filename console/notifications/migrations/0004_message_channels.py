import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import console.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0037_form_of_address_parts"),
        ("notices", "0003_rename_models"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MailServer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("singleton", models.BooleanField(default=True, editable=False, unique=True)),
                ("host", models.CharField(max_length=253, verbose_name="Mail server")),
                ("port", models.PositiveIntegerField(default=587, verbose_name="Port")),
                (
                    "encryption",
                    models.CharField(
                        choices=[("starttls", "STARTTLS"), ("tls", "TLS from the start"), ("none", "none")],
                        default="starttls",
                        max_length=8,
                        verbose_name="Encryption",
                    ),
                ),
                ("username", models.CharField(blank=True, max_length=254, verbose_name="User name")),
                (
                    "password",
                    console.vault.fields.SealedField(blank=True, null=True, verbose_name="Password"),
                ),
                ("sender", models.CharField(max_length=254, verbose_name="Sender")),
            ],
            options={
                "verbose_name": "mail server",
                "verbose_name_plural": "mail servers",
            },
        ),
        migrations.AddField(
            model_name="notificationpreference",
            name="dingtalk",
            field=models.BooleanField(null=True, verbose_name="DingTalk"),
        ),
        migrations.AddField(
            model_name="notificationpreference",
            name="feishu",
            field=models.BooleanField(null=True, verbose_name="Feishu"),
        ),
        migrations.AddField(
            model_name="notificationpreference",
            name="wecom",
            field=models.BooleanField(null=True, verbose_name="WeCom"),
        ),
        migrations.CreateModel(
            name="MessagingApp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("wecom", "WeCom"),
                            ("dingtalk", "DingTalk"),
                            ("feishu", "Feishu"),
                            ("webhook", "Webhook"),
                        ],
                        max_length=8,
                        verbose_name="Messenger",
                    ),
                ),
                ("app_id", models.CharField(max_length=128)),
                ("agent_id", models.CharField(blank=True, max_length=20)),
                ("secret", console.vault.fields.SealedField(null=True, verbose_name="Secret")),
                ("api_url", models.CharField(blank=True, max_length=200)),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Topics",
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="In use")),
                ("token", console.vault.fields.SealedField(blank=True, null=True)),
                ("token_ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
            ],
            options={
                "verbose_name": "messaging app",
                "verbose_name_plural": "messaging apps",
            },
        ),
        migrations.CreateModel(
            name="MessagingBot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=60, verbose_name="Name")),
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("wecom", "WeCom"),
                            ("dingtalk", "DingTalk"),
                            ("feishu", "Feishu"),
                            ("webhook", "Webhook"),
                        ],
                        max_length=8,
                        verbose_name="Messenger",
                    ),
                ),
                ("url", console.vault.fields.SealedField(null=True, verbose_name="Webhook address")),
                (
                    "secret",
                    console.vault.fields.SealedField(blank=True, null=True, verbose_name="Signing secret"),
                ),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Topics",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "Simplified Chinese"), ("en", "English")],
                        max_length=10,
                        verbose_name="Language",
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="In use")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
            ],
            options={
                "verbose_name": "group bot",
                "verbose_name_plural": "group bots",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4)),
                ("kind", models.CharField(max_length=40, verbose_name="type")),
                ("key", models.CharField(max_length=120)),
                ("args", models.JSONField(blank=True, default=dict)),
                ("link", models.CharField(blank=True, max_length=300)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="notified at"),
                ),
                (
                    "delivery",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("sending", "sending"),
                            ("delivered", "delivered"),
                            ("refused", "refused"),
                            ("unknown", "perhaps delivered"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="State",
                    ),
                ),
                ("delivery_due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("delivery_attempts", models.PositiveSmallIntegerField(default=0)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=12)),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="Answer")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="notices.notification",
                    ),
                ),
                (
                    "app",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="notices.messagingapp",
                    ),
                ),
                (
                    "bot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="notices.messagingbot",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
            },
        ),
        migrations.CreateModel(
            name="MessagingSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="Quiet from")),
                ("quiet_until", models.TimeField(blank=True, null=True, verbose_name="Quiet until")),
                ("text_zh", models.TextField(blank=True, max_length=600, verbose_name="Message in Chinese")),
                ("text_en", models.TextField(blank=True, max_length=600, verbose_name="Message in English")),
                (
                    "enterprise",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
            ],
            options={
                "verbose_name": "messaging settings",
                "verbose_name_plural": "messaging settings",
            },
        ),
        migrations.CreateModel(
            name="QuietHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quiet_from", models.TimeField(verbose_name="Quiet from")),
                ("quiet_until", models.TimeField(verbose_name="Quiet until")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quiet_hours",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "quiet hours",
                "verbose_name_plural": "quiet hours",
            },
        ),
        migrations.CreateModel(
            name="MessagingAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("wecom", "WeCom"),
                            ("dingtalk", "DingTalk"),
                            ("feishu", "Feishu"),
                            ("webhook", "Webhook"),
                        ],
                        max_length=8,
                        verbose_name="Messenger",
                    ),
                ),
                ("address", console.vault.fields.SealedField(null=True, verbose_name="user ID")),
                ("is_found", models.BooleanField(default=False, verbose_name="found by phone or e-mail")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messaging_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "messaging address",
                "verbose_name_plural": "messaging addresses",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "provider"), name="messaging_address_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="messagingapp",
            constraint=models.UniqueConstraint(fields=("enterprise", "provider"), name="messaging_app_once"),
        ),
        migrations.AddConstraint(
            model_name="messagingbot",
            constraint=models.UniqueConstraint(fields=("enterprise", "name"), name="messaging_bot_name"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("delivery__in", ["waiting", "sending"])),
                fields=["delivery_due_at"],
                name="message_due",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("delivery__in", ["refused", "unknown"])),
                fields=["enterprise", "-id"],
                name="message_not_delivered",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("notice", None)), fields=["created_at"], name="message_to_group"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("notice", "app"), name="message_once_an_app"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("bot", "key"), name="message_once_a_bot"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("app__isnull", False), ("bot", None), ("notice__isnull", False)),
                    models.Q(("app", None), ("bot__isnull", False), ("notice", None)),
                    _connector="OR",
                ),
                name="message_to_a_person_or_a_bot",
            ),
        ),
    ]
