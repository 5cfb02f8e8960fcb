from django.db import migrations


class Migration(migrations.Migration):
    """Name models by the terms of the field. The tables keep their names."""

    dependencies = [("inbox", "0003_state_words")]

    operations = [
        migrations.AlterModelTable(name="refusal", table="inbox_refusal"),
        migrations.RenameModel(old_name="Refusal", new_name="RefusedDelivery"),
    ]
