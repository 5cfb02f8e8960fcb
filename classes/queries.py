"""Reading lessons, always within what the reader may see. Numbers and the lists they count are one query."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from classes.kinds import Status
from classes.models import Attendance, Lesson, Member
from classes.readiness.points import AHEAD, readiness_of
from console.outbox.models import Operation
from console.outbox.states import SyncState
from console.policy import scoped

#: States in which sending stands still for a person; what differs is counted by the desk of differences.
TROUBLE = (SyncState.REFUSED, SyncState.NEEDS_YOU, SyncState.HELD)
#: A lesson that was never begun is news for a week.
NOT_HELD_FOR = timedelta(days=7)


def lessons_for(reader: Any) -> QuerySet[Lesson]:
    """The lessons that `reader` may see, each with its teacher."""
    return scoped(Lesson.objects.select_related("teacher"), reader, "lesson", "list")


def counted(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    """Each with `expected` students, how many of them `came`, how many are `here` now, and `teacher_here`."""
    students = Member.objects.filter(lesson=OuterRef("pk"), role=Member.Role.STUDENT)
    came = Attendance.objects.filter(
        lesson=OuterRef("pk"), expected=True, role=Member.Role.STUDENT, first_entered_at__isnull=False
    )
    return lessons.annotate(
        expected=_count(students),
        came=_count(came),
        here=_count(came.filter(last_left_at=None)),
        teacher_here=_teacher_here(),
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    counts = rows.order_by().values("lesson").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _teacher_here() -> Exists:
    return Exists(
        Attendance.objects.filter(
            lesson=OuterRef("pk"),
            user_id=OuterRef("teacher__user_id"),
            first_entered_at__isnull=False,
            last_left_at=None,
        )
    )


def of_day(lessons: QuerySet[Lesson], begins: datetime, ends: datetime) -> QuerySet[Lesson]:
    """The lessons that begin in that stretch of time, and those that run whatever their plan says."""
    return lessons.filter(
        Q(starts_at__gte=begins, starts_at__lt=ends) | Q(status=Status.ING, cancelled_at=None)
    )


def _running(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    return lessons.filter(status=Status.ING, cancelled_at=None)


def _teacher_out(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    return _running(lessons).filter(~_teacher_here())


def _not_begun(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    now = timezone.now()
    return lessons.filter(status=Status.WILL, cancelled_at=None, starts_at__lt=now, ends_at__gt=now)


def _not_held(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    now = timezone.now()
    recent = lessons.filter(starts_at__lt=now, ends_at__lte=now, ends_at__gt=now - NOT_HELD_FOR)
    return recent.filter(status=Status.WILL, cancelled_at=None)


def _provisional(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    return lessons.filter(status=Status.END, cancelled_at=None, final_at=None)


def _trouble(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    return lessons.filter(sync_state__in=TROUBLE)


def _double(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    marked = lessons.filter(double_of__isnull=False, cancelled_at=None)
    return marked.exclude(sync_state__in=(SyncState.IN_SYNC, SyncState.GONE))


def _not_ready(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    now = timezone.now()
    ahead = lessons.filter(starts_at__gt=now, starts_at__lte=now + AHEAD, status=Status.WILL)
    rows = Lesson.objects.filter(pk__in=ahead.filter(cancelled_at=None).order_by().values("pk"))
    of_school: dict[Any, list[Lesson]] = {}
    for lesson in rows.select_related("enterprise", "teacher"):
        of_school.setdefault(lesson.enterprise, []).append(lesson)
    found = [readiness_of(school, those) for school, those in of_school.items()]
    return lessons.filter(pk__in=[pk for one in found for pk, ready in one.items() if ready.tone == "bad"])


#: What wants a look, by the name that it has in the address of the list.
NEEDS: dict[str, Callable[[QuerySet[Lesson]], QuerySet[Lesson]]] = {
    "teacher_out": _teacher_out,
    "not_begun": _not_begun,
    "not_ready": _not_ready,
    "trouble": _trouble,
    "double": _double,
    "not_held": _not_held,
    "provisional": _provisional,
}


def needing(lessons: QuerySet[Lesson], need: str) -> QuerySet[Lesson]:
    """Those lessons that want a look for this reason (a key of NEEDS)."""
    return NEEDS[need](lessons)


def by_status(lessons: QuerySet[Lesson], status: str) -> QuerySet[Lesson]:
    """Lessons of a status of the service, or the cancelled ones, which have none that counts."""
    if status == "cancelled":
        return lessons.filter(cancelled_at__isnull=False)
    return lessons.filter(status=status, cancelled_at=None)


def operations_about(lesson: Lesson, limit: int = 20) -> list[Operation]:
    """The newest operations about a lesson, each with its attempts."""
    about = Operation.objects.filter(subject_type=Lesson._meta.label_lower, subject_id=lesson.pk)
    return list(about.select_related("created_by").prefetch_related("tries")[:limit])


def roll(lesson: Lesson) -> list[Member]:
    """Everybody expected besides the teacher, staff first, then by name."""
    members = lesson.members.select_related("user", "via").order_by("user__nickname", "user__user_id")
    return sorted(members, key=lambda member: member.role == Member.Role.STUDENT)


def lessons_of_person(reader: Any, person: User) -> tuple[QuerySet[Lesson], QuerySet[Lesson]]:
    """What `person` teaches or attends and `reader` may see: to come, and before with the latest first."""
    memberships = Member.objects.filter(user=person).values("lesson")
    theirs = lessons_for(reader).filter(Q(teacher=person) | Q(pk__in=memberships))
    now = timezone.now()
    return theirs.filter(ends_at__gt=now), theirs.filter(ends_at__lte=now).order_by("-starts_at", "-id")
