"""Finding what wants a person now, in all schools at once, and what is over again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Enterprise
from accounts.watch import callback_state
from classes.alarms.telling import tell_of
from classes.models import Alarm, Lesson
from classes.wall.now import LessonNow, lessons_now
from classes.wall.troubles import troubles_of
from console.inbox.models import Callback
from console.outbox.models import Operation

#: A lesson that was begun in the classroom and of which nothing was called back for so long.
SILENT_AFTER = timedelta(minutes=10)
#: One process at a time looks; another one leaves it to that.
LOCK = 0x616C61726D


class Place(NamedTuple):
    """What an alarm is about; `lesson` is 0 where it is the school."""

    school: int
    lesson: int
    kind: str


def detect() -> int:
    """Raise, raise again and resolve alarms; how many are new, of which people are told."""
    with transaction.atomic():
        if not _alone():
            return 0
        now = timezone.now()
        lessons = lessons_now(Lesson.objects.all())
        found = _of_lessons(lessons, now) | _silence(lessons, now)
        new = _write(found, now)
        tell_of(new)
    return len(new)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _of_lessons(lessons: Iterable[LessonNow], now: datetime) -> dict[Place, int]:
    """What is wrong with each lesson; that iclass does not answer is one alarm of the school, not of each."""
    found: dict[Place, int] = {}
    for lesson in lessons:
        for trouble in troubles_of(lesson, now):
            if trouble.kind == Alarm.Kind.POLL_OUTAGE:
                place = Place(lesson.school, 0, trouble.kind)
                found[place] = found.get(place, 0) + 1
            else:
                found[Place(lesson.school, lesson.pk, trouble.kind)] = trouble.number
    return found


def _silence(lessons: Iterable[LessonNow], now: datetime) -> dict[Place, int]:
    """Schools whose lessons were begun in the classroom while nothing is called back.

    A lesson that was begun from the console calls nothing back, so it says nothing of this.
    """
    began = {
        one.pk: one for one in lessons if one.real_started_at and now - one.real_started_at > SILENT_AFTER
    }
    ours = Operation.objects.filter(
        kind="class.start", subject_type=Lesson._meta.label_lower, subject_id__in=began
    ).values_list("subject_id", flat=True)
    for pk in ours:
        began.pop(pk, None)
    schools = Enterprise.objects.filter(pk__in={one.school for one in began.values()})
    last = dict(
        Callback.objects.filter(enterprise__in=schools)
        .order_by()
        .values_list("enterprise")
        .annotate(at=Max("last_delivery_at"))
    )
    found: dict[Place, int] = {}
    for school in schools:
        heard = last.get(school.pk)
        silent = [one for one in began.values() if one.school == school.pk and _after(one, heard)]
        if silent and callback_state(school) == "ours":
            found[Place(school.pk, 0, Alarm.Kind.CALLBACK_SILENCE)] = len(silent)
    return found


def _after(lesson: LessonNow, heard: datetime | None) -> bool:
    return lesson.real_started_at is not None and (heard is None or lesson.real_started_at > heard)


def _write(found: dict[Place, int], now: datetime) -> list[Alarm]:
    """Rows as they should be now; returns those that are new."""
    open_ = Alarm.objects.filter(resolved_at=None)
    known = {_place(one): one for one in open_}
    over = [one.pk for place, one in known.items() if place not in found]
    Alarm.objects.filter(pk__in=over).update(resolved_at=now)
    for place, one in known.items():
        if found.get(place, one.number) != one.number:
            Alarm.objects.filter(pk=one.pk).update(number=found[place])
    missing = found.keys() - known.keys()
    before = Alarm.objects.filter(lesson__in={one.lesson for one in missing if one.lesson})
    again = {_place(one): one.pk for one in before if _place(one) in missing}
    Alarm.objects.filter(pk__in=again.values()).update(
        resolved_at=None, raised_at=now, acknowledged_at=None, acknowledged_by=None
    )
    hook = Alarm.Hook.WAITING if settings.ALARM_WEBHOOK_URL else Alarm.Hook.NONE
    return Alarm.objects.bulk_create(
        Alarm(
            enterprise_id=place.school,
            lesson_id=place.lesson or None,
            kind=place.kind,
            number=found[place],
            raised_at=now,
            hook=hook,
        )
        for place in sorted(missing - again.keys())
    )


def _place(alarm: Alarm) -> Place:
    return Place(alarm.enterprise_id, alarm.lesson_id or 0, alarm.kind)
