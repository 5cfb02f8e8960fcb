from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Any report by e-mail, with its filters; those that exist stay reports of the school."""

    dependencies = [
        ("accounts", "0047_plain_labels"),
        ("classes", "0057_plain_labels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reportschedule",
            name="report_schedule_once_a_person",
        ),
        migrations.AddField(
            model_name="reportschedule",
            name="filters",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="filters"
            ),
        ),
        migrations.AddField(
            model_name="reportschedule",
            name="report",
            field=models.CharField(
                db_default="school", default="school", max_length=12, verbose_name="report"
            ),
        ),
        migrations.AlterField(
            model_name="reportschedule",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("left", "The recipient has left the school or has no e-mail address."),
                    ("role", "The recipient's role no longer allows exporting reports."),
                    ("group", "The group is archived."),
                    ("filters", "What the report filters by no longer exists."),
                    ("mail", "The mail server did not accept the e-mail. Ask the operator of the console."),
                    ("report", "The report could not be made. Ask the operator of the console."),
                    ("no_mail", "This console does not send e-mail. Ask its operator to set it up."),
                ],
                max_length=8,
                verbose_name="reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.UniqueConstraint(
                fields=("person", "report", "filters", "group", "grade", "every"),
                name="report_schedule_once_a_person",
                nulls_distinct=False,
            ),
        ),
    ]
