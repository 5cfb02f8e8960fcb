"""Cancel the lessons of a series that have not begun, finally or so that it can be taken back."""

from accounts.models import User
from classes.models import Course, Lesson
from classes.timetable.bulk.cancellation import cancel_lessons
from classes.timetable.bulk.changes import changeable_lessons
from classes.timetable.bulk.job import start_bulk_job
from classes.timetable.bulk.undo import cancel_so
from classes.timetable.courses.changes import lock_course
from console.audit.trail import record
from console.concurrency import service
from console.jobs.models import Job


@service
def cancel_course(
    *,
    course: Course,
    by: User | None,
    reason: str = "",
    notice: str = "",
    tell: bool = True,
    lesson: Lesson | None = None,
) -> Job:
    """Cancel the lessons of a series that have not begun, from `lesson` on if it is given.

    Each person is notified once, with the message `notice`, unless `tell` is off. The returned job reports
    the result of each.
    """
    course = lock_course(course)
    lessons = cancellable_lessons(course, lesson)
    cancelled = cancel_lessons(course.enterprise, lessons, by=by, reason=reason, notice=notice, tell=tell)
    after = {"lessons": len(cancelled)} | ({"from": lesson.pk} if lesson else {})
    record("course.cancel", course, by=by, after=after, reason=reason)
    return start_bulk_job(course.enterprise, sorted(one.pk for one in cancelled), by=by, act="cancel")


@service
def cancel_course_revocably(
    *,
    course: Course,
    by: User | None,
    reason: str = "",
    notice: str = "",
    tell: bool = True,
    lesson: Lesson | None = None,
) -> Job:
    """Cancel as `cancel_course` does, so that `undo_many` can take it back, if it is not final."""
    stored = lock_course(course)
    return cancel_so(
        cancellable_lessons(stored, lesson),
        lambda: cancel_course(course=stored, by=by, reason=reason, notice=notice, tell=tell, lesson=lesson),
    )


def cancellable_lessons(course: Course, lesson: Lesson | None = None) -> list[Lesson]:
    """Return the lessons that `cancel_course` would cancel."""
    rows = course.lessons.filter(cancelled_at=None)
    return changeable_lessons(rows.filter(starts_at__gte=lesson.starts_at) if lesson else rows)
