"""Writing many lessons at once, each with its own operation: set by set, never row by row."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.models import Enterprise, User
from classes.mirror.wanted import natural_key
from classes.models import Lesson, Member
from console.outbox.bulk import enqueue_many
from console.outbox.models import Operation
from console.outbox.states import OPEN
from console.rows import insert

BATCH = 2_000

_MEMBERS = """
INSERT INTO classes_member (lesson_id, user_id, role, via_id)
SELECT l.id, p.person, p.role, p.via FROM unnest(%s::bigint[]) AS l(id)
CROSS JOIN unnest(%s::bigint[], %s::text[], %s::bigint[]) AS p(person, role, via)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class People:
    """Who is expected: students by key with the group by which each came, helpers by key with their role."""

    students: Mapping[int, int | None] = field(default_factory=dict)
    helpers: Mapping[int, str] = field(default_factory=dict)
    groups: Collection[int] = ()

    def rows(self, teacher: int) -> list[tuple[int, str, int | None]]:
        """Person, role, group. The teacher is no member, and nobody is one twice."""
        rows = [(pk, str(role), None) for pk, role in self.helpers.items() if pk != teacher]
        rows += [
            (pk, str(Member.Role.STUDENT), via)
            for pk, via in self.students.items()
            if pk != teacher and pk not in self.helpers
        ]
        return rows


def write_lessons(
    school: Enterprise, series: Sequence[tuple[Sequence[Lesson], People]], *, by: User | None
) -> list[Lesson]:
    """Insert unsaved lessons with their people, and owe the service the making of each.

    series: lessons that have the same people, each with these. Inside the caller's transaction; conflicts
    are the caller's to look for, and so is the trail.
    """
    lessons = [lesson for some, _people in series for lesson in some]
    insert(lessons)
    for some, people in series:
        expect(some, people)
    _owe(school, series, by)
    return lessons


def expect(lessons: Sequence[Lesson], people: People) -> None:
    """Make these people members of all these lessons, of one teacher, and follow their groups."""
    if not lessons:
        return
    rows = people.rows(lessons[0].teacher_id)
    if rows:
        columns = [list(one) for one in zip(*rows, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_MEMBERS, [[lesson.pk for lesson in lessons], *columns])
    through: Any = Lesson.groups.through
    links = [through(lesson=lesson, studentgroup_id=group) for lesson in lessons for group in people.groups]
    through.objects.bulk_create(links, batch_size=BATCH, ignore_conflicts=True)


def _owe(school: Enterprise, series: Sequence[tuple[Sequence[Lesson], People]], by: User | None) -> None:
    labels, lanes, who = {}, {}, defaultdict(set)
    for some, people in series:
        for lesson in some:
            labels[lesson.pk], lanes[lesson.pk] = lesson.topic, natural_key(lesson)
            who[lesson.pk] = {lesson.teacher_id, *people.students, *people.helpers}
    waiting = registering({pk for people in who.values() for pk in people})
    after = {
        pk: [operation for person in people & waiting.keys() for operation in waiting[person]]
        for pk, people in who.items()
        if waiting and people & waiting.keys()
    }
    enqueue_many("class.create", Lesson, labels, enterprise=school, by=by, lanes=lanes, after=after)


def registering(people: Collection[int]) -> dict[int, list[int]]:
    """The operations that register these people, where they are not done yet, by person."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = Operation.objects.filter(
        kind="user.register",
        subject_type=User._meta.label_lower,
        subject_id__in=people,
        state__in=OPEN,
    )
    for person, operation in rows.order_by().values_list("subject_id", "pk"):
        found[person].append(operation)
    return found
