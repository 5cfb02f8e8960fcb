"""Undo a roll-over: groups, people and courses are as they were before.

What somebody changed since stays as it is, and the page lists it. Nothing is undone once a lesson of it has
begun: its register could not be undone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.imports.undo import referenced_elsewhere
from accounts.models import Enterprise, Grade, StudentGroup, User
from accounts.people.services import reactivate_person
from classes.choices import Status
from classes.conflicts.guard import lock_lessons
from classes.models import Course, Lesson, RollOver
from classes.timetable.bulk.cancellation import cancel_lessons
from classes.timetable.courses.planning import COURSE_FIELDS
from classes.timetable.roll_over.applied import (
    AppliedCourse,
    AppliedGroup,
    course_digests,
    group_values,
    is_as_applied,
)
from classes.timetable.roll_over.execution import audit_values, save_groups
from classes.timetable.roll_over.locking import (
    lock_courses,
    lock_grades_of_school,
    lock_groups_of_school,
    lock_person_rows,
)
from classes.timetable.roll_over.people import people_fields
from classes.timetable.roll_over.services import UNDO_JOB, is_large, job_args, lock_roll_over
from classes.timetable.roll_over.states import is_job_open
from console.audit.models import AuditEntry
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import Conflict, service
from console.jobs.runner import enqueue_job

State = RollOver.State


def undo_until(roll_over: RollOver) -> datetime | None:
    """Return until when an applied roll-over can be undone, as long as nothing has begun: as an import."""
    if roll_over.applied_at is None:
        return None
    return roll_over.applied_at + timedelta(days=settings.IMPORT_KEEP_DAYS)


def refusal(roll_over: RollOver) -> str:
    """Return why a roll-over cannot be undone; empty if it can."""
    until = undo_until(roll_over)
    is_waiting = roll_over.state == State.UNDOING and is_job_open(roll_over)
    if until is None or is_waiting or roll_over.state not in (State.APPLIED, State.UNDOING):
        return _("This roll-over can no longer be undone.")
    if until <= timezone.now():
        days = settings.IMPORT_KEEP_DAYS
        return _("A roll-over can be undone for %(days)d days. This time is over.") % {"days": days}
    return _begun(roll_over)


def _begun(roll_over: RollOver) -> str:
    """Return that a lesson has begun; empty if none has."""
    begun = copied_lessons(roll_over).filter(~Q(status=Status.WILL) | Q(starts_at__lte=timezone.now()))
    if not begun.exists():
        return ""
    return _("A lesson of a copied course has started already, so this cannot be undone any more.")


def copied_lessons(roll_over: RollOver) -> QuerySet[Lesson]:
    """Return the lessons of the copies that are not cancelled."""
    keys = [one.copy for one in applied_courses(roll_over)]
    return Lesson.objects.filter(enterprise=roll_over.enterprise_id, course__in=keys, cancelled_at=None)


def applied_courses(roll_over: RollOver) -> list[AppliedCourse]:
    rows = roll_over.applied.get("courses", ()) if isinstance(roll_over.applied, dict) else ()
    return [AppliedCourse(one["source"], one["copy"], one["digest"]) for one in rows]


def start_undo(*, roll_over: RollOver, by: User) -> RollOver:
    """Undo a roll-over, or start the job that does. Raise Conflict with the reason if it is not possible."""
    if is_large(roll_over.numbers):
        return _enqueue_undo(roll_over, by)
    return undo_roll_over(roll_over=roll_over, by=by)


@service
def _enqueue_undo(roll_over: RollOver, by: User) -> RollOver:
    stored = _lock_undoable(roll_over, None)
    args = job_args(stored)
    stored.job = enqueue_job(
        UNDO_JOB, enterprise=stored.enterprise, by=by, args=args, total=stored.numbers.get("lessons", 0)
    )
    stored.state = State.UNDOING
    stored.save(update_fields=["state", "job"])
    return stored


@service
def undo_roll_over(*, roll_over: RollOver, by: User, job: int | None = None) -> RollOver:
    """Undo a roll-over, all at once, or raise Conflict. `job` is the key of the job that does it."""
    stored = _lock_undoable(roll_over, job)
    lock_groups_of_school(stored.enterprise_id)
    lock_grades_of_school(stored.enterprise_id)
    courses = applied_courses(stored)
    lock_courses(one.copy for one in courses)
    lock_lessons(copied_lessons(stored).values_list("pk", flat=True))
    people = stored.applied.get("people", [])
    lock_person_rows(people)
    if why := _begun(stored):  # again, under the locks of the lessons
        raise Conflict(why)
    kept = _restore_groups(stored, by)
    kept += _remove_courses(stored.enterprise, courses, by, str(stored))
    kept += _reactivate(stored, people, by)
    stored.state, stored.undone_at, stored.kept = State.UNDONE, timezone.now(), kept
    stored.job = stored.job if job else None
    stored.save(update_fields=["state", "undone_at", "kept", "job"])
    record("roll_over.undo", stored, by=by, after={**stored.numbers, "kept": len(kept)})
    return stored


def _lock_undoable(roll_over: RollOver, job: int | None) -> RollOver:
    stored = lock_roll_over(roll_over)
    if job is not None and stored.state == State.UNDOING and stored.job_id == job:
        return stored
    if why := refusal(stored):
        raise Conflict(why)
    return stored


def _restore_groups(stored: RollOver, by: User) -> list[dict[str, Any]]:
    """Give groups their names, grades and states back; return those that stay as they are."""
    applied = [AppliedGroup.from_stored(one) for one in stored.applied.get("groups", ())]
    groups = {
        one.pk: one
        for one in StudentGroup.objects.filter(enterprise=stored.enterprise_id).select_related("grade")
    }
    grades = {one.pk: one for one in Grade.objects.filter(enterprise=stored.enterprise_id)}
    unchanged = [
        one
        for one in applied
        if one.pk in groups
        and is_as_applied(groups[one.pk], one)
        and (one.before["grade_id"] is None or one.before["grade_id"] in grades)
    ]
    restored = _with_free_names(unchanged, groups)
    for one in restored:
        group = groups[one.pk]
        group.name, group.grade = one.before["name"], grades.get(one.before["grade_id"] or 0)
        group.archived_at = group.archived_at if one.before["archived"] else None
    save_groups([groups[one.pk] for one in restored])
    for one in restored:
        values = audit_values(group_values(groups[one.pk]))
        old, new = diff_snapshots(audit_values(one.after), values)
        action = "group.restore" if one.after["archived"] else "group.change"
        record(action, groups[one.pk], by=by, before=old, after=new)
    keys = {one.pk for one in restored}
    return [{"group": one.pk, "name": one.after["name"]} for one in applied if one.pk not in keys]


def _with_free_names(
    unchanged: Sequence[AppliedGroup], groups: Mapping[int, StudentGroup]
) -> list[AppliedGroup]:
    """Return those whose name of before is free, once all of them have theirs back."""
    restored = {one.pk: one for one in unchanged}
    while True:
        names = {pk: restored[pk].before["name"] if pk in restored else groups[pk].name for pk in groups}
        numbers = Counter(names.values())
        taken = [pk for pk in restored if numbers[names[pk]] > 1]
        if not taken:
            return list(restored.values())
        for pk in taken:
            del restored[pk]


def _remove_courses(
    school: Enterprise, courses: Sequence[AppliedCourse], by: User, reason: str
) -> list[dict[str, Any]]:
    """Cancel the lessons of the copies and delete the copies; return those that stay as they are."""
    rows = {one.pk: one for one in Course.objects.filter(enterprise=school, pk__in=[c.copy for c in courses])}
    digests = course_digests(list(rows))
    links = [Course._meta.get_field(name) for name in people_fields()]
    own: list[Any] = [Lesson, *(link.remote_field.through for link in links)]  # type: ignore[union-attr]
    used = referenced_elsewhere(Course, rows, own)
    removed = [one.copy for one in courses if digests.get(one.copy) == one.digest and one.copy not in used]
    lessons = list(Lesson.objects.filter(course__in=removed, cancelled_at=None).order_by("pk"))
    cancel_lessons(school, lessons, by=by, reason=reason)
    for pk in removed:
        record("course.delete", rows[pk], by=by, before=snapshot(rows[pk], COURSE_FIELDS), reason=reason)
    Course.objects.filter(pk__in=removed).delete()
    stay = rows.keys() - set(removed)
    return [{"course": one.copy, "name": rows[one.copy].title} for one in courses if one.copy in stay]


def _reactivate(stored: RollOver, people: Sequence[int], by: User) -> list[dict[str, Any]]:
    """Reactivate people who are inactive since then; return the others, by key: names are not stored."""
    kept, changed = [], _changed_since(stored)
    inactive = User.objects.filter(enterprise=stored.enterprise_id, pk__in=people, is_active=False)
    for person in inactive.select_related("enterprise").order_by("pk"):
        if str(person.pk) in changed:  # deactivated again, on purpose
            kept.append({"person": person.pk})
            continue
        try:
            with transaction.atomic():
                reactivate_person(person=person, by=by)
        except (ValidationError, PermissionDenied):  # erased since
            kept.append({"person": person.pk})
    return kept


def _changed_since(stored: RollOver) -> set[str]:
    """Return the keys of people who were deactivated or reactivated after the roll-over, as in the trail."""
    entries = AuditEntry.objects.filter(
        enterprise=stored.enterprise_id,
        action__in=("person.deactivate", "person.reactivate"),
        at__gt=stored.applied_at,
    )
    return set(entries.order_by().values_list("object_id", flat=True))
