"""Cancel a course so that it can be taken back (`console.undo`)."""

from accounts.models import User
from classes.models import Course, Lesson
from classes.timetable.bulk.undo import cancel_so
from classes.timetable.courses.changes import cancel_course, cancellable_lessons, lock_course
from console.concurrency import service
from console.jobs.models import Job


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
