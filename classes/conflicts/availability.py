"""Who is free to teach: the rule of `classes.conflicts.detection` for everybody who may teach at once.

`detection` begins with the lessons of the time, because a booking has few people and many dates. Here it is
the other way round, a few times and all teachers of a school, so the query begins with the people.
`tests/classes/conflicts/test_availability.py` compares both.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from accounts.models import Enterprise
from classes.conflicts.detection import TimeSlot

# Times are compared as in `detection`: leakproof operators, the longest lesson, and the real end of a lesson
# that ended early. MATERIALIZED, because fresh rows have no statistics.
_BUSY_SQL = """
WITH slot AS (
    SELECT s.lesson, s.starts, s.ends
    FROM unnest(%(lessons)s::bigint[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
        AS s(lesson, starts, ends)
), reach AS MATERIALIZED (
    SELECT greatest(interval '1 day', max(l.ends_at - l.starts_at)) AS longest FROM classes_lesson l
    WHERE l.enterprise_id = %(school)s AND l.made_outside AND l.cancelled_at IS NULL
), span AS MATERIALIZED (
    SELECT min(s.starts) AS first, min(s.starts) - r.longest AS earliest, max(s.ends) AS last
    FROM slot s CROSS JOIN reach r GROUP BY r.longest
), busy AS MATERIALIZED (
    SELECT p.id AS person, l.id, l.topic, l.starts_at, l.ends_at, l.status, l.real_ended_at
    FROM span CROSS JOIN unnest(%(people)s::bigint[]) p(id) JOIN classes_lesson l ON l.teacher_id = p.id
        AND l.starts_at > span.earliest AND l.starts_at < span.last AND l.ends_at > span.first
    WHERE l.enterprise_id = %(school)s AND l.cancelled_at IS NULL
    UNION ALL
    SELECT m.user_id, l.id, l.topic, l.starts_at, l.ends_at, l.status, l.real_ended_at
    FROM span CROSS JOIN classes_member m JOIN classes_lesson l ON l.id = m.lesson_id
        AND l.starts_at > span.earliest AND l.starts_at < span.last AND l.ends_at > span.first
    WHERE m.user_id = ANY(%(people)s) AND m.role <> 'supervisor'
        AND l.enterprise_id = %(school)s AND l.cancelled_at IS NULL
)
SELECT s.lesson, b.person, b.topic FROM slot s JOIN busy b
    ON b.starts_at < s.ends AND b.ends_at > s.starts AND b.id <> s.lesson
    AND (b.status <> 'end' OR b.real_ended_at > s.starts)
"""


def find_busy_people(
    school: Enterprise, slots: Sequence[tuple[int, TimeSlot]], people: Collection[int]
) -> dict[int, dict[int, str]]:
    """Map lessons (by pk) to those of the people (by pk) who have another lesson at its time, and its topic.

    One query. A lesson keeps nobody from teaching it.
    """
    found: dict[int, dict[int, str]] = {pk: {} for pk, _slot in slots}
    if not slots or not people:
        return found
    params: dict[str, Any] = {
        "lessons": [pk for pk, _slot in slots],
        "starts": [slot.starts_at for _pk, slot in slots],
        "ends": [slot.ends_at for _pk, slot in slots],
        "school": school.pk,
        "people": list(people),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BUSY_SQL, params)
        for lesson, person, topic in cursor.fetchall():
            busy = found[lesson]
            busy[person] = min(busy.get(person, topic), topic)  # of several, always the same
    return found
