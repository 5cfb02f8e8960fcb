from typing import Any

from django.db import migrations, models

import console.policy.models


def tokens_from_before_keep_what_they_may(apps: Any, schema_editor: Any) -> None:
    apps.get_model("policy", "ApiToken").objects.update(scopes=["all:write"])


class Migration(migrations.Migration):
    dependencies = [
        ("policy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="expires_at",
            field=models.DateTimeField(
                default=console.policy.models.ends_by_default, editable=False, verbose_name="ends at"
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="scopes",
            field=models.JSONField(default=list, editable=False, verbose_name="permissions"),
        ),
        migrations.RunPython(tokens_from_before_keep_what_they_may, migrations.RunPython.noop),
    ]
