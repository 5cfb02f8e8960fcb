from django.db import migrations


class Migration(migrations.Migration):
    """Name models by the terms of the field. The tables keep their names."""

    dependencies = [("classes", "0034_ended_lessons_free_their_teacher")]

    operations = [
        migrations.AlterModelTable(name="footage", table="classes_footage"),
        migrations.RenameModel(old_name="Footage", new_name="LessonRecording"),
        migrations.AlterModelTable(name="tally", table="classes_tally"),
        migrations.RenameModel(old_name="Tally", new_name="MarkCount"),
        migrations.AlterModelTable(name="streak", table="classes_streak"),
        migrations.RenameModel(old_name="Streak", new_name="AbsenceStreak"),
        migrations.AlterModelTable(name="told", table="classes_told"),
        migrations.RenameModel(old_name="Told", new_name="AnnouncedState"),
        migrations.AlterModelTable(name="seat", table="classes_seat"),
        migrations.RenameModel(old_name="Seat", new_name="MembershipNotice"),
        migrations.AlterModelTable(name="samples", table="classes_samples"),
        migrations.RenameModel(old_name="Samples", new_name="EngagementSample"),
        migrations.AlterModelTable(name="credit", table="classes_credit"),
        migrations.RenameModel(old_name="Credit", new_name="GuestCredit"),
        migrations.AlterModelTable(name="call", table="classes_call"),
        migrations.RenameModel(old_name="Call", new_name="AbsenceCall"),
    ]
