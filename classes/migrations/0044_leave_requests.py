import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

WITHDRAWN = "UPDATE classes_leave SET state = 'withdrawn' WHERE withdrawn_at IS NOT NULL"


class Migration(migrations.Migration):
    """Leave that students request: state, kind and answer. Leave of before was entered by the office."""

    dependencies = [
        ("accounts", "0027_leave_request_days"),
        ("classes", "0043_cover_for_absent_teachers"),
    ]

    operations = [
        migrations.AddField(
            model_name="leave",
            name="kind",
            field=models.CharField(
                choices=[
                    ("sick", "sick leave"),
                    ("personal", "personal leave"),
                    ("official", "school activity"),
                    ("other", "other"),
                ],
                db_default="other",
                default="other",
                max_length=8,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "awaiting decision"),
                    ("approved", "approved"),
                    ("returned", "returned"),
                    ("withdrawn", "withdrawn"),
                ],
                db_default="approved",
                default="approved",
                max_length=9,
                verbose_name="state",
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="answer",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=500, verbose_name="answer"
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="answered_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="answered by",
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="answered_at",
            field=models.DateTimeField(null=True, verbose_name="answered at"),
        ),
        migrations.RunSQL(WITHDRAWN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="leave",
            constraint=models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | Q(~Q(state="withdrawn"), withdrawn_at__isnull=True),
                name="leave_withdrawn_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="leave",
            constraint=models.CheckConstraint(
                condition=~Q(state="returned") | Q(answered_at__isnull=False),
                name="leave_returned_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="leave",
            index=models.Index(
                fields=["enterprise", "id"], condition=Q(state="requested"), name="leave_open"
            ),
        ),
    ]
