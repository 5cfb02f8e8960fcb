"""What people find on the home page besides lessons: a student's attendance and the newest recordings."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import Role, User
from classes.attendance.mark_badges import URGENCY, MarkBadge, mark_badge
from classes.attendance.reports.forms import ReportForm, final_lessons_of
from classes.attendance.reports.sheet import attended_share
from classes.attendance.reports.views import TERM_WEEKS
from classes.models import Attendance, Lesson, Mark
from classes.recordings.library import library_lessons
from classes.recordings.states import recording_state_filter
from console.policy import may, scoped
from console.ui.template_tags import percent

MAX_RECORDINGS = 3


class OwnMarkCount(NamedTuple):
    """How often a mark was given."""

    number: int
    label: str
    badge: MarkBadge


class AttendanceSummary(NamedTuple):
    """`share` is the attended share as text, `percent` as a whole number; `url` is the report."""

    share: str
    percent: int
    marks: list[OwnMarkCount]
    url: str


def student_summary(reader: Any) -> AttendanceSummary | None:
    """Return the summary of a student, in one query; None for everybody else."""
    return attendance_summary(reader, reader) if getattr(reader, "role", "") == Role.STUDENT else None


def attendance_summary(reader: Any, student: User) -> AttendanceSummary:
    """Return how a student attended in the weeks of a term until today, as far as the reader may see it."""
    until = timezone.localdate()
    since = until - timedelta(weeks=TERM_WEEKS)
    days = {"since": since.isoformat(), "until": until.isoformat()}
    form = ReportForm(days, reader=reader, asks=(), weeks=TERM_WEEKS)
    form.is_valid()
    numbers = _mark_numbers(reader, student, form)
    marks = [
        OwnMarkCount(numbers[mark], str(mark.label), mark_badge(mark))
        for mark in sorted(Mark, key=lambda one: -URGENCY[one])
        if mark in numbers
    ]
    url = f"{reverse('classes:report_student', args=[student.pk])}?{urlencode(days)}"
    share = attended_share(numbers)
    return AttendanceSummary(percent(share), int((share or 0) * 100), marks, url)


def newest_recordings(reader: Any) -> list[Lesson]:
    """Return the newest lessons whose recording the reader can watch."""
    if not may(reader, "list", "recording"):
        return []
    ready = library_lessons(reader).filter(recording_state_filter("ready", timezone.now()))
    return list(ready.order_by("-starts_at", "-id")[:MAX_RECORDINGS])


def _mark_numbers(reader: Any, student: User, form: ReportForm) -> Mapping[str, int]:
    """Return how often each final mark was given, of the rows that the report of the student lists."""
    rows = scoped(Attendance.objects.all(), reader, "attendance", "list").filter(
        person=student, expected=True, **final_lessons_of(form.period)
    )
    counted = rows.exclude(mark="").order_by().values_list("mark").annotate(n=Count("pk"))
    return dict(counted)
