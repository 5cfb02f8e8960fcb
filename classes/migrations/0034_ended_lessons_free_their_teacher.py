"""A lesson that is over keeps its teacher from no other one, whatever end was planned."""

import django.contrib.postgres.fields.ranges
import django.db.models.constraints
from django.db import migrations, models

import classes.models.guards


class Migration(migrations.Migration):
    dependencies = [("classes", "0030_remote_ids_are_kept")]
    operations = [
        migrations.RemoveConstraint(model_name="lesson", name="lesson_teacher_once_at_a_time"),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=classes.models.guards.LastGuard(
                condition=models.Q(
                    ("cancelled_at__isnull", True),
                    ("conflict_allowed", False),
                    models.Q(("status", "end"), _negated=True),
                ),
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("teacher", "="),
                    (
                        models.Func(
                            "starts_at",
                            "ends_at",
                            function="TSTZRANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="lesson_teacher_once_at_a_time",
            ),
        ),
    ]
