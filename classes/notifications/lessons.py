"""Notifications about the lessons that people teach or are expected in, each sent once.

A task handles whole sets of lessons: it compares the announced state with the current one. People who cannot
read a notification (no email address and no way to sign in, as most students) get none.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from classes.choices import Status
from classes.models import AnnouncedState, Lesson, Member, MembershipNotice
from classes.notifications.email import (
    lesson_args,
    local_minute,
    reachable_filter,
    send_invitation,
    timetable_week_url,
)
from classes.notifications.memberships import send_membership_notices
from console.notifications.services import notify
from console.outbox.services import postponed_operations

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: Lessons per transaction.
BATCH = 500
Recipients = dict[int, list[User]]


def send_lesson_notifications() -> int:
    """Send everything that is due; return the number of notifications."""
    first = ((_unannounced, _send_invitations), (_rescheduled, _send_rescheduled), (_changed, _send_changed))
    # Membership notices go in between: people added since are invited by them, and people removed get no
    # later cancellation.
    after = (
        (_cancelled, _send_cancellations),
        (_tomorrow, _send_day_reminders),
        (_in_an_hour, _send_hour_reminders),
    )
    sent = sum(_process_in_batches(rows, act) for rows, act in first)
    return sent + send_membership_notices() + sum(_process_in_batches(rows, act) for rows, act in after)


def _process_in_batches(
    rows: Callable[[], QuerySet[Lesson]], act: Callable[[list[Lesson], Recipients], int]
) -> int:
    """Process lessons in batches; each marks its lessons in its own transaction, so the set becomes empty."""
    sent = 0
    while True:
        with transaction.atomic():
            keys = list(rows().order_by("starts_at", "id").values_list("pk", flat=True)[:BATCH])
            locked = Lesson.objects.filter(pk__in=keys).select_for_update(of=("self",), skip_locked=True)
            lessons = list(locked.select_related("teacher", "enterprise").order_by("starts_at", "id"))
            if not lessons:
                return sent
            sent += act(lessons, _recipients(lessons))


def _upcoming() -> QuerySet[Lesson]:
    now = timezone.now()
    return _settled(Lesson.objects.filter(starts_at__gt=now, cancelled_at=None, status=Status.WILL))


def _unannounced() -> QuerySet[Lesson]:
    """Lessons that the service has and that nobody was told about."""
    return _upcoming().exclude(remote_id="").filter(Q(told=None) | Q(told__starts_at=None))


def _settled(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    """Leave out lessons whose last change can still be taken back."""
    return lessons.exclude(Exists(postponed_operations(Lesson)))


def _rescheduled() -> QuerySet[Lesson]:
    announced = _upcoming().exclude(told=None)
    return announced.exclude(told__starts_at=F("starts_at")).exclude(told__starts_at=None)


def _changed() -> QuerySet[Lesson]:
    """Lessons at the announced time with another announced field changed."""
    same = _upcoming().filter(told__starts_at=F("starts_at"))
    return same.filter(
        ~Q(told__topic=F("topic")) | ~Q(told__ends_at=F("ends_at")) | ~Q(told__teacher=F("teacher"))
    )


def _cancelled() -> QuerySet[Lesson]:
    """Cancelled lessons whose cancellation was not announced yet."""
    cancelled = Lesson.objects.filter(cancelled_at__isnull=False, starts_at__gt=timezone.now())
    return _settled(cancelled).filter(told__starts_at__isnull=False)


def _tomorrow() -> QuerySet[Lesson]:
    now = timezone.now()
    within = _upcoming().filter(starts_at__lte=now + DAY, starts_at__gt=now + HOUR, told__isnull=False)
    return within.filter(Q(told__day_for=None) | ~Q(told__day_for=F("starts_at")))


def _in_an_hour() -> QuerySet[Lesson]:
    within = _upcoming().filter(starts_at__lte=timezone.now() + HOUR, told__isnull=False)
    return within.filter(Q(told__hour_for=None) | ~Q(told__hour_for=F("starts_at")))


def _recipients(lessons: Iterable[Lesson]) -> Recipients:
    """By lesson: its teacher and members who can read a notification, without those not yet invited."""
    pks = [one.pk for one in lessons]
    uninvited = set(
        MembershipNotice.objects.filter(lesson__in=pks, believes=False).values_list("lesson", "person")
    )
    members = Member.objects.filter(reachable_filter("user__"), lesson__in=pks).select_related("user")
    found: Recipients = defaultdict(list)
    for member in members:
        if (member.lesson_id, member.user_id) not in uninvited:
            found[member.lesson_id].append(member.user)
    for lesson in lessons:
        if lesson.teacher.is_active and (lesson.pk, lesson.teacher_id) not in uninvited:
            found[lesson.pk].append(lesson.teacher)
    return found


def _save_announced_state(lessons: Iterable[Lesson], **fields: Callable[[Lesson], Any]) -> None:
    rows = [
        AnnouncedState(lesson=one, **{name: value(one) for name, value in fields.items()}) for one in lessons
    ]
    AnnouncedState.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["lesson"], update_fields=list(fields)
    )


def _starts_at(lesson: Lesson) -> Any:
    return lesson.starts_at


#: Fields of a lesson that are announced to its people.
_ANNOUNCED_FIELDS: dict[str, Callable[[Lesson], Any]] = {
    "starts_at": _starts_at,
    "ends_at": lambda lesson: lesson.ends_at,
    "topic": lambda lesson: lesson.topic,
    "teacher_id": lambda lesson: lesson.teacher_id,
}


def _send_invitations(lessons: list[Lesson], people: Recipients) -> int:
    """Send each person one invitation for all lessons of the batch."""
    _save_announced_state(lessons, **_ANNOUNCED_FIELDS)
    by_person: dict[User, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        for person in people[lesson.pk]:
            by_person[person].append(lesson)
    return sum(
        send_invitation(person, own, key=f"invited {own[0].pk} {len(own)} {own[-1].pk}")
        for person, own in by_person.items()
    )


def _send_rescheduled(lessons: list[Lesson], people: Recipients) -> int:
    rows = AnnouncedState.objects.filter(lesson__in=lessons)
    announced: dict[int, Any] = dict(rows.values_list("lesson_id", "starts_at"))
    _save_announced_state(lessons, **_ANNOUNCED_FIELDS)
    was = {one.pk: {"was": local_minute(announced[one.pk], one.enterprise)} for one in lessons}
    return _send_each("lesson.moved", lessons, people, was)


def _send_changed(lessons: list[Lesson], people: Recipients) -> int:
    """Announce another topic, teacher or end: once for all changes since the last time."""
    _save_announced_state(lessons, **_ANNOUNCED_FIELDS)
    return _send_each("lesson.changed", lessons, people)


def _send_cancellations(lessons: list[Lesson], people: Recipients) -> int:
    """Send each person one notification for all their cancelled lessons with the same message."""
    messages = dict(AnnouncedState.objects.filter(lesson__in=lessons).values_list("lesson_id", "off_words"))
    _save_announced_state(lessons, starts_at=lambda lesson: None)
    by_person: dict[tuple[User, str], list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        for person in people[lesson.pk]:
            by_person[person, messages.get(lesson.pk, "")].append(lesson)
    return sum(_send_cancellation(person, message, own) for (person, message), own in by_person.items())


def _send_cancellation(person: User, message: str, lessons: list[Lesson]) -> int:
    first, many = lessons[0], len(lessons) > 1
    kind = "lesson.called_off_many" if many else "lesson.called_off"
    return notify(
        f"{kind}_saying" if message else kind,
        people=[person],
        key=f"lesson.called_off {first.pk} {first.starts_at:%Y%m%d%H%M}",
        args=lesson_args(lessons) | {"more": len(lessons) - 1, "words": message},
        link=timetable_week_url(first) if many else first.get_absolute_url(),
    )


def _send_day_reminders(lessons: list[Lesson], people: Recipients) -> int:
    _save_announced_state(lessons, day_for=_starts_at)
    return _send_each("lesson.tomorrow", lessons, people)


def _send_hour_reminders(lessons: list[Lesson], people: Recipients) -> int:
    _save_announced_state(lessons, hour_for=_starts_at)
    return _send_each("lesson.in_an_hour", lessons, people)


def _send_each(
    kind: str, lessons: Iterable[Lesson], people: Recipients, more: Mapping[int, dict[str, str]] | None = None
) -> int:
    return sum(
        notify(
            kind,
            people=people[lesson.pk],
            key=f"{kind} {lesson.pk} {lesson.starts_at:%Y%m%d%H%M} {lesson.revision}",
            args=lesson_args([lesson]) | (more or {}).get(lesson.pk, {}),
            link=lesson.get_absolute_url(),
        )
        for lesson in lessons
        if people[lesson.pk]
    )


def record_cancellation_notice(lessons: Collection[int], *, notice: str = "", tell: bool = True) -> None:
    """Record the message for the people of cancelled lessons; with `tell` off, nobody is notified.

    Call it inside the transaction that cancels them. People who were never invited are not notified.
    """
    rows = AnnouncedState.objects.filter(lesson__in=lessons)
    if not tell:
        rows.update(starts_at=None)
    elif notice.strip():
        rows.update(off_words=notice.strip()[:300])
