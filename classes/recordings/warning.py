"""Recordings that are kept no longer soon: who runs the school and who taught is told a week before."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from accounts.queries import active
from classes.models import Footage
from classes.recordings.keeping import ending
from console.notices.tell import tell

AHEAD = timedelta(days=7)
KIND = "recording.expires"
MANY = "recording.expire_many"


def warn() -> int:
    """Tell once of each recording whose last day is a week away or less; how many notices."""
    today = timezone.localdate()
    schools = Enterprise.objects.filter(keep_recordings_days__isnull=False)
    return _of_their_own(today) + sum(_by_the_school(school, today) for school in schools)


def _of_their_own(today: date) -> int:
    soon = Footage.objects.filter(
        keep_until__gte=today, keep_until__lte=today + AHEAD, binned_at=None, lesson__isnull=False
    ).select_related("lesson__teacher")
    told = 0
    for footage in soon:
        lesson = footage.lesson
        if lesson is None:
            continue
        people = {one.pk: one for one in _who_run(footage.enterprise_id)}
        people[lesson.teacher_id] = lesson.teacher
        told += tell(
            KIND,
            people=people.values(),
            key=f"{KIND}:{footage.pk}:{footage.keep_until}",
            args={"name": footage.title or lesson.topic, "day": str(footage.keep_until)},
            link=reverse("classes:recording", args=[lesson.pk]),
        )
    return told


def _by_the_school(school: Enterprise, today: date) -> int:
    """One notice a person and day, however many recordings go on it."""
    told, span = 0, timedelta(days=school.keep_recordings_days or 0)
    for number in range(AHEAD.days + 1):
        day = today + timedelta(days=number)
        lessons = ending(school, day, day).select_related("teacher")
        taught = Counter(lesson.teacher for lesson in lessons)
        if not taught:
            continue
        counts = {one: taught.total() for one in _who_run(school.pk)}
        counts |= {one: count for one, count in taught.items() if one not in counts}
        for person, count in counts.items():
            told += _tell(school, person, count, day, day - span)
    return told


def _tell(school: Enterprise, person: User, count: int, day: date, held: date) -> int:
    return tell(
        MANY,
        people=[person],
        key=f"{MANY}:{school.pk}:{day}:{school.keep_recordings_days}",
        args={"number": count, "day": str(day)},
        link=f"{reverse('classes:recordings')}?since={held}&until={held}",
    )


def _who_run(school: int) -> Iterable[User]:
    return active(school, Role.SUPERADMIN, Role.ADMIN)
