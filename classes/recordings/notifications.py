"""Notifications a week before recordings expire, to the administrators and the teacher."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from accounts.people.queries import active_people
from classes.models import LessonRecording
from classes.recordings.retention import lessons_expiring_between
from console.notifications.services import notify

NOTICE_PERIOD = timedelta(days=7)
SINGLE_NOTICE = "recording.expires"
SUMMARY_NOTICE = "recording.expire_many"


def send_expiry_warnings() -> int:
    """Notify once of each recording that expires within a week; return the number of notices."""
    today = timezone.localdate()
    schools = Enterprise.objects.filter(keep_recordings_days__isnull=False)
    return _warn_own_dates(today) + sum(_warn_school_dates(school, today) for school in schools)


def _warn_own_dates(today: date) -> int:
    soon = LessonRecording.objects.filter(
        keep_until__gte=today, keep_until__lte=today + NOTICE_PERIOD, binned_at=None, lesson__isnull=False
    ).select_related("lesson__teacher")
    sent = 0
    for footage in soon:
        lesson = footage.lesson
        if lesson is None:
            continue
        people = {one.pk: one for one in _managers(footage.enterprise_id)}
        people[lesson.teacher_id] = lesson.teacher
        sent += notify(
            SINGLE_NOTICE,
            people=people.values(),
            key=f"{SINGLE_NOTICE}:{footage.pk}:{footage.keep_until}",
            args={"name": footage.title or lesson.topic, "day": str(footage.keep_until)},
            link=reverse("classes:recording", args=[lesson.pk]),
        )
    return sent


def _warn_school_dates(school: Enterprise, today: date) -> int:
    """Send one notice per person and day, however many recordings expire."""
    sent, span = 0, timedelta(days=school.keep_recordings_days or 0)
    for number in range(NOTICE_PERIOD.days + 1):
        day = today + timedelta(days=number)
        lessons = lessons_expiring_between(school, day, day).select_related("teacher")
        taught = Counter(lesson.teacher for lesson in lessons)
        if not taught:
            continue
        counts = {one: taught.total() for one in _managers(school.pk)}
        counts |= {one: count for one, count in taught.items() if one not in counts}
        for person, count in counts.items():
            sent += _send_summary(school, person, count, day, day - span)
    return sent


def _send_summary(school: Enterprise, person: User, count: int, day: date, held: date) -> int:
    return notify(
        SUMMARY_NOTICE,
        people=[person],
        key=f"{SUMMARY_NOTICE}:{school.pk}:{day}:{school.keep_recordings_days}",
        args={"number": count, "day": str(day)},
        link=f"{reverse('classes:recordings')}?since={held}&until={held}",
    )


def _managers(school: int) -> Iterable[User]:
    return active_people(school, Role.SUPERADMIN, Role.ADMIN)
