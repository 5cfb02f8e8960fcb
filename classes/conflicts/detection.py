"""Detection of booking conflicts: one query per kind of people for a whole series, and one for days off.

Lessons created outside the console are ordinary rows and are found, too. Staff who are absent and holidays
are conflicts like another lesson at the same time.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from accounts.models import Enterprise, User
from accounts.models.roles import Role
from classes.choices import ClassType
from classes.models import Lesson, Member


class TimeSlot(NamedTuple):
    """A requested time."""

    starts_at: datetime
    ends_at: datetime


class ConflictingLesson(NamedTuple):
    """An existing lesson that conflicts; `is_closed` if the reader may not open it (`foreign_lessons`)."""

    pk: int
    topic: str
    starts_at: datetime
    ends_at: datetime
    made_outside: bool
    is_closed: bool = False


class BookingConflict(NamedTuple):
    """A conflict of a booking request.

    `place` is the index of the slot. `kind` is the role of the person who has another lesson (teacher,
    assistant or student); capacity if too many people are expected, without a person; absence if the teacher
    or an assistant is absent; holiday, with its name instead of a person. `cause` is the key of the absence
    or holiday.
    """

    place: int
    day: date
    kind: str
    who: str
    name: str
    lesson: ConflictingLesson | None
    most: int = 0
    cause: int = 0

    @property
    def identity(self) -> tuple[str, str, int]:
        """What makes it the same conflict before and after a change."""
        return self.kind, self.who, self.lesson.pk if self.lesson else self.cause


#: Kinds of conflicts.
TEACHER, ASSISTANT, STUDENT, CAPACITY = "teacher", "assistant", "student", "capacity"
ABSENCE, HOLIDAY = "absence", "holiday"

# Compare plain times instead of ranges: under row-level security the planner uses an index only for
# leakproof operators. Scan the index of starts slot by slot: a lesson takes at most a day, except those
# created outside, for which the longest is queried. A lesson that ended early conflicts only until its real
# end. The parts are MATERIALIZED because fresh rows have no statistics: otherwise one part ran again for
# every person.
_BUSY_SQL = """
WITH slot AS (
    SELECT s.place - 1 AS place, s.starts, s.ends
    FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY AS s(starts, ends, place)
), reach AS MATERIALIZED (
    SELECT greatest(interval '1 day', max(l.ends_at - l.starts_at)) AS longest FROM classes_lesson l
    WHERE l.enterprise_id = %(school)s AND l.made_outside AND l.cancelled_at IS NULL
), near AS MATERIALIZED (
    SELECT s.place, l.* FROM reach r CROSS JOIN slot s CROSS JOIN LATERAL (
        SELECT l.id, l.teacher_id, l.topic, l.starts_at, l.ends_at, l.made_outside FROM classes_lesson l
        WHERE l.enterprise_id = %(school)s AND l.starts_at < s.ends AND l.starts_at > s.starts - r.longest
          AND l.ends_at > s.starts AND l.cancelled_at IS NULL AND l.id <> ALL(%(excluded)s)
          AND (l.status <> 'end' OR l.real_ended_at > s.starts)
        OFFSET 0
    ) l
), who AS MATERIALIZED (
    SELECT id, user_id, nickname FROM accounts_user WHERE id = ANY(%(people)s)
), busy AS MATERIALIZED (
    SELECT near.*, near.teacher_id AS person FROM near WHERE near.teacher_id = ANY(%(people)s)
    UNION ALL
    SELECT near.*, m.user_id FROM near JOIN classes_member m ON m.lesson_id = near.id
    WHERE m.user_id = ANY(%(people)s) AND m.role <> 'supervisor'
)
SELECT n.place, n.id, n.topic, n.starts_at, n.ends_at, n.made_outside,
    json_agg(json_build_array(p.nickname, p.id, p.user_id))::text
FROM busy n JOIN who p ON p.id = n.person
GROUP BY n.place, n.id, n.topic, n.starts_at, n.ends_at, n.made_outside
"""

# A lesson observes the holidays of the school and of the term of its course, and all of them without a term
# (`Holiday.holds_in`).
_OFF_SQL = """
WITH slot AS (
    SELECT s.place - 1 AS place, s.starts, s.ends, s.day
    FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[], %(days)s::date[])
        WITH ORDINALITY AS s(starts, ends, day, place)
)
SELECT s.place, %(absence)s, p.user_id, p.nickname, a.id FROM slot s
JOIN classes_teacherabsence a ON a.begins_at < s.ends AND a.ends_at > s.starts
JOIN accounts_user p ON p.id = a.teacher_id
WHERE a.enterprise_id = %(school)s AND a.withdrawn_at IS NULL AND a.teacher_id = ANY(%(people)s)
UNION ALL
SELECT s.place, %(holiday)s, '', h.name, h.id FROM slot s
JOIN classes_holiday h ON h.starts_on <= s.day AND h.ends_on >= s.day
LEFT JOIN classes_course c ON c.id = %(course)s
WHERE h.enterprise_id = %(school)s AND %(on_holidays)s
    AND coalesce(h.term_id = coalesce(c.term_id, %(term)s::bigint), true)
"""


@dataclass(frozen=True)
class BookingRequest:
    """A lesson or series to plan. `capacity` is 0 for none; `excluded` are lessons that change themselves.

    `course` is the key of a stored course, `term` that of the term of one to plan. The dates of a series
    leave holidays out, unless some were moved: `skips_holidays`.
    """

    school: Enterprise
    slots: Sequence[TimeSlot]
    teacher: User
    assistants: Collection[int] = ()
    students: Collection[int] = ()
    class_type: str = ClassType.SMALL
    capacity: int = 0
    excluded: Collection[int] = ()
    course: int | None = None
    skips_holidays: bool = False
    term: int | None = None


def build_booking_request(
    lesson: Lesson, students: Iterable[User] | None = None, staff: Iterable[User] | None = None
) -> BookingRequest:
    """Build the request of a stored or unsaved lesson; None for people uses the stored members."""
    stored_members: list[tuple[Any, str]] = (
        list(lesson.members.values_list("user", "role")) if lesson.pk else []
    )
    by_role: dict[str, list[int]] = {role: [] for role in Member.Role.values}
    for person, role in stored_members:
        by_role[role].append(person)
    if staff is not None:
        by_role[Member.Role.ASSISTANT] = [one.pk for one in staff if one.role != Role.SUPERVISOR]
    if students is not None:
        by_role[Member.Role.STUDENT] = [one.pk for one in students]
    return BookingRequest(
        school=lesson.enterprise,
        slots=[TimeSlot(lesson.starts_at, lesson.ends_at)],
        teacher=lesson.teacher,
        assistants=sorted(by_role[Member.Role.ASSISTANT]),
        students=sorted(by_role[Member.Role.STUDENT]),
        class_type=str(lesson.class_type),
        capacity=lesson.capacity or 0,
        excluded=(lesson.pk,) if lesson.pk else (),
        course=lesson.course_id,
    )


def find_conflicts(request: BookingRequest) -> list[BookingConflict]:
    """Return all conflicts, ordered by slot."""
    if not request.slots:
        return []
    students = set(request.students) - {request.teacher.pk}
    found = [
        *_people_conflicts(request, TEACHER, [request.teacher.pk]),
        *_people_conflicts(request, ASSISTANT, set(request.assistants) - {request.teacher.pk}),
        *_people_conflicts(request, STUDENT, students),
        *_capacity_conflicts(request, len(students)),
        *_days_off(request),
    ]
    return sorted(found, key=lambda one: one.place)


def _capacity_conflicts(request: BookingRequest, expected: int) -> Iterable[BookingConflict]:
    """Yield capacity conflicts; a one-to-one lesson has one student, whatever its capacity."""
    limit = 1 if request.class_type == ClassType.ONE else request.capacity
    if not limit or expected <= limit:
        return
    for place in range(len(request.slots)):
        yield BookingConflict(place, _slot_day(request, place), CAPACITY, "", "", None, limit)


def _people_conflicts(request: BookingRequest, kind: str, people: Collection[int]) -> list[BookingConflict]:
    if not people:
        return []
    params: dict[str, Any] = {
        "starts": [slot.starts_at for slot in request.slots],
        "ends": [slot.ends_at for slot in request.slots],
        "school": request.school.pk,
        "people": list(people),
        "excluded": list(request.excluded),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BUSY_SQL, params)
        rows = cursor.fetchall()
    found = []
    for place, *lesson, encoded_people in rows:
        day, other = _slot_day(request, place), ConflictingLesson(*lesson)
        found += [
            ((place, name, pk, other.pk), BookingConflict(place, day, kind, user_id, name, other))
            for name, pk, user_id in json.loads(encoded_people)
        ]
    return [conflict for _order, conflict in sorted(found, key=itemgetter(0))]


def _days_off(request: BookingRequest) -> list[BookingConflict]:
    """Return the absences of the staff, and the holidays."""
    params: dict[str, Any] = {
        "starts": [slot.starts_at for slot in request.slots],
        "ends": [slot.ends_at for slot in request.slots],
        "days": [_slot_day(request, place) for place in range(len(request.slots))],
        "school": request.school.pk,
        "people": [request.teacher.pk, *request.assistants],
        "course": request.course,
        "term": request.term,
        "on_holidays": not request.skips_holidays,
        "absence": ABSENCE,
        "holiday": HOLIDAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OFF_SQL, params)
        rows = sorted(cursor.fetchall())
    return [
        BookingConflict(place, _slot_day(request, place), kind, who, name, None, cause=cause)
        for place, kind, who, name, cause in rows
    ]


def _slot_day(request: BookingRequest, place: int) -> date:
    return request.slots[place].starts_at.astimezone(request.school.tz).date()
