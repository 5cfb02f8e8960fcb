import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0018_people_found_by_two_letters"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="enterprise",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="accounts.enterprise",
                verbose_name="school",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["enterprise", "-id"], name="user_newest"),
        ),
    ]
