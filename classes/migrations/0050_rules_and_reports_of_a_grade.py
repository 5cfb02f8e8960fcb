import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Warning rules and reports by e-mail of a grade."""

    dependencies = [
        ("accounts", "0033_heads_of_grade"),
        ("classes", "0049_roll_over"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reportschedule",
            name="report_schedule_once_a_person",
        ),
        migrations.RemoveConstraint(
            model_name="thresholdrule",
            name="threshold_of_one_scope",
        ),
        migrations.RemoveConstraint(
            model_name="thresholdrule",
            name="threshold_once_a_school",
        ),
        migrations.AddField(
            model_name="reportschedule",
            name="grade",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="report_schedules",
                to="accounts.grade",
                verbose_name="grade",
            ),
        ),
        migrations.AddField(
            model_name="thresholdrule",
            name="grade",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="threshold_rules",
                to="accounts.grade",
                verbose_name="grade",
            ),
        ),
        migrations.AlterField(
            model_name="thresholdrule",
            name="scope",
            field=models.CharField(
                choices=[
                    ("school", "whole school"),
                    ("grade", "a grade"),
                    ("group", "a group"),
                    ("course", "a course"),
                ],
                default="school",
                max_length=6,
                verbose_name="applies to",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.UniqueConstraint(
                fields=("person", "group", "grade", "every"),
                name="report_schedule_once_a_person",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("group", None), ("grade", None), _connector="OR"),
                name="report_schedule_of_one_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="thresholdrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("course__isnull", True),
                        ("grade__isnull", True),
                        ("group__isnull", True),
                        ("scope", "school"),
                    ),
                    models.Q(("course__isnull", True), ("grade__isnull", True), ("scope", "group")),
                    models.Q(("grade__isnull", True), ("group__isnull", True), ("scope", "course")),
                    models.Q(("course__isnull", True), ("group__isnull", True), ("scope", "grade")),
                    _connector="OR",
                ),
                name="threshold_of_one_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="thresholdrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("removed_at", None),
                    models.Q(
                        ("scope", "school"),
                        ("group__isnull", False),
                        ("course__isnull", False),
                        ("grade__isnull", False),
                        _connector="OR",
                    ),
                ),
                fields=("enterprise", "kind", "group", "course", "grade", "number", "days", "least"),
                name="threshold_once_a_school",
                nulls_distinct=False,
            ),
        ),
    ]
