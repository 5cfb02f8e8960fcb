"""Current overlaps: which planned lessons share a person at the same time.

An allowed conflict may have ended, because the other lesson was moved or cancelled. Lessons created outside
count as allowed without a decision, and most of them do not conflict.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q

from accounts.models import User
from classes.choices import ClassType
from classes.models import Lesson, Member

# A lesson frees its people at its planned end, or at its real end if that was earlier.
_FREE_AT = "CASE WHEN l.status = 'end' THEN least(l.ends_at, l.real_ended_at) ELSE l.ends_at END"
# The allowed lessons and those at the same time. Of the ordered bookings of a person, one overlaps if it
# begins before an earlier one has ended, or ends after the next one begins.
_OVERLAPPING = f"""
WITH allowed AS (
    SELECT id, starts_at, ends_at, class_type, capacity FROM classes_lesson WHERE id = ANY(%(lessons)s)
), near AS (
    SELECT l.id, l.teacher_id, l.starts_at, {_FREE_AT} AS ends_at FROM classes_lesson l
    WHERE l.enterprise_id = %(school)s AND l.cancelled_at IS NULL AND {_FREE_AT} > l.starts_at
      AND l.starts_at < %(last)s AND l.ends_at > %(first)s AND l.starts_at > %(first)s - interval '1 day'
      AND EXISTS (SELECT 1 FROM allowed a WHERE a.starts_at < l.ends_at AND a.ends_at > l.starts_at)
), booked AS (
    SELECT id, teacher_id AS person, starts_at, ends_at FROM near
    UNION
    SELECT n.id, m.user_id, n.starts_at, n.ends_at FROM near n JOIN classes_member m ON m.lesson_id = n.id
    WHERE m.role <> 'supervisor'
), placed AS (
    SELECT id, starts_at < max(ends_at) OVER before OR ends_at > lead(starts_at) OVER in_turn AS twice
    FROM booked
    WINDOW in_turn AS (PARTITION BY person ORDER BY starts_at, id),
        before AS (in_turn ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT id FROM placed WHERE twice
UNION
SELECT a.id FROM allowed a WHERE (a.class_type = %(one)s OR a.capacity > 0)
    AND (SELECT count(*) FROM classes_member m WHERE m.lesson_id = a.id AND m.role = 'student')
        > CASE WHEN a.class_type = %(one)s THEN 1 ELSE a.capacity END
"""
_OVERLAPS = f"""
WITH mine AS (
    SELECT l.id, l.enterprise_id, l.starts_at, {_FREE_AT} AS ends_at FROM classes_lesson l
    WHERE l.id = ANY(%(lessons)s)
), pair AS (
    SELECT a.id, l.id AS other FROM mine a JOIN classes_lesson l ON l.enterprise_id = a.enterprise_id
        AND l.starts_at < a.ends_at AND l.ends_at > a.starts_at
        AND l.starts_at > a.starts_at - interval '1 day'
    WHERE l.id <> a.id AND l.cancelled_at IS NULL AND {_FREE_AT} > greatest(l.starts_at, a.starts_at)
), booked AS (
    SELECT l.id AS lesson, l.teacher_id AS person FROM classes_lesson l
    WHERE l.id IN (SELECT id FROM pair UNION SELECT other FROM pair)
    UNION
    SELECT m.lesson_id, m.user_id FROM classes_member m
    WHERE m.lesson_id IN (SELECT id FROM pair UNION SELECT other FROM pair) AND m.role <> 'supervisor'
)
SELECT p.id, p.other, array_agg(x.person ORDER BY x.person) FROM pair p
JOIN booked x ON x.lesson = p.id JOIN booked y ON y.lesson = p.other AND y.person = x.person
GROUP BY p.id, p.other ORDER BY p.id, p.other
"""
#: Most people of an overlap that are named.
MAX_NAMED = 3


class Overlap(NamedTuple):
    """Another lesson at the same time, with some of the people of both and the number of the others."""

    lesson: Lesson
    people: list[User]
    more: int


def find_current_conflicts(school: int, lessons: Sequence[Lesson]) -> set[int]:
    """Return the keys of lessons with an allowed conflict that still exists, and of those they overlap with.

    One query; none if no lesson has an allowed conflict.
    """
    allowed = [one for one in lessons if one.conflict_allowed and one.cancelled_at is None]
    if not allowed:
        return set()
    params: dict[str, Any] = {
        "lessons": [one.pk for one in allowed],
        "school": school,
        "first": min(one.starts_at for one in allowed),
        "last": max(one.ends_at for one in allowed),
        "one": str(ClassType.ONE),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAPPING, params)
        return {pk for (pk,) in cursor.fetchall()}


def find_overlaps(lessons: Collection[int]) -> dict[int, list[Overlap]]:
    """Map each lesson to the lessons that share people with it at the same time, in three queries."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAPS, {"lessons": list(lessons)})
        rows: list[tuple[int, int, list[int]]] = cursor.fetchall()
    others = Lesson.objects.select_related("teacher").in_bulk({other for _lesson, other, _people in rows})
    people = User.objects.in_bulk({pk for _lesson, _other, shared in rows for pk in shared[:MAX_NAMED]})
    found: dict[int, list[Overlap]] = defaultdict(list)
    for lesson, other, shared in rows:
        named = [people[pk] for pk in shared[:MAX_NAMED]]
        found[lesson].append(Overlap(others[other], named, len(shared) - len(named)))
    return {
        lesson: sorted(overlaps, key=lambda one: one.lesson.starts_at) for lesson, overlaps in found.items()
    }


def find_overbooked(lessons: Collection[int]) -> set[int]:
    """Return the lessons with more students than their capacity; a one-to-one lesson has room for one."""
    limited = Q(class_type=ClassType.ONE) | Q(capacity__gt=0)
    rows = Lesson.objects.filter(limited, pk__in=lessons).annotate(
        students=Count("members", filter=Q(members__role=Member.Role.STUDENT))
    )
    values = rows.order_by().values_list("pk", "class_type", "capacity", "students")
    return {pk for pk, kind, capacity, n in values if n > (1 if kind == ClassType.ONE else capacity or n)}
