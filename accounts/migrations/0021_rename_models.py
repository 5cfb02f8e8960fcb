from django.db import migrations


class Migration(migrations.Migration):
    """Name models by the terms of the field. The tables keep their names."""

    dependencies = [("accounts", "0020_remote_ids_are_kept")]

    operations = [
        migrations.AlterModelTable(name="guesses", table="accounts_guesses"),
        migrations.RenameModel(old_name="Guesses", new_name="SignInThrottle"),
        migrations.AlterModelTable(name="picture", table="accounts_picture"),
        migrations.RenameModel(old_name="Picture", new_name="Avatar"),
        migrations.AlterModelTable(name="logo", table="accounts_logo"),
        migrations.RenameModel(old_name="Logo", new_name="SchoolLogo"),
        migrations.AlterModelTable(name="exportpiece", table="accounts_exportpiece"),
        migrations.RenameModel(old_name="ExportPiece", new_name="PeopleExportChunk"),
        migrations.AlterModelTable(name="groupstudent", table="accounts_groupstudent"),
        migrations.RenameModel(old_name="GroupStudent", new_name="GroupMembership"),
        migrations.AlterModelTable(name="importrow", table="accounts_importrow"),
        migrations.RenameModel(old_name="ImportRow", new_name="PeopleImportRow"),
    ]
