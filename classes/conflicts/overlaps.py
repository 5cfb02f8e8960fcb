"""Overlaps as they stand now: which planned lessons share a person at a time, whatever was allowed once.

A conflict that was allowed may be none any more: the other lesson was moved or cancelled. About a lesson made
outside nobody was asked, and most of these are in nobody's way.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q

from accounts.models import User
from classes.kinds import ClassType
from classes.models import Lesson, Member

# The allowed lessons of a stretch and those beside them. Of a person's bookings, in order, one overlaps where
# it begins before an earlier one has ended, or ends after the next one begins.
_OVERLAPPING = """
WITH allowed AS (
    SELECT id, starts_at, ends_at, class_type, capacity FROM classes_lesson WHERE id = ANY(%(lessons)s)
), near AS (
    SELECT l.id, l.teacher_id, l.starts_at, l.ends_at FROM classes_lesson l
    WHERE l.enterprise_id = %(school)s AND l.cancelled_at IS NULL
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
_MET = """
WITH mine AS (
    SELECT id, enterprise_id, starts_at, ends_at FROM classes_lesson WHERE id = ANY(%(lessons)s)
), pair AS (
    SELECT a.id, b.id AS other FROM mine a JOIN classes_lesson b ON b.enterprise_id = a.enterprise_id
        AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at
        AND b.starts_at > a.starts_at - interval '1 day'
    WHERE b.id <> a.id AND b.cancelled_at IS NULL
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
#: So many people of an overlap are named.
NAMED = 3


class Met(NamedTuple):
    """Another lesson at the same time, with some of the people who are planned for both."""

    lesson: Lesson
    people: list[User]
    more: int


def overlapping(school: int, lessons: Sequence[Lesson]) -> set[int]:
    """The keys of the lessons that are a conflict now, of those in which one was allowed and of those that
    they overlap with. One query; none where nothing was allowed."""
    allowed = [one for one in lessons if one.conflict_allowed and one.cancelled_at is None]
    if not allowed:
        return set()
    told = {
        "lessons": [one.pk for one in allowed],
        "school": school,
        "first": min(one.starts_at for one in allowed),
        "last": max(one.ends_at for one in allowed),
        "one": str(ClassType.ONE),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAPPING, told)
        return {pk for (pk,) in cursor.fetchall()}


def met_by(lessons: Collection[int]) -> dict[int, list[Met]]:
    """By lesson: the others that share people with it at its time. Three queries for a whole page."""
    with connection.cursor() as cursor:
        cursor.execute(_MET, {"lessons": list(lessons)})
        rows: list[tuple[int, int, list[int]]] = cursor.fetchall()
    others = Lesson.objects.select_related("teacher").in_bulk({other for _lesson, other, _people in rows})
    people = User.objects.in_bulk({pk for _lesson, _other, those in rows for pk in those[:NAMED]})
    found: dict[int, list[Met]] = defaultdict(list)
    for lesson, other, those in rows:
        named = [people[pk] for pk in those[:NAMED]]
        found[lesson].append(Met(others[other], named, len(those) - len(named)))
    return {lesson: sorted(met, key=lambda one: one.lesson.starts_at) for lesson, met in found.items()}


def too_many(lessons: Collection[int]) -> set[int]:
    """Of these, the lessons for which more students are planned than fit: one, where it is one to one."""
    limited = Q(class_type=ClassType.ONE) | Q(capacity__gt=0)
    rows = Lesson.objects.filter(limited, pk__in=lessons).annotate(
        students=Count("members", filter=Q(members__role=Member.Role.STUDENT))
    )
    told = rows.order_by().values_list("pk", "class_type", "capacity", "students")
    return {pk for pk, kind, most, n in told if n > (1 if kind == ClassType.ONE else most or n)}
