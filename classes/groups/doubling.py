"""Who would be planned twice, or too many in a lesson, where lessons follow a change of groups."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import Count, Q

from accounts.models import StudentGroup, User
from accounts.objections import Moves, Objection, Thing, objects
from classes.conflicts.finding import CAPACITY, STUDENT
from classes.groups.touched import Touch, lessons_of, touched
from classes.kinds import ClassType, Status
from classes.models import Lesson, Member


class Booking(NamedTuple):
    """A lesson of somebody; `new` where the change brings them into it."""

    lesson: Lesson
    new: bool


@objects
def doubles(moves: Moves, leave: Collection[int]) -> list[Objection]:
    """What following these moves would bring, but for the lessons of `leave`; running ones do not follow."""
    touches: list[Touch] = []
    for group in StudentGroup.objects.filter(pk__in=moves):
        lessons = lessons_of(group).select_related("enterprise")
        touches += touched(group, *moves[group.pk], lessons)
    free = [one for one in touches if one.changes and not one.locked and one.lesson.pk not in leave]
    found = [*_twice(free), *_too_many(free)]
    return sorted(found, key=lambda one: (one.day, one.into.pk, one.name))


def _twice(touches: Collection[Touch]) -> Iterable[Objection]:
    going = {(member.user_id, touch.lesson.pk) for touch in touches for member in touch.going}
    coming: dict[User, dict[int, Lesson]] = defaultdict(dict)
    for touch in touches:
        for student in touch.coming:
            coming[student][touch.lesson.pk] = touch.lesson
    there = _expected(coming, [lesson for lessons in coming.values() for lesson in lessons.values()])
    for student, lessons in coming.items():
        booked = [Booking(lesson, new=True) for lesson in lessons.values()]
        booked += [
            Booking(lesson, new=False)
            for lesson in there[student.pk]
            if lesson.pk not in lessons and (student.pk, lesson.pk) not in going
        ]
        for one, other in _overlaps(booked):
            first, second = (one, other) if one.new else (other, one)
            yield _objection(STUDENT, first.lesson, student, second.lesson)


def _expected(people: Iterable[User], lessons: Collection[Lesson]) -> dict[int, list[Lesson]]:
    """By person: the lessons in which they are expected while these take place. One query."""
    found: dict[int, list[Lesson]] = defaultdict(list)
    if not lessons:
        return found
    rows = Member.objects.filter(
        user__in=[one.pk for one in people],
        lesson__cancelled_at=None,
        lesson__ends_at__gt=min(one.starts_at for one in lessons),
        lesson__starts_at__lt=max(one.ends_at for one in lessons),
    )
    rows = rows.exclude(lesson__status=Status.END).exclude(role=Member.Role.SUPERVISOR)
    for member in rows.select_related("lesson__enterprise"):
        found[member.user_id].append(member.lesson)
    return found


def _overlaps(booked: list[Booking]) -> Iterable[tuple[Booking, Booking]]:
    """The pairs that share time, at least one of them new."""
    booked.sort(key=lambda one: (one.lesson.starts_at, one.lesson.pk))
    for place, one in enumerate(booked):
        for other in booked[place + 1 :]:
            if other.lesson.starts_at >= one.lesson.ends_at:
                break
            if one.new or other.new:
                yield one, other


def _too_many(touches: Collection[Touch]) -> Iterable[Objection]:
    """Lessons that the change makes larger than they may be."""
    more: dict[int, int] = defaultdict(int)
    lessons: dict[int, Lesson] = {}
    for touch in touches:
        more[touch.lesson.pk] += len(touch.coming) - len(touch.going)
        lessons[touch.lesson.pk] = touch.lesson
    students = Count("members", filter=Q(members__role=Member.Role.STUDENT))
    rows = Lesson.objects.filter(pk__in=[pk for pk, number in more.items() if number > 0])
    limited = rows.filter(Q(class_type=ClassType.ONE) | Q(capacity__gt=0)).annotate(students=students)
    for pk, kind, capacity, now in limited.order_by("pk").values_list(
        "pk", "class_type", "capacity", "students"
    ):
        most = 1 if kind == ClassType.ONE else capacity
        if now + more[pk] > most:
            yield _objection(CAPACITY, lessons[pk], most=most)


def _objection(
    kind: str, lesson: Lesson, student: User | None = None, other: Lesson | None = None, most: int = 0
) -> Objection:
    return Objection(
        day=lesson.starts_at.astimezone(lesson.enterprise.tz).date(),
        kind=kind,
        who=student.user_id if student else "",
        name=student.nickname if student else "",
        into=_thing(lesson),
        other=_thing(other) if other else None,
        most=most,
    )


def _thing(lesson: Lesson) -> Thing:
    return Thing(lesson.pk, lesson.topic, lesson.get_absolute_url())
