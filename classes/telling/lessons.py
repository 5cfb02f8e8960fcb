"""What people hear of the lessons that they teach or are expected in, each thing once.

A task looks at whole sets of lessons: what `Told` says was told is compared with what stands. Those who could
not read a notice (no e-mail address and no way to sign in, as most students) get none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import User
from classes.kinds import Status
from classes.models import Lesson, Member, Told
from console.notices.tell import tell

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: Lessons of one transaction.
BATCH = 500
People = dict[int, list[User]]


def tell_all() -> int:
    """Tell everything that is due; how many notices that were."""
    acts = (
        (_new, _invite),
        (_moved, _tell_moved),
        (_off, _tell_off),
        (_tomorrow, _remind_day),
        (_in_an_hour, _remind_hour),
    )
    return sum(_drain(rows, act) for rows, act in acts)


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
    """By lesson: its teacher and members who can read a notice."""
    reached = Q(user__is_active=True) & (~Q(user__password__startswith="!") | _by_mail("user__"))
    members = Member.objects.filter(reached, lesson__in=[one.pk for one in lessons]).select_related("user")
    found: People = defaultdict(list)
    for member in members:
        found[member.lesson_id].append(member.user)
    for lesson in lessons:
        if lesson.teacher.is_active:
            found[lesson.pk].append(lesson.teacher)
    return found


def _by_mail(prefix: str) -> Q:
    return ~Q(**{f"{prefix}e_mail": ""}) if settings.EMAIL_IS_SET_UP else Q(pk__in=())


def _mark(lessons: Iterable[Lesson], **what: Callable[[Lesson], Any]) -> None:
    rows = [Told(lesson=one, **{name: value(one) for name, value in what.items()}) for one in lessons]
    Told.objects.bulk_create(rows, update_conflicts=True, unique_fields=["lesson"], update_fields=list(what))


def _start(lesson: Lesson) -> Any:
    return lesson.starts_at


def _invite(lessons: list[Lesson], people: People) -> int:
    """One invitation a person for all lessons of the batch: a planned term is one letter, not two hundred."""
    _mark(lessons, starts_at=_start)
    mine: dict[User, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        for person in people[lesson.pk]:
            mine[person].append(lesson)
    told = 0
    for person, those in mine.items():
        first = those[0]
        kind = "lesson.invited" if len(those) == 1 else "lesson.invited_to_many"
        page = (
            reverse("classes:timetable") + f"?date={localtime(first.starts_at, first.enterprise.tz).date()}"
        )
        told += tell(
            kind,
            people=[person],
            key=f"invited {first.pk} {len(those)} {those[-1].pk}",
            args=_args(first) | {"n": len(those), "lessons": [one.pk for one in those]},
            link=first.get_absolute_url() if len(those) == 1 else page,
        )
    return told


def _tell_moved(lessons: list[Lesson], people: People) -> int:
    _mark(lessons, starts_at=_start)
    return _each("lesson.moved", lessons, people)


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
    page = reverse("classes:timetable") + f"?date={localtime(first.starts_at, first.enterprise.tz).date()}"
    return tell(
        f"{kind}_saying" if said else kind,
        people=[person],
        key=f"lesson.called_off {first.pk} {first.starts_at:%Y%m%d%H%M}",
        args=_args(first) | {"n": len(those), "more": len(those) - 1, "words": said},
        link=page if many else first.get_absolute_url(),
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
            key=f"{kind} {lesson.pk} {lesson.starts_at:%Y%m%d%H%M}",
            args=_args(lesson),
            link=lesson.get_absolute_url(),
        )
        for lesson in lessons
        if people[lesson.pk]
    )


def _args(lesson: Lesson) -> dict[str, Any]:
    """When, by the school's clock, with its zone."""
    at = localtime(lesson.starts_at, lesson.enterprise.tz)
    return {
        "topic": lesson.topic,
        "at": f"{at:%Y-%m-%d %H:%M}",
        "zone": lesson.enterprise.zone,
        "lessons": [lesson.pk],
    }
