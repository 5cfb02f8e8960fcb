"""Retention categories: raw evidence, samples, attachments of leave, exports and recordings.

Marks do not change.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from accounts.school.retention import RetentionCategory, Rows, register_category
from classes.attendance.leave_files import delete_files
from classes.attendance.reports.exports.files import clear_runs, expired_runs
from classes.models import EngagementSample, Leave, LeaveFile, Lesson, Observation
from classes.recordings.retention import bin_recordings, expired_recordings, open_appeals


def final_lessons(school: Enterprise, before: datetime) -> QuerySet[Any]:
    """Return lessons whose registers became final before, without an appeal that waits for its answer."""
    lessons = Lesson.objects.filter(enterprise=school, final_at__lt=before)
    return lessons.exclude(pk__in=open_appeals(school))


def raw_evidence(lessons: Rows | list[int]) -> QuerySet[Any]:
    """Return evidence of lessons that still has raw data of the API."""
    return Observation.objects.filter(lesson__in=lessons).exclude(raw={})


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
        expired_rows=final_lessons,
        rows_of=raw_evidence,
        clear=clear_raw_evidence,
    )
)


def old_samples(school: Enterprise, before: datetime) -> QuerySet[Any]:
    """Return samples of lessons that ended before; all samples if the school turned sampling off.

    As long as it is on, those of lessons with an appeal that waits for its answer stay.
    """
    samples = EngagementSample.objects.filter(lesson__enterprise=school)
    old = samples.filter(lesson__ends_at__lt=before).exclude(lesson__in=open_appeals(school))
    return old if school.samples_on else samples


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


def old_leave_files(school: Enterprise, before: datetime) -> QuerySet[Any]:
    """Return attachments of leave that ended before, or was withdrawn or returned before.

    A request that waits for its answer keeps them.
    """
    over = Q(leave__ends_at__lt=before) | Q(leave__withdrawn_at__lt=before)
    returned = Q(leave__state=Leave.State.RETURNED, leave__answered_at__lt=before)
    files = LeaveFile.objects.filter(over | returned, enterprise=school)
    return files.exclude(leave__state=Leave.State.REQUESTED)


register_category(
    RetentionCategory(
        "keep_leave_files_days",
        _("Attachments of leave"),
        _(
            "This many days after the leave, or after a request was withdrawn or returned, its attachments "
            "are deleted. The leave itself and the marks are kept, and so is what an open request needs."
        ),
        min_days=30,
        expired_rows=old_leave_files,
        clear=delete_files,
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
        batch=50,  # each with several statements
    )
)

register_category(
    RetentionCategory(
        "keep_export_files_days",
        _("Files of scheduled exports"),
        _("The files are deleted here and from the bucket. When each export ran stays."),
        min_days=1,
        max_days=365,
        expired_rows=expired_runs,
        clear=clear_runs,
    )
)
