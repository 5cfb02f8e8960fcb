"""Whether a person may draw; events of any name up to 64 characters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0002_append_only_ledger")]
    operations = [
        migrations.AddField("stay", "draw", models.BigIntegerField(default=0)),
        migrations.AlterField("event", "event", models.CharField(max_length=64)),
    ]
