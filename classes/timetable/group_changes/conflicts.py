"""Double bookings and overbooked lessons that result when lessons follow a change of groups."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import StudentGroup, User
from accounts.people.group_change_conflicts import (
    ConflictTarget,
    GroupChangeConflict,
    GroupMoves,
    PlannedPeople,
    register_conflict_check,
    register_conflict_lock,
)
from classes.choices import ClassType, Status
from classes.conflicts.detection import CAPACITY, STUDENT
from classes.conflicts.grouping import MAX_NAMED_STUDENTS
from classes.conflicts.guard import lock_lessons, lock_people
from classes.models import Lesson, Member
from classes.timetable.group_changes.impact import LessonImpact, compute_impact, upcoming_group_lessons


class StudentBooking(NamedTuple):
    """A lesson of a student; `new` if the change adds the student to it."""

    lesson: Lesson
    new: bool


@register_conflict_lock
def lock_for_move(moves: GroupMoves, leave: Collection[int]) -> None:
    """Lock the lessons that follow these moves, and then everybody who is added to one."""
    groups = StudentGroup.objects.filter(pk__in=moves)
    lessons = {pk for group in groups for pk in upcoming_group_lessons(group).values_list("pk", flat=True)}
    lock_lessons(lessons - set(leave))
    if added_students := {student for added, _removed in moves.values() for student in added}:
        lock_people(added_students)


@register_conflict_check
def find_objections(
    moves: GroupMoves, leave: Collection[int], people: PlannedPeople
) -> list[GroupChangeConflict]:
    """Return the conflicts of these moves, without the lessons of `leave`; running lessons do not follow."""
    impacts: list[LessonImpact] = []
    for group in StudentGroup.objects.filter(pk__in=moves):
        lessons = upcoming_group_lessons(group).select_related("enterprise")
        impacts += compute_impact(group, *moves[group.pk], lessons, people)
    following = [one for one in impacts if one.changes and not one.locked and one.lesson.pk not in leave]
    conflicts = [*_double_bookings(following), *_over_capacity(following)]
    return sorted(conflicts, key=lambda one: (one.day, one.target.pk, one.name))


def _double_bookings(impacts: Collection[LessonImpact]) -> Iterable[GroupChangeConflict]:
    removed = {(member.user_id, impact.lesson.pk) for impact in impacts for member in impact.removed}
    added: dict[User, dict[int, Lesson]] = defaultdict(dict)
    for impact in impacts:
        for student in impact.added:
            added[student][impact.lesson.pk] = impact.lesson
    expected = _expected_lessons(added, [lesson for lessons in added.values() for lesson in lessons.values()])
    for student, lessons in added.items():
        booked = [StudentBooking(lesson, new=True) for lesson in lessons.values()]
        booked += [
            StudentBooking(lesson, new=False)
            for lesson in expected[student.pk]
            if lesson.pk not in lessons and (student.pk, lesson.pk) not in removed
        ]
        for one, other in _overlapping_pairs(booked):
            first, second = (one, other) if one.new else (other, one)
            yield _objection(STUDENT, first.lesson, [student], second.lesson)


def _expected_lessons(people: Iterable[User], lessons: Collection[Lesson]) -> dict[int, list[Lesson]]:
    """By person: the lessons in which they are expected during these lessons. One query."""
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


def _overlapping_pairs(booked: list[StudentBooking]) -> Iterable[tuple[StudentBooking, StudentBooking]]:
    """Yield the pairs that overlap, at least one of them new."""
    booked.sort(key=lambda one: (one.lesson.starts_at, one.lesson.pk))
    for index, one in enumerate(booked):
        for other in booked[index + 1 :]:
            if other.lesson.starts_at >= one.lesson.ends_at:
                break
            if one.new or other.new:
                yield one, other


def _over_capacity(impacts: Collection[LessonImpact]) -> Iterable[GroupChangeConflict]:
    """Yield lessons that would exceed their capacity."""
    growth: dict[int, int] = defaultdict(int)
    lessons: dict[int, Lesson] = {}
    joining: dict[int, list[User]] = defaultdict(list)
    for impact in impacts:
        growth[impact.lesson.pk] += len(impact.added) - len(impact.removed)
        joining[impact.lesson.pk] += impact.added
        lessons[impact.lesson.pk] = impact.lesson
    students = Count("members", filter=Q(members__role=Member.Role.STUDENT))
    rows = Lesson.objects.filter(pk__in=[pk for pk, number in growth.items() if number > 0])
    limited = rows.filter(Q(class_type=ClassType.ONE) | Q(capacity__gt=0)).annotate(students=students)
    for pk, kind, capacity, current in limited.order_by("pk").values_list(
        "pk", "class_type", "capacity", "students"
    ):
        maximum = 1 if kind == ClassType.ONE else capacity
        if maximum is not None and current + growth[pk] > maximum:
            yield _objection(CAPACITY, lessons[pk], joining[pk], capacity=maximum)


def _objection(
    kind: str, lesson: Lesson, students: Collection[User], other: Lesson | None = None, capacity: int = 0
) -> GroupChangeConflict:
    return GroupChangeConflict(
        day=lesson.starts_at.astimezone(lesson.enterprise.tz).date(),
        kind=kind,
        user_id=next(iter(students)).user_id if kind == STUDENT else "",
        name=_name_students(students),
        target=_lesson_link(lesson),
        other=_lesson_link(other) if other else None,
        capacity=capacity,
        people={student.user_id for student in students},
    )


def _name_students(students: Collection[User]) -> str:
    """Return the names of students; the number if they are many."""
    number = len(students)
    if number > MAX_NAMED_STUDENTS:
        return ngettext("%(n)d student", "%(n)d students", number) % {"n": number}
    return _(", ").join(student.nickname for student in students)


def _lesson_link(lesson: Lesson) -> ConflictTarget:
    return ConflictTarget(lesson.pk, lesson.topic, lesson.get_absolute_url())
