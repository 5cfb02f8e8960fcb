"""Conflicts between lessons that change together, which the search for conflicts excludes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from accounts.models import Enterprise, User
from classes.conflicts.detection import ASSISTANT, STUDENT, TEACHER, BookingConflict, ConflictingLesson
from classes.models import Lesson, Member

Roster = frozenset[tuple[int, str]]
ROLE_KINDS = {str(Member.Role.ASSISTANT): ASSISTANT, str(Member.Role.STUDENT): STUDENT}


class BookedLesson(NamedTuple):
    """A lesson with the role of each person, by key; without supervisors, who may watch several at once."""

    lesson: Lesson
    kinds: Mapping[int, str]


def find_internal_conflicts(
    school: Enterprise, lessons: Sequence[Lesson], rosters: Mapping[int, Roster]
) -> dict[int, list[BookingConflict]]:
    """By lesson: the conflicts that these lessons have with each other. One query if there are any."""
    overlaps = list(_overlapping_pairs([BookedLesson(one, _kinds(one, rosters[one.pk])) for one in lessons]))
    names = User.objects.in_bulk({person for _one, _other, person in overlaps})
    found: dict[int, list[BookingConflict]] = {one.pk: [] for one in lessons}
    for index, (one, other, person) in enumerate(overlaps):
        for own, other_booking in ((one, other), (other, one)):
            found[own.lesson.pk].append(_conflict(school, index, own, other_booking.lesson, names[person]))
    return found


def _kinds(lesson: Lesson, roster: Roster) -> dict[int, str]:
    return {pk: ROLE_KINDS[role] for pk, role in roster if role in ROLE_KINDS} | {lesson.teacher_id: TEACHER}


def _overlapping_pairs(booked: list[BookedLesson]) -> Iterator[tuple[BookedLesson, BookedLesson, int]]:
    """Yield each two that overlap, with each person whom they share."""
    running: list[BookedLesson] = []
    for one in sorted(booked, key=lambda one: (one.lesson.starts_at, one.lesson.pk)):
        running = [other for other in running if other.lesson.ends_at > one.lesson.starts_at]
        for other in running:
            for person in sorted(one.kinds.keys() & other.kinds.keys()):
                yield other, one, person
        running.append(one)


def _conflict(
    school: Enterprise, place: int, own: BookedLesson, theirs: Lesson, person: User
) -> BookingConflict:
    other = ConflictingLesson(theirs.pk, theirs.topic, theirs.starts_at, theirs.ends_at, theirs.made_outside)
    day = own.lesson.starts_at.astimezone(school.tz).date()
    return BookingConflict(place, day, own.kinds[person.pk], person.user_id, person.nickname, other)
