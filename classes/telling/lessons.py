"""What people hear of the lessons that they teach or are expected in, each thing once.

A task looks at whole sets of lessons: what `Told` says was told is compared with what stands. Those who could
not read a notice (no e-mail address and no way to sign in, as most students) get none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from classes.kinds import Status
from classes.models import Lesson, Member, Seat, Told
from classes.telling.letters import args_of, invited, readers, week_of
from classes.telling.seats import tell_of_seats
from console.notices.tell import tell

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: Lessons of one transaction.
BATCH = 500
People = dict[int, list[User]]


def tell_all() -> int:
    """Tell everything that is due; how many notices that were."""
    news = ((_new, _invite), (_moved, _tell_moved), (_changed, _tell_changed))
    # Who came in since is left out of news and invited; who was taken out never hears of a cancelling after.
    after = ((_off, _tell_off), (_tomorrow, _remind_day), (_in_an_hour, _remind_hour))
    told = sum(_drain(rows, act) for rows, act in news)
    return told + tell_of_seats() + sum(_drain(rows, act) for rows, act in after)


def _drain(rows: Callable[[], QuerySet[Lesson]], act: Callable[[list[Lesson], People], int]) -> int:
    """Batch by batch; each marks its lessons in the transaction that tells of them, so the set runs dry."""
    told = 0
    while True:
        with transaction.atomic():
            keys = list(rows().order_by("starts_at", "id").values_list("pk", flat=True)[:BATCH])
            locked = Lesson.objects.filter(pk__in=keys).select_for_update(of=("self",), skip_locked=True)
            lessons = list(locked.select_related("teacher", "enterprise").order_by("starts_at", "id"))
            if not lessons:
                return told
            told += act(lessons, _people(lessons))


def _coming() -> QuerySet[Lesson]:
    now = timezone.now()
    return Lesson.objects.filter(starts_at__gt=now, cancelled_at=None, status=Status.WILL)


def _new() -> QuerySet[Lesson]:
    """Those that the service has now, and of which nobody was told."""
    return _coming().exclude(remote_id="").filter(Q(told=None) | Q(told__starts_at=None))


def _moved() -> QuerySet[Lesson]:
    return _coming().exclude(told=None).exclude(told__starts_at=F("starts_at")).exclude(told__starts_at=None)


def _changed() -> QuerySet[Lesson]:
    """At the time that was told, but something else of it is not as it was told."""
    same = _coming().filter(told__starts_at=F("starts_at"))
    return same.filter(
        ~Q(told__topic=F("topic")) | ~Q(told__ends_at=F("ends_at")) | ~Q(told__teacher=F("teacher"))
    )


def _off() -> QuerySet[Lesson]:
    """Cancelled, and its people believe that it takes place."""
    now = timezone.now()
    return Lesson.objects.filter(cancelled_at__isnull=False, starts_at__gt=now, told__starts_at__isnull=False)


def _tomorrow() -> QuerySet[Lesson]:
    now = timezone.now()
    within = _coming().filter(starts_at__lte=now + DAY, starts_at__gt=now + HOUR, told__isnull=False)
    return within.filter(Q(told__day_for=None) | ~Q(told__day_for=F("starts_at")))


def _in_an_hour() -> QuerySet[Lesson]:
    within = _coming().filter(starts_at__lte=timezone.now() + HOUR, told__isnull=False)
    return within.filter(Q(told__hour_for=None) | ~Q(told__hour_for=F("starts_at")))


def _people(lessons: Iterable[Lesson]) -> People:
    """By lesson: its teacher and members who can read a notice, but those who were not invited to it yet."""
    pks = [one.pk for one in lessons]
    strangers = set(Seat.objects.filter(lesson__in=pks, believes=False).values_list("lesson", "person"))
    members = Member.objects.filter(readers("user__"), lesson__in=pks).select_related("user")
    found: People = defaultdict(list)
    for member in members:
        if (member.lesson_id, member.user_id) not in strangers:
            found[member.lesson_id].append(member.user)
    for lesson in lessons:
        if lesson.teacher.is_active and (lesson.pk, lesson.teacher_id) not in strangers:
            found[lesson.pk].append(lesson.teacher)
    return found


def _mark(lessons: Iterable[Lesson], **what: Callable[[Lesson], Any]) -> None:
    rows = [Told(lesson=one, **{name: value(one) for name, value in what.items()}) for one in lessons]
    Told.objects.bulk_create(rows, update_conflicts=True, unique_fields=["lesson"], update_fields=list(what))


def _start(lesson: Lesson) -> Any:
    return lesson.starts_at


#: Everything of a lesson that people are told of.
_WHOLE: dict[str, Callable[[Lesson], Any]] = {
    "starts_at": _start,
    "ends_at": lambda lesson: lesson.ends_at,
    "topic": lambda lesson: lesson.topic,
    "teacher_id": lambda lesson: lesson.teacher_id,
}


def _invite(lessons: list[Lesson], people: People) -> int:
    """One invitation a person for all lessons of the batch: a planned term is one letter, not two hundred."""
    _mark(lessons, **_WHOLE)
    mine: dict[User, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        for person in people[lesson.pk]:
            mine[person].append(lesson)
    return sum(
        invited(person, those, key=f"invited {those[0].pk} {len(those)} {those[-1].pk}")
        for person, those in mine.items()
    )


def _tell_moved(lessons: list[Lesson], people: People) -> int:
    _mark(lessons, **_WHOLE)
    return _each("lesson.moved", lessons, people)


def _tell_changed(lessons: list[Lesson], people: People) -> int:
    """Another topic, teacher or end: once for all that changed since the last time."""
    _mark(lessons, **_WHOLE)
    return _each("lesson.changed", lessons, people)


def _tell_off(lessons: list[Lesson], people: People) -> int:
    """One notice a person for all that do not take place: a cancelled series is one letter."""
    words = dict(Told.objects.filter(lesson__in=lessons).values_list("lesson_id", "off_words"))
    _mark(lessons, starts_at=lambda lesson: None)
    mine: dict[tuple[User, str], list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        for person in people[lesson.pk]:
            mine[person, words.get(lesson.pk, "")].append(lesson)
    return sum(_off_told(person, said, those) for (person, said), those in mine.items())


def _off_told(person: User, said: str, those: list[Lesson]) -> int:
    first, many = those[0], len(those) > 1
    kind = "lesson.called_off_many" if many else "lesson.called_off"
    return tell(
        f"{kind}_saying" if said else kind,
        people=[person],
        key=f"lesson.called_off {first.pk} {first.starts_at:%Y%m%d%H%M}",
        args=args_of(those) | {"more": len(those) - 1, "words": said},
        link=week_of(first) if many else first.get_absolute_url(),
    )


def _remind_day(lessons: list[Lesson], people: People) -> int:
    _mark(lessons, day_for=_start)
    return _each("lesson.tomorrow", lessons, people)


def _remind_hour(lessons: list[Lesson], people: People) -> int:
    _mark(lessons, hour_for=_start)
    return _each("lesson.in_an_hour", lessons, people)


def _each(kind: str, lessons: Iterable[Lesson], people: People) -> int:
    return sum(
        tell(
            kind,
            people=people[lesson.pk],
            key=f"{kind} {lesson.pk} {lesson.starts_at:%Y%m%d%H%M} {lesson.revision}",
            args=args_of([lesson]),
            link=lesson.get_absolute_url(),
        )
        for lesson in lessons
        if people[lesson.pk]
    )
