"""Times for a make-up lesson: when the teacher, the assistants and all students are free.

Nobody is free during a lesson, during an absence that was entered, or during approved leave.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from accounts.models import User
from classes.conflicts.absences import valid_absences
from classes.conflicts.availability import find_busy_people
from classes.conflicts.detection import ASSISTANT, STUDENT, TEACHER, BookingConflict, TimeSlot
from classes.conflicts.grouping import describe_people
from classes.models import Leave, Lesson, Member
from classes.timetable.make_up.people import MakeUpStaff, make_up_staff
from classes.timetable.make_up.slots import candidate_slots, is_usual

#: Most times that are shown.
MAX_FREE, MAX_TAKEN = 8, 4


class FreeTime(NamedTuple):
    """A time that suits all; `usual` at the weekday and time of the lesson."""

    starts_at: datetime
    ends_at: datetime
    usual: bool


class TakenTime(NamedTuple):
    """A time that does not suit `people` ("Chen Wei and 20 students")."""

    starts_at: datetime
    ends_at: datetime
    people: str


@dataclass(frozen=True)
class MakeUpTimes:
    """What is proposed; `last_day` is the last day that was looked at."""

    last_day: date
    free: list[FreeTime] = field(default_factory=list)
    taken: list[TakenTime] = field(default_factory=list)


@dataclass(frozen=True)
class ExpectedPeople:
    """The people of a lesson who must be free, by key; supervisors need not be."""

    kinds: dict[int, str]
    people: dict[int, User]

    @property
    def teacher(self) -> int:
        return next(pk for pk, kind in self.kinds.items() if kind == TEACHER)


def propose_times(lesson: Lesson, staff: MakeUpStaff | None = None) -> MakeUpTimes:
    """Return the next times for a make-up of the lesson with its staff, in a constant number of queries."""
    expected = expected_people(lesson, staff or make_up_staff(lesson))
    last_day, slots = candidate_slots(lesson, expected.teacher)
    busy = busy_people(lesson, slots, expected)
    free = [slot for slot, people in zip(slots, busy, strict=True) if not people]
    taken = [(slot, people) for slot, people in zip(slots, busy, strict=True) if people]
    return MakeUpTimes(
        last_day,
        [FreeTime(*slot, is_usual(lesson, slot)) for slot in free[:MAX_FREE]],
        [TakenTime(*slot, _describe(slot, people, expected)) for slot, people in taken[:MAX_TAKEN]],
    )


def expected_people(lesson: Lesson, staff: MakeUpStaff) -> ExpectedPeople:
    """Return the teacher, and the members who are still active; they are those of the make-up."""
    kinds, people = {staff.teacher.pk: TEACHER}, {staff.teacher.pk: staff.teacher}
    if staff.assistant:
        kinds[staff.assistant.pk], people[staff.assistant.pk] = ASSISTANT, staff.assistant
    for one in lesson.members.select_related("user"):
        if one.role != Member.Role.SUPERVISOR and one.user.is_active:
            kinds.setdefault(one.user_id, STUDENT if one.role == Member.Role.STUDENT else ASSISTANT)
            people.setdefault(one.user_id, one.user)
    return ExpectedPeople(kinds, people)


def busy_people(lesson: Lesson, slots: Sequence[TimeSlot], expected: ExpectedPeople) -> list[set[int]]:
    """Return for each slot those of the people who are not free then: a lesson, an absence or leave."""
    if not slots:
        return []
    # Negative keys: none of the slots is a stored lesson, which would not count as a conflict with itself.
    numbered = [(-1 - place, slot) for place, slot in enumerate(slots)]
    booked = find_busy_people(lesson.enterprise, numbered, list(expected.kinds))
    found = [set(booked[-1 - place]) for place in range(len(slots))]
    for person, begins, ends in _times_away(lesson, slots, expected):
        for place, slot in enumerate(slots):
            if slot.starts_at < ends and slot.ends_at > begins:
                found[place].add(person)
    return found


def _times_away(
    lesson: Lesson, slots: Sequence[TimeSlot], expected: ExpectedPeople
) -> Iterable[tuple[int, datetime, datetime]]:
    first, last = min(one.starts_at for one in slots), max(one.ends_at for one in slots)
    absences = valid_absences(lesson.enterprise, first, last).filter(teacher__in=expected.kinds)
    leave = Leave.objects.filter(
        person__in=expected.kinds, state=Leave.State.APPROVED, begins_at__lt=last, ends_at__gt=first
    )
    yield from (
        absences.order_by()
        .values_list("teacher_id", "begins_at", "ends_at")
        .union(leave.order_by().values_list("person_id", "begins_at", "ends_at"), all=True)
    )


def _describe(slot: TimeSlot, busy: Collection[int], expected: ExpectedPeople) -> str:
    """Return who is not free, the staff first."""
    order = (TEACHER, ASSISTANT, STUDENT)
    day = slot.starts_at.date()
    rows = [
        BookingConflict(0, day, expected.kinds[pk], person.user_id, person.nickname, None)
        for pk, person in expected.people.items()
        if pk in busy
    ]
    rows.sort(key=lambda one: (order.index(one.kind), one.name, one.who))
    return describe_people(rows)
