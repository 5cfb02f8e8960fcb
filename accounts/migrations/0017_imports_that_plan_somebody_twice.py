from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_wishes_lie_with_the_notices"),
    ]

    operations = [
        migrations.AddField(
            model_name="peopleimport",
            name="conflict_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
    ]
