import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import console.vault.fields

# Consent stays as it was recorded. Only the guardian changes: a new key seals it again, an erasure empties it.
FORWARD = """
CREATE FUNCTION accounts_consent_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'guardian' = to_jsonb(OLD) - 'guardian' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'consents are append-only' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER accounts_consent_stays BEFORE UPDATE ON accounts_consent
    FOR EACH ROW EXECUTE FUNCTION accounts_consent_stays();
"""
BACKWARD = """
DROP TRIGGER accounts_consent_stays ON accounts_consent;
DROP FUNCTION accounts_consent_stays();
"""


class Migration(migrations.Migration):
    """Age groups and consent, and copies of everything about one person."""

    dependencies = [
        ("accounts", "0029_teachers_in_charge"),
    ]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("given", "given"), ("withdrawn", "withdrawn")],
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("day", models.DateField(verbose_name="on")),
                (
                    "guardian",
                    console.vault.fields.SealedField(blank=True, null=True, verbose_name="given by"),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("paper", "signed form"),
                            ("online", "online form"),
                            ("talk", "in conversation"),
                            ("other", "other"),
                        ],
                        max_length=6,
                        verbose_name="how",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded at")),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="export",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="data of",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="age_group",
            field=models.CharField(
                blank=True,
                choices=[("under_14", "under 14"), ("minor", "14 to 17"), ("adult", "18 or older")],
                db_default="",
                default="",
                max_length=8,
                verbose_name="age group",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="consent",
            field=models.CharField(
                blank=True,
                choices=[("given", "given"), ("withdrawn", "withdrawn")],
                db_default="",
                default="",
                editable=False,
                max_length=9,
                verbose_name="consent",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="date_of_birth",
            field=console.vault.fields.SealedField(blank=True, null=True, verbose_name="date of birth"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("age_group", ""), _negated=True),
                fields=["enterprise", "age_group", "consent", "sort_name", "nickname", "id"],
                name="user_by_age_group",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                fields=["enterprise", "consent", "sort_name", "nickname", "id"], name="user_by_consent"
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="recorded by",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="enterprise",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to="accounts.enterprise",
                verbose_name="school",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["enterprise", "at"], name="consent_by_time"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
