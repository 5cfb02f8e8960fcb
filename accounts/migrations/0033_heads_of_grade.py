import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Heads of grade: a charge is of a group or of a grade. Imports give groups grades."""

    dependencies = [
        ("accounts", "0032_grades"),
    ]

    operations = [
        migrations.AddField(
            model_name="peopleimport",
            name="grades",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="teacherincharge",
            name="grade",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="charges",
                to="accounts.grade",
                verbose_name="grade",
            ),
        ),
        migrations.AlterField(
            model_name="teacherincharge",
            name="group",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="charges",
                to="accounts.studentgroup",
                verbose_name="group",
            ),
        ),
        migrations.AddConstraint(
            model_name="teacherincharge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("grade", None), ("group__isnull", False)),
                    models.Q(("grade__isnull", False), ("group", None)),
                    _connector="OR",
                ),
                name="charge_of_a_group_or_a_grade",
                violation_error_message="Choose either a group or a grade.",
            ),
        ),
        migrations.AddConstraint(
            model_name="teacherincharge",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("grade", "="),
                    ("teacher", "="),
                    (
                        models.Func(
                            "starts_on",
                            "ends_on",
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
                            ),
                            function="DATERANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="head_of_a_grade_once_a_day",
                violation_error_message="This person is already entered for this grade on some of these days. Change that entry.",
            ),
        ),
    ]
