from django.db import migrations, models


class Migration(migrations.Migration):
    """Let a school say where new lessons are recorded."""

    dependencies = [("accounts", "0023_people_in_order_of_sync_state")]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="default_recording",
            field=models.CharField(
                choices=[
                    ("local", "on the teacher's computer"),
                    ("remote", "in the cloud"),
                    ("both", "on the teacher's computer and in the cloud"),
                ],
                default="local",
                max_length=6,
                verbose_name="recording of new lessons",
            ),
        ),
    ]
