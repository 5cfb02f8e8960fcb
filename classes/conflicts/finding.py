"""Finding conflicts: one query for each sort of people, for a whole series at once.

Lessons made outside the console are rows like all others, and so are found too.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from accounts.models import Enterprise, User
from accounts.roles import Role
from classes.kinds import ClassType
from classes.models import Lesson, Member


class Slot(NamedTuple):
    """A stretch of time that is wanted."""

    starts_at: datetime
    ends_at: datetime


class Other(NamedTuple):
    """The lesson that is in the way."""

    pk: int
    topic: str
    starts_at: datetime
    ends_at: datetime
    made_outside: bool


class Conflict(NamedTuple):
    """`place` is that of the slot. `kind` is what the person is in the new lesson: teacher, assistant or
    student; or capacity, where too many are expected, which names no person and no lesson."""

    place: int
    day: date
    kind: str
    who: str
    name: str
    lesson: Other | None
    most: int = 0


#: What is looked for.
TEACHER, ASSISTANT, STUDENT, CAPACITY = "teacher", "assistant", "student", "capacity"

# Compared by plain times and not as ranges: row-level security lets the planner use an index for operators
# that leak nothing only. Slot by slot along the index of starts: a lesson takes a day at most, but for those
# made outside, where the longest is asked for. Each part is reckoned once: fresh rows have no statistics yet,
# and joined freely one part ran again for every person.
_BUSY = """
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
          AND l.ends_at > s.starts AND l.cancelled_at IS NULL AND l.id <> ALL(%(besides)s)
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


@dataclass(frozen=True)
class Wanted:
    """A lesson or a series that somebody wants to plan. `most` is the capacity, 0 for none; `besides` are
    lessons that are being changed themselves."""

    school: Enterprise
    slots: Sequence[Slot]
    teacher: User
    assistants: Collection[int] = ()
    students: Collection[int] = ()
    class_type: str = ClassType.SMALL
    most: int = 0
    besides: Collection[int] = ()


def wanted_of(
    lesson: Lesson, students: Iterable[User] | None = None, staff: Iterable[User] | None = None
) -> Wanted:
    """One lesson as it stands or is about to be saved; None for people leaves them as they are."""
    there = list(lesson.members.values_list("user", "role")) if lesson.pk else []
    of_role: dict[str, list[int]] = {role: [] for role in Member.Role.values}
    for person, role in there:
        of_role[role].append(person)
    if staff is not None:
        of_role[Member.Role.ASSISTANT] = [one.pk for one in staff if one.role != Role.SUPERVISOR]
    if students is not None:
        of_role[Member.Role.STUDENT] = [one.pk for one in students]
    return Wanted(
        school=lesson.enterprise,
        slots=[Slot(lesson.starts_at, lesson.ends_at)],
        teacher=lesson.teacher,
        assistants=sorted(of_role[Member.Role.ASSISTANT]),
        students=sorted(of_role[Member.Role.STUDENT]),
        class_type=str(lesson.class_type),
        most=lesson.capacity or 0,
        besides=(lesson.pk,) if lesson.pk else (),
    )


def conflicts_of(wanted: Wanted) -> list[Conflict]:
    """Everything that is in the way, by slot."""
    if not wanted.slots:
        return []
    students = set(wanted.students) - {wanted.teacher.pk}
    found = [
        *_busy(wanted, TEACHER, [wanted.teacher.pk]),
        *_busy(wanted, ASSISTANT, set(wanted.assistants) - {wanted.teacher.pk}),
        *_busy(wanted, STUDENT, students),
        *_too_many(wanted, len(students)),
    ]
    return sorted(found, key=lambda one: one.place)


def _too_many(wanted: Wanted, expected: int) -> Iterable[Conflict]:
    """One to one is for one student, whatever the capacity."""
    most = 1 if wanted.class_type == ClassType.ONE else wanted.most
    if not most or expected <= most:
        return
    for place in range(len(wanted.slots)):
        yield Conflict(place, _day(wanted, place), CAPACITY, "", "", None, most)


def _busy(wanted: Wanted, kind: str, people: Collection[int]) -> list[Conflict]:
    if not people:
        return []
    told: dict[str, Any] = {
        "starts": [slot.starts_at for slot in wanted.slots],
        "ends": [slot.ends_at for slot in wanted.slots],
        "school": wanted.school.pk,
        "people": list(people),
        "besides": list(wanted.besides),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, told)
        rows = cursor.fetchall()
    found = []
    for place, *lesson, people_told in rows:
        day, other = _day(wanted, place), Other(*lesson)
        found += [
            ((place, name, pk, other.pk), Conflict(place, day, kind, user_id, name, other))
            for name, pk, user_id in json.loads(people_told)
        ]
    return [conflict for _order, conflict in sorted(found, key=itemgetter(0))]


def _day(wanted: Wanted, place: int) -> date:
    return wanted.slots[place].starts_at.astimezone(wanted.school.tz).date()
