"""Locks of lessons and groups, in the order of `console.concurrency`."""

from collections.abc import Iterable

from django.db import connection

from accounts.models import StudentGroup
from classes.models import Course, Lesson
from console.concurrency import lock_row

# FOR SHARE: two lessons of one group may change at once, but not while the group itself changes.
_SHARE_GROUPS = """
SELECT id FROM accounts_studentgroup
WHERE id = ANY(%s) OR id IN (SELECT studentgroup_id FROM classes_lesson_groups WHERE lesson_id = %s)
ORDER BY id FOR SHARE
"""


def lock_lesson(lesson: Lesson | int) -> Lesson:
    """Lock the lesson until the transaction ends and return it as stored."""
    # No select_related: a query with joins that waits for the lock loses the row if its teacher or course
    # changed in the meantime. NO KEY: writers of evidence hold a key lock and may lock the row afterwards.
    pk = lesson if isinstance(lesson, int) else lesson.pk
    return Lesson.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def lock_attachment_owner(owner: Lesson | Course) -> Lesson | Course:
    """Lock the lesson or course that attachments belong to and return it as stored.

    RowDeleted if a course is gone.
    """
    return lock_lesson(owner) if isinstance(owner, Lesson) else lock_row(owner)


def share_groups(groups: Iterable[StudentGroup], lesson: Lesson | None = None) -> list[StudentGroup]:
    """Lock these groups and those of the lesson against changes until the transaction ends.

    Return the given groups as stored. Call it before locking the lesson, because a change of a group locks
    the lessons of the group.
    """
    pks = [group.pk for group in groups]
    with connection.cursor() as cursor:
        cursor.execute(_SHARE_GROUPS, [pks, lesson.pk if lesson else None])
    return list(StudentGroup.objects.filter(pk__in=pks)) if pks else []


def lock_final_marks(school: int) -> None:
    """Wait for all who write final marks of a school, and keep others from it until the transaction ends.

    Database triggers take the same lock where marks of final lessons are written (absence streaks), after the
    locks of the lessons.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('absences of ' || %s, 0))", [school])
