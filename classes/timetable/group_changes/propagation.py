"""Change the lessons of a group in the transaction of its change: members, operations, audit, a job."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver

from accounts.models import StudentGroup, User
from accounts.models.group import group_changed
from classes.conflicts.guard import OVERRIDE_FIELDS, lock_lessons, set_conflict_override
from classes.lessons.roster import add_students, detach_from_group, reassign_members, remove_members
from classes.lessons.services import enqueue_members
from classes.models import Lesson, Member
from classes.timetable.group_changes import job
from classes.timetable.group_changes.impact import LessonImpact, compute_impact, upcoming_group_lessons
from console.audit.trail import record
from console.jobs.models import Job
from console.outbox.services import postpone_all


@receiver(group_changed, dispatch_uid="classes.timetable.group_changes.propagation")
def propagate_group_change(
    *,
    group: StudentGroup,
    added: Collection[int],
    removed: Collection[int],
    by: User | None,
    excluded_lessons: Collection[int] = (),
    conflicting_lessons: Collection[int] = (),
    reason: str = "",
    delay: timedelta = timedelta(),
    **_more: Any,
) -> Job | None:
    """Change each lesson of the group that has not begun, without `excluded_lessons`; None if there is none.

    A running lesson is locked and not changed. Students who left the group but stay in a lesson count as
    added by hand. `conflicting_lessons` have a conflict that is allowed for this `reason`. The changes are
    sent after `delay`.
    """
    lock_lessons(upcoming_group_lessons(group).values_list("pk", flat=True))
    lessons = (
        upcoming_group_lessons(group).select_related("enterprise").order_by("pk")
    )  # read after the lock, without lessons cancelled meanwhile
    sent: list[job.SentLesson] = []
    locked: list[int] = []
    left: list[int] = []
    changed: list[Lesson] = []
    replaces_reason = False
    for impact in compute_impact(group, added, removed, lessons):
        reassign_members({member.pk: other for member, other in impact.reassigned})
        if not impact.changes:
            continue
        if impact.locked or impact.lesson.pk in excluded_lessons:
            (locked if impact.locked else left).append(impact.lesson.pk)
            detach_from_group(_members(impact.removed))
        else:
            allowed = reason if impact.lesson.pk in conflicting_lessons else ""
            replaces_reason |= bool(allowed) and impact.lesson.conflict_allowed
            sent.append(_change_lesson(impact, group, by, allowed))
            changed.append(impact.lesson)
    if not sent and not locked and not left:
        return None
    return job.start_group_job(
        group,
        sent,
        by=by,
        added=len(added),
        removed=len(removed),
        locked=locked,
        left=left,
        postponed=None if replaces_reason else postpone_all(changed, delay),
        overridden=[
            (one.pk, one.conflict_at.isoformat())
            for one in changed
            if one.pk in conflicting_lessons and one.conflict_at
        ],
    )


def _members(members: Iterable[Member]) -> QuerySet[Member]:
    return Member.objects.filter(pk__in=[one.pk for one in members])


def _change_lesson(impact: LessonImpact, group: StudentGroup, by: User | None, reason: str) -> job.SentLesson:
    lesson = impact.lesson
    if reason:
        set_conflict_override(lesson, True, reason, by)
        lesson.save(update_fields=OVERRIDE_FIELDS)
    remove_members(_members(impact.removed))
    add_students(lesson, impact.added, group)
    after = {
        "group": group.name,
        "members_added": [one.user_id for one in impact.added],
        "members_removed": [one.user.user_id for one in impact.removed],
    }
    record("lesson.change", lesson, by=by, after=after, reason=reason)
    operation = enqueue_members(lesson, by, new=[one.pk for one in impact.added])
    return job.SentLesson(lesson.pk, operation.pk, len(impact.added), len(impact.removed))
