"""Insert many lessons in bulk, each with its own operation."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from accounts.models import Enterprise, User
from classes.lessons.remote_fields import natural_key
from classes.lessons.roster import ExpectedPeople, insert_members
from classes.models import Lesson
from console.bulk_sql import bulk_insert
from console.outbox.bulk_services import enqueue_many
from console.outbox.models import Operation
from console.outbox.states import OPEN_STATES


def insert_lessons(
    school: Enterprise, series: Sequence[tuple[Sequence[Lesson], ExpectedPeople]], *, by: User | None
) -> list[Lesson]:
    """Insert unsaved lessons with their people, and enqueue the create of each.

    `series` holds lessons with the same people, and these people. Call it inside a transaction; the caller
    checks conflicts and writes the audit entry.
    """
    lessons = [lesson for group, _people in series for lesson in group]
    bulk_insert(lessons)
    for group, people in series:
        insert_members(group, people)
    _enqueue_creates(school, series, by)
    return lessons


def _enqueue_creates(
    school: Enterprise, series: Sequence[tuple[Sequence[Lesson], ExpectedPeople]], by: User | None
) -> None:
    labels, lanes, people_of = {}, {}, defaultdict(set)
    for group, people in series:
        for lesson in group:
            labels[lesson.pk], lanes[lesson.pk] = lesson.topic, natural_key(lesson)
            people_of[lesson.pk] = {lesson.teacher_id, *people.students, *people.helpers}
    waiting = pending_registrations({pk for people in people_of.values() for pk in people})
    after = {
        pk: [operation for person in people & waiting.keys() for operation in waiting[person]]
        for pk, people in people_of.items()
        if waiting and people & waiting.keys()
    }
    enqueue_many("class.create", Lesson, labels, enterprise=school, by=by, lanes=lanes, after=after)


def pending_registrations(people: Collection[int]) -> dict[int, list[int]]:
    """By person: the open operations that register these people."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = Operation.objects.filter(
        kind="user.register",
        subject_type=User._meta.label_lower,
        subject_id__in=people,
        state__in=OPEN_STATES,
    )
    for person, operation in rows.order_by().values_list("subject_id", "pk"):
        found[person].append(operation)
    return found
