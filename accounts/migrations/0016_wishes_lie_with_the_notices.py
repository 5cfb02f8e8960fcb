from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_who_wants_which_mails"),
        ("notices", "0002_wishes_and_digests"),
    ]

    operations = [
        migrations.RemoveField(model_name="user", name="mail_invitations"),
        migrations.RemoveField(model_name="user", name="mail_reminders"),
    ]
