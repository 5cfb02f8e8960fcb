"""Raise and resolve alarms of all schools."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Enterprise
from accounts.school.connection_state import callback_state
from classes.live.alarms.notifications import notify_alarms
from classes.live.wall.queries import LiveLesson, load_live_lessons
from classes.live.wall.troubles import find_troubles
from classes.models import Alarm, Lesson
from console.inbox.models import Callback
from console.outbox.models import Operation

#: How long callbacks of a lesson that was started in the classroom may be missing.
SILENT_AFTER = timedelta(minutes=10)
#: Key of the advisory lock: only one process at a time detects alarms.
LOCK_KEY = 0x616C61726D


class AlarmKey(NamedTuple):
    """Subject of an alarm; `lesson` is 0 if it is the school."""

    school: int
    lesson: int
    kind: str


def detect_alarms() -> int:
    """Raise, raise again and resolve alarms; return how many are new. People are notified of new ones."""
    with transaction.atomic():
        if not _try_lock():
            return 0
        now = timezone.now()
        lessons = load_live_lessons(Lesson.objects.all())
        found = _lesson_alarms(lessons, now) | _callback_silence(lessons, now)
        new = _write_alarms(found, now)
        notify_alarms(new)
    return len(new)


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_KEY])
        return bool(cursor.fetchone()[0])


def _lesson_alarms(lessons: Iterable[LiveLesson], now: datetime) -> dict[AlarmKey, int]:
    """Return the troubles of each lesson; an outage of iclass is one alarm per school, not per lesson."""
    found: dict[AlarmKey, int] = {}
    for lesson in lessons:
        for trouble in find_troubles(lesson, now):
            if trouble.kind == Alarm.Kind.POLL_OUTAGE:
                key = AlarmKey(lesson.school, 0, trouble.kind)
                found[key] = found.get(key, 0) + 1
            else:
                found[AlarmKey(lesson.school, lesson.pk, trouble.kind)] = trouble.number
    return found


def _callback_silence(lessons: Iterable[LiveLesson], now: datetime) -> dict[AlarmKey, int]:
    """Return schools that receive no callbacks although lessons were started in the classroom.

    A lesson that was started from the console sends no callback, so it does not count.
    """
    started = {
        one.pk: one for one in lessons if one.real_started_at and now - one.real_started_at > SILENT_AFTER
    }
    started_here = Operation.objects.filter(
        kind="class.start", subject_type=Lesson._meta.label_lower, subject_id__in=started
    ).values_list("subject_id", flat=True)
    for pk in started_here:
        started.pop(pk, None)
    schools = Enterprise.objects.filter(pk__in={one.school for one in started.values()})
    last_callbacks = dict(
        Callback.objects.filter(enterprise__in=schools)
        .order_by()
        .values_list("enterprise")
        .annotate(at=Max("last_delivery_at"))
    )
    found: dict[AlarmKey, int] = {}
    for school in schools:
        last_callback = last_callbacks.get(school.pk)
        silent = [
            one for one in started.values() if one.school == school.pk and _began_after(one, last_callback)
        ]
        if silent and callback_state(school) == "ours":
            found[AlarmKey(school.pk, 0, Alarm.Kind.CALLBACK_SILENCE)] = len(silent)
    return found


def _began_after(lesson: LiveLesson, callback_at: datetime | None) -> bool:
    return lesson.real_started_at is not None and (
        callback_at is None or lesson.real_started_at > callback_at
    )


def _write_alarms(found: dict[AlarmKey, int], now: datetime) -> list[Alarm]:
    """Write the alarms found; return the new ones."""
    open_ = Alarm.objects.filter(resolved_at=None)
    open_alarms = {_alarm_key(one): one for one in open_}
    resolved = [one.pk for key, one in open_alarms.items() if key not in found]
    Alarm.objects.filter(pk__in=resolved).update(resolved_at=now)
    for key, one in open_alarms.items():
        if found.get(key, one.number) != one.number:
            Alarm.objects.filter(pk=one.pk).update(number=found[key])
    missing = found.keys() - open_alarms.keys()
    previous = Alarm.objects.filter(lesson__in={one.lesson for one in missing if one.lesson})
    raised_again = {_alarm_key(one): one.pk for one in previous if _alarm_key(one) in missing}
    Alarm.objects.filter(pk__in=raised_again.values()).update(
        resolved_at=None, raised_at=now, acknowledged_at=None, acknowledged_by=None
    )
    return Alarm.objects.bulk_create(
        Alarm(
            enterprise_id=key.school,
            lesson_id=key.lesson or None,
            kind=key.kind,
            number=found[key],
            raised_at=now,
        )
        for key in sorted(missing - raised_again.keys())
    )


def _alarm_key(alarm: Alarm) -> AlarmKey:
    return AlarmKey(alarm.enterprise_id, alarm.lesson_id or 0, alarm.kind)
