import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import console.vault.fields


class Migration(migrations.Migration):
    """SAML 2.0: its settings of a provider, and its sign-ins that are under way."""

    dependencies = [
        ("accounts", "0037_form_of_address_parts"),
    ]

    operations = [
        migrations.AddField(
            model_name="identityprovider",
            name="certificates",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="signing certificates",
            ),
        ),
        migrations.AddField(
            model_name="identityprovider",
            name="metadata_url",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=500, verbose_name="address of the metadata"
            ),
        ),
        migrations.AddField(
            model_name="identityprovider",
            name="slo_url",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=500, verbose_name="sign-out address (SLO)"
            ),
        ),
        migrations.AddField(
            model_name="identityprovider",
            name="sso_url",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=500, verbose_name="sign-in address (SSO)"
            ),
        ),
        migrations.AlterField(
            model_name="identityprovider",
            name="client_id",
            field=models.CharField(blank=True, max_length=200, verbose_name="client ID"),
        ),
        migrations.AlterField(
            model_name="identityprovider",
            name="client_secret",
            field=console.vault.fields.SealedField(blank=True, verbose_name="client secret"),
        ),
        migrations.AlterField(
            model_name="identityprovider",
            name="kind",
            field=models.CharField(
                choices=[
                    ("oidc", "OpenID Connect"),
                    ("google", "Google Workspace"),
                    ("microsoft", "Microsoft Entra ID"),
                    ("wecom", "WeCom"),
                    ("dingtalk", "DingTalk"),
                    ("feishu", "Feishu"),
                    ("saml", "SAML 2.0"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="identityprovider",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "saml"), models.Q(("client_id", ""), _negated=True), _connector="OR"
                ),
                name="identity_provider_client_id",
            ),
        ),
        migrations.CreateModel(
            name="SamlSignIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("request_id", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "started_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created at"
                    ),
                ),
                ("assertion", models.CharField(blank=True, editable=False, max_length=64)),
                ("handover", models.CharField(blank=True, editable=False, max_length=64)),
                ("answered_at", models.DateTimeField(editable=False, null=True)),
                ("claims", console.vault.fields.SealedField(blank=True, editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("kept_until", models.DateTimeField(editable=False)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.identityprovider",
                        verbose_name="identity provider",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-in with SAML 2.0",
                "verbose_name_plural": "sign-ins with SAML 2.0",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["kept_until"], name="saml_sign_in_kept")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("assertion", ""), _negated=True),
                        fields=("provider", "assertion"),
                        name="saml_assertion_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("handover", ""), _negated=True),
                        fields=("handover",),
                        name="saml_handover_once",
                    ),
                ],
            },
        ),
    ]
