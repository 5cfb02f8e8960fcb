import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.models.sign_in_name
import console.vault.fields


class Migration(migrations.Migration):
    """Forgotten passwords, verified addresses, sign-in names of schools, and guardians of students."""

    dependencies = [
        ("accounts", "0033_heads_of_grade"),
    ]

    operations = [
        migrations.CreateModel(
            name="Guardian",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", console.vault.fields.SealedField(blank=True, null=True, verbose_name="name")),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("mother", "mother"),
                            ("father", "father"),
                            ("grandparent", "grandparent"),
                            ("other", "other"),
                        ],
                        max_length=11,
                        verbose_name="relation",
                    ),
                ),
                ("phone_no", console.vault.fields.SealedField(blank=True, null=True, verbose_name="phone")),
                ("e_mail", console.vault.fields.SealedField(blank=True, null=True, verbose_name="e-mail")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "Simplified Chinese"), ("en", "English")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "told_attendance",
                    models.BooleanField(default=True, verbose_name="may be told about attendance"),
                ),
                ("told_leave", models.BooleanField(default=True, verbose_name="may be told about leave")),
                (
                    "told_school",
                    models.BooleanField(default=True, verbose_name="may be told about school matters"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="added"
                    ),
                ),
            ],
            options={
                "verbose_name": "guardian",
                "verbose_name_plural": "guardians",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PasswordRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("login", models.TextField(blank=True, verbose_name="login")),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="requested at"),
                ),
            ],
            options={
                "verbose_name": "password request",
                "verbose_name_plural": "password requests",
                "ordering": ["asked_at", "id"],
            },
        ),
        migrations.AddField(
            model_name="enterprise",
            name="sign_in_name",
            field=models.CharField(
                blank=True,
                max_length=40,
                null=True,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A[a-z0-9](?:-?[a-z0-9]){2,39}\\Z",
                        "Use 3 to 40 small letters and digits, with single hyphens between them, such as south-lake.",
                    ),
                    accounts.models.sign_in_name.validate_not_reserved,
                ],
                verbose_name="name in the sign-in address",
            ),
        ),
        migrations.AddField(
            model_name="passwordlink",
            name="sent_to",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="user",
            name="verified_e_mail",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=64,
                verbose_name="verified e-mail",
            ),
        ),
        migrations.AddIndex(
            model_name="passwordlink",
            index=models.Index(
                condition=models.Q(("revoked_at", None), ("used_at", None)),
                fields=["enterprise", "-id"],
                name="password_link_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("password", ""), ("password__startswith", "!"), _connector="OR"),
                fields=["enterprise", "sort_name", "nickname", "id"],
                name="user_without_password_by_name",
            ),
        ),
        migrations.AddField(
            model_name="guardian",
            name="enterprise",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="guardians",
                to="accounts.enterprise",
            ),
        ),
        migrations.AddField(
            model_name="guardian",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="guardians",
                to=settings.AUTH_USER_MODEL,
                verbose_name="student",
            ),
        ),
        migrations.AddField(
            model_name="passwordrequest",
            name="enterprise",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.enterprise",
            ),
        ),
        migrations.AddField(
            model_name="passwordrequest",
            name="person",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddIndex(
            model_name="passwordrequest",
            index=models.Index(fields=["enterprise", "asked_at"], name="password_request_oldest"),
        ),
        migrations.AddConstraint(
            model_name="passwordrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("enterprise", None), ("person", None)),
                    models.Q(("enterprise__isnull", False), ("person__isnull", False)),
                    _connector="OR",
                ),
                name="password_request_has_both_or_none",
            ),
        ),
    ]
