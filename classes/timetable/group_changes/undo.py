"""Take back that people were put into a group (`console.undo`)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import StudentGroup, User
from accounts.people.group_services import save_group
from classes.conflicts.guard import OVERRIDE_FIELDS, lock_lessons, set_conflict_override
from classes.models import Lesson
from classes.timetable.group_changes.impact import upcoming_group_lessons
from classes.timetable.group_changes.job import sent_lessons
from console.concurrency import lock_row, service
from console.jobs.models import Job
from console.jobs.runner import stop_job
from console.outbox.models import Operation
from console.outbox.states import OperationState
from console.policy import scoped
from console.undo import register_undo, too_late


@service
def undo_joining(*, group: StudentGroup, by: User, values: Mapping[str, Any]) -> None:
    """Remove those who joined a group from it and from the lessons that followed, all or none.

    Raise ValidationError if it was sent, or if the group or one of these lessons changed since.
    """
    stored = lock_row(group)
    joined = stored.entries.filter(pk__in=values["entries"])
    if joined.count() != len(values["entries"]):
        raise ValidationError(_("Someone changed the students of this group since. Edit the group instead."))
    job = Job.objects.filter(pk=values["job"]).first()
    if job is not None:
        _require_waiting(job, stored)
    staying = User.objects.filter(pk__in=stored.entries.exclude(pk__in=joined).values("student"))
    save_group(group=stored, students=staying, by=by)
    if job is not None:
        _withdraw_overrides(job, by)
        stop_job(job)


def _require_waiting(job: Job, group: StudentGroup) -> None:
    """Raise ValidationError unless everything waits to be sent, about lessons that can still change.

    They are locked, so that nothing is sent or changed meanwhile.
    """
    followed = {one.lesson for one in sent_lessons(job)}
    lock_lessons(followed | set(upcoming_group_lessons(group).values_list("pk", flat=True)))
    upcoming = upcoming_group_lessons(group).filter(pk__in=followed)
    operations = Operation.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=job.args["postponed"], state=OperationState.READY, attempts=0
    )
    unlocked = [one for one in upcoming if not one.locked]
    if len(unlocked) != len(followed) or len(operations) != len(job.args["postponed"]):
        raise too_late()


def _withdraw_overrides(job: Job, by: User) -> None:
    """Withdraw the permission of conflicts that came with those who joined, unless it was given anew."""
    allowed = dict(job.args["overridden"])
    for lesson in Lesson.objects.filter(pk__in=allowed).order_by("pk"):
        if lesson.conflict_at and lesson.conflict_at.isoformat() == allowed[lesson.pk]:
            set_conflict_override(lesson, False, "", by)
            lesson.save(update_fields=OVERRIDE_FIELDS)


def _undo_joining(by: Any, key: int, values: Mapping[str, Any]) -> None:
    group = scoped(StudentGroup.objects.all(), by, "group", "change").filter(pk=key).first()
    if group is None:
        raise ValidationError(_("This cannot be taken back."))
    undo_joining(group=group, by=by, values=values)


register_undo("group.join", _undo_joining, is_sent=True)
