"""Change a series so that it can be taken back with all its lessons (`console.undo`)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from classes.lessons.groups import lock_groups
from classes.models import Course
from classes.timetable.bulk.change_undo import change_revocably, undo_change_many
from classes.timetable.bulk.job import find_revocable_job, start_bulk_job
from classes.timetable.courses.changes import apply_change, lock_course
from classes.timetable.courses.edit_merge import PEOPLE_FIELDS, course_digests
from classes.timetable.courses.planning import COURSE_FIELDS
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import service
from console.jobs.models import Job
from console.policy import may, refusal_message
from console.undo import register_undo


@service
def change_course_revocably(
    *, course: Course, by: User | None, **arguments: Any
) -> tuple[Course, Job | None]:
    """Change as `change_course` does. Return the job with what `undo_change` needs, None if it is final.

    It is final if lessons come, go or change hands with their cover, or none changes.
    """
    before = _plain_values(Course.objects.get(pk=course.pk))
    stored, change, undo = apply_change(course, by, change_revocably, **arguments)
    if undo is None or not change.changed or change.added or change.cancelled or change.covers:
        return stored, None
    fresh = Course.objects.get(pk=stored.pk)
    kept = {**undo, "course": {"key": stored.pk, "values": before, "after": course_digests(fresh)}}
    keys = [one.before.pk for one in change.changed]
    return stored, start_bulk_job(stored.enterprise, keys, by=by, before=kept)


@service
def undo_change(*, job: Job, by: User) -> None:
    """Take the change of a course and of its lessons back, all or none.

    Raise ValidationError if the course or one of the lessons changed since, or it was sent.
    """
    values = job.args["before"]
    lock_groups(values["groups"])
    course = Course.objects.filter(pk=values["course"]["key"]).first()
    stored = course and lock_course(course)
    if stored is None or course_digests(stored) != values["course"]["after"]:
        raise ValidationError(_("Someone changed this course since. Edit it instead."))
    if not may(by, "change", "course", stored):
        raise PermissionDenied(refusal_message(by, "change", "course", stored))
    undo_change_many(job=job, by=by)
    columns = dict(values["course"]["values"])
    people = {name: columns.pop(name) for name in PEOPLE_FIELDS}
    was = snapshot(stored, COURSE_FIELDS)
    for name, value in columns.items():
        field: Any = Course._meta.get_field(name)
        setattr(stored, field.attname, field.to_python(value))
    stored.save(update_fields=list(columns))
    for name, keys in people.items():
        getattr(stored, name).set(keys)
    stored.refresh_from_db()
    old, new = diff_snapshots(was, snapshot(stored, COURSE_FIELDS))
    record("course.change", stored, by=by, before=old, after=new)


def _plain_values(course: Course) -> dict[str, Any]:
    """Return columns and people of a course as JSON can hold them."""
    columns = {name: _plain(value) for name, value in snapshot(course, COURSE_FIELDS).items()}
    return columns | {
        name: list(getattr(course, name).values_list("pk", flat=True)) for name in PEOPLE_FIELDS
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _undo_change(by: Any, key: int, values: Mapping[str, Any]) -> None:
    undo_change(job=find_revocable_job(by, key), by=by)


register_undo("course.change", _undo_change, is_sent=True)
