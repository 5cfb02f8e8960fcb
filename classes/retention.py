"""Retention categories: raw evidence, engagement samples and recordings. Marks do not change."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from accounts.school.retention import RetentionCategory, register_category
from classes.models import EngagementSample, Observation
from classes.recordings.retention import bin_recordings, expired_recordings


def old_evidence(school: Enterprise, before: datetime) -> QuerySet[Any]:
    """Return evidence of final registers that still has raw data of the API."""
    return Observation.objects.filter(lesson__enterprise=school, lesson__final_at__lt=before).exclude(raw={})


@transaction.atomic
def clear_raw_evidence(rows: QuerySet[Any]) -> int:
    """Clear the raw data. Presence and times stay, so a recalculated register is the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('console.erasing', 'on', true)")
        count = rows.update(raw={})
        cursor.execute("SELECT set_config('console.erasing', 'off', true)")
    return count


register_category(
    RetentionCategory(
        "keep_evidence_days",
        _("Raw attendance evidence from iclass"),
        _(
            "The raw answers from each check of a lesson are deleted. Attendance times, "
            "marks and corrections are kept."
        ),
        min_days=90,
        expired_rows=old_evidence,
        clear=clear_raw_evidence,
    )
)


def old_samples(school: Enterprise, before: datetime) -> QuerySet[Any]:
    """Return samples of lessons that ended before; all samples if the school turned sampling off."""
    samples = EngagementSample.objects.filter(lesson__enterprise=school)
    return samples.filter(lesson__ends_at__lt=before) if school.samples_on else samples


register_category(
    RetentionCategory(
        "keep_samples_days",
        _("Engagement samples"),
        _(
            "The number of times cameras and microphones were on is deleted. If the feature is "
            "turned off, it is deleted immediately."
        ),
        min_days=1,
        max_days=90,
        expired_rows=old_samples,
        clear=lambda rows: rows.delete()[0],
    )
)

register_category(
    RetentionCategory(
        "keep_recordings_days",
        _("Recordings"),
        _(
            "This many days after the lesson, a recording moves to the recycle bin and is "
            "deleted 30 days later. Recordings with their own last day and those kept "
            "indefinitely are not affected. The teacher and the administrators are notified "
            "a week before."
        ),
        min_days=7,
        expired_rows=expired_recordings,
        clear=bin_recordings,
        into_bin=True,
    )
)
