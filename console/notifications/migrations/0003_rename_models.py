from django.db import migrations


class Migration(migrations.Migration):
    """Name models by the terms of the field. The tables keep their names."""

    dependencies = [("notices", "0002_wishes_and_digests")]

    operations = [
        migrations.AlterModelTable(name="notice", table="notices_notice"),
        migrations.RenameModel(old_name="Notice", new_name="Notification"),
        migrations.AlterModelTable(name="wish", table="notices_wish"),
        migrations.RenameModel(old_name="Wish", new_name="NotificationPreference"),
        migrations.AlterModelTable(name="digest", table="notices_digest"),
        migrations.RenameModel(old_name="Digest", new_name="NotificationDigest"),
    ]
