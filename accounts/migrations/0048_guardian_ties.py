import django.db.models.deletion
from django.db import migrations, models

import console.vault.fields


class Migration(migrations.Migration):
    """An account of a guardian belongs to who made it, and e-mails about it go to an address that was verified."""

    dependencies = [
        ("accounts", "0047_plain_labels"),
    ]

    operations = [
        migrations.AddField(
            model_name="guardian",
            name="known_as",
            field=console.vault.fields.SealedField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="guardianaccount",
            name="e_mail",
            field=console.vault.fields.SealedField(editable=False, null=True, verbose_name="e-mail"),
        ),
        migrations.AddField(
            model_name="guardianinvitation",
            name="account",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.guardianaccount",
                verbose_name="account",
            ),
        ),
    ]
