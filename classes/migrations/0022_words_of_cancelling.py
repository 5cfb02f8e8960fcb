from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("classes", "0021_no_index_twice"),
    ]

    operations = [
        migrations.AddField(
            model_name="told",
            name="off_words",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
    ]
