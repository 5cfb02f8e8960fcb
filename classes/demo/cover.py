"""An absent teacher of the demo school, whose lessons nobody covers yet."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import Enterprise, User
from classes.choices import Status
from classes.demo.timetable import school_day
from classes.models import Lesson, TeacherAbsence
from classes.timetable.cover.services import enter_absence

NOTE = "发烧，明天不能到校"


def ensure_absence(school: Enterprise, by: User) -> TeacherAbsence | None:
    """Enter that the teacher of the first lesson from tomorrow on is sick that day.

    Do nothing if an absence has been entered that is not over, or no lesson is planned.
    """
    if TeacherAbsence.objects.filter(enterprise=school, ends_at__gt=timezone.now()).exists():
        return None
    tomorrow = datetime.combine(school_day(school, 1), time.min, school.tz)
    planned = Lesson.objects.filter(
        enterprise=school, starts_at__gte=tomorrow, status=Status.WILL, cancelled_at=None
    )
    lesson = (
        planned.filter(teacher__is_active=True).select_related("teacher").order_by("starts_at", "pk").first()
    )
    if lesson is None:
        return None
    day = lesson.starts_at.astimezone(school.tz).date()
    return enter_absence(
        teacher=lesson.teacher,
        begins_at=datetime.combine(day, time.min, school.tz),
        ends_at=datetime.combine(day + timedelta(days=1), time.min, school.tz),
        kind=TeacherAbsence.Kind.SICK,
        note=NOTE if day == tomorrow.date() else "",
        by=by,
    )
