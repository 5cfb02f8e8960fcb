"""Queries for lessons, limited to what the reader may see. A count and its list share one query."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateField, Exists, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Grade, User
from accounts.people.queries import name_contains
from classes.choices import Status
from classes.lessons.status import counted_lessons
from classes.lessons.teacher_presence import without_teacher
from classes.models import Attendance, CallbackDifference, Course, Holiday, Lesson, Member
from classes.models.lesson import NOT_IN_SERIES
from classes.readiness.checks import READINESS_WINDOW, compute_readiness
from console.audit.models import AuditEntry
from console.lists.first_rows import FirstRows, first_rows
from console.outbox.models import Operation
from console.outbox.states import SyncState
from console.policy import scoped

#: States in which sending waits for a person. Differences have a page of their own.
PROBLEM_STATES = (SyncState.REFUSED, SyncState.NEEDS_YOU, SyncState.HELD)
#: How long a lesson that was never started stays on the list.
NOT_HELD_WINDOW = timedelta(days=7)
#: How far from today a cancelled lesson may be to be made up.
TO_MAKE_UP_WINDOW = timedelta(days=14)


def lessons_for(reader: Any) -> QuerySet[Lesson]:
    """Return the lessons that `reader` may see, each with its teacher."""
    return scoped(Lesson.objects.select_related("teacher"), reader, "lesson", "list")


def topic_contains(words: Sequence[str]) -> Q:
    """Return the condition that a lesson's topic contains every word."""
    condition = Q()
    for word in words:
        condition &= Q(topic__icontains=word)
    return condition


def search_courses(courses: QuerySet[Course], text: str) -> QuerySet[Course]:
    """Return the courses that match every word by title or teacher, also by pinyin of the teacher's name."""
    for word in text.split():
        teacher = name_contains("teacher__nickname", word, "teacher__search_name")
        courses = courses.filter(Q(title__icontains=word) | teacher)
    return courses


def with_counts(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    """Annotate `expected`, `came` and `here`: numbers of students; `here` is now."""
    students = Member.objects.filter(lesson=OuterRef("pk"), role=Member.Role.STUDENT)
    came = Attendance.objects.filter(
        lesson=OuterRef("pk"), expected=True, role=Member.Role.STUDENT, first_entered_at__isnull=False
    )
    return lessons.annotate(
        expected=_count(students),
        came=_count(came),
        here=_count(came.filter(last_left_at=None)),
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    counts = rows.order_by().values("lesson").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def lessons_of_grade(grade: Grade) -> QuerySet[Any, Any]:
    """Return the keys of the lessons with a group of the grade."""
    through = Lesson.groups.through.objects
    return through.filter(studentgroup__grade=grade).order_by().values("lesson")


def on_day(lessons: QuerySet[Lesson], begins: datetime, ends: datetime) -> QuerySet[Lesson]:
    """Return the lessons that begin in the interval, and all running ones whatever their planned time."""
    return lessons.filter(
        Q(starts_at__gte=begins, starts_at__lt=ends) | Q(status=Status.ING, cancelled_at=None)
    )


def _not_begun(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    now = timezone.now()
    due = lessons.filter(status=Status.WILL, starts_at__lt=now, ends_at__gt=now)
    return due.filter(**counted_lessons())


def _not_held(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    now = timezone.now()
    recent = lessons.filter(starts_at__lt=now, ends_at__lte=now, ends_at__gt=now - NOT_HELD_WINDOW)
    return recent.filter(status=Status.WILL, **counted_lessons())


def _to_make_up(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    """Return lessons near today that were cancelled singly and are not made up.

    Whoever cancels the rest of a course, or the lessons of a holiday, means none of them to be held. A
    make-up that was cancelled is none either: the lesson that it was for is on the list.
    """
    now = timezone.now()
    near = lessons.filter(
        starts_at__gt=now - TO_MAKE_UP_WINDOW,
        starts_at__lt=now + TO_MAKE_UP_WINDOW,
        cancelled_at__isnull=False,
        made_up=False,
        makes_up_for=None,
    ).exclude(cancel_reason=NOT_IN_SERIES)
    # Lessons that are cancelled in one action have one moment of cancellation.
    of_course = Lesson.objects.filter(course=OuterRef("course"), cancelled_at=OuterRef("cancelled_at"))
    return near.exclude(Exists(of_course.exclude(pk=OuterRef("pk")))).exclude(on_holiday())


def on_holiday() -> Q:
    """Return the condition that a lesson begins on a holiday that it observes, as `Holiday.holds_in` says."""
    day = Func(
        OuterRef("starts_at"),
        OuterRef("enterprise__zone"),
        template="(%(expressions)s)::date",
        arg_joiner=" AT TIME ZONE ",
        output_field=DateField(),
    )
    holidays = Holiday.objects.filter(enterprise=OuterRef("enterprise"), starts_on__lte=day, ends_on__gte=day)
    observed = Exists(holidays.filter(Q(term=None) | Q(term=OuterRef("course__term"))))
    return Q(observed) | Q(Exists(holidays), course__term=None)


def _provisional(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    return lessons.filter(status=Status.END, cancelled_at=None, final_at=None)


def _contradicted(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    open_ = CallbackDifference.objects.filter(lesson=OuterRef("pk"), decided_at=None)
    return lessons.filter(Exists(open_))


def _with_sync_problem(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    return lessons.filter(sync_state__in=PROBLEM_STATES, made_up=False)


def _possible_duplicates(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    marked = lessons.filter(double_of__isnull=False, cancelled_at=None)
    return marked.exclude(sync_state__in=(SyncState.IN_SYNC, SyncState.GONE))


def _not_ready(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    now = timezone.now()
    ahead = lessons.filter(starts_at__gt=now, starts_at__lte=now + READINESS_WINDOW, status=Status.WILL)
    rows = Lesson.objects.filter(pk__in=ahead.filter(cancelled_at=None).order_by().values("pk"))
    by_school: dict[Any, list[Lesson]] = {}
    for lesson in rows.select_related("enterprise", "teacher"):
        by_school.setdefault(lesson.enterprise, []).append(lesson)
    found = [compute_readiness(school, group) for school, group in by_school.items()]
    return lessons.filter(pk__in=[pk for one in found for pk, ready in one.items() if ready.tone == "bad"])


#: Filters for lessons that need attention, by their value in the query string of the list.
NEED_FILTERS: dict[str, Callable[[QuerySet[Lesson]], QuerySet[Lesson]]] = {
    "teacher_out": without_teacher,
    "not_begun": _not_begun,
    "not_ready": _not_ready,
    "trouble": _with_sync_problem,
    "double": _possible_duplicates,
    "not_held": _not_held,
    "to_make_up": _to_make_up,
    "provisional": _provisional,
    "contradicted": _contradicted,
}


def filter_by_need(lessons: QuerySet[Lesson], need: str) -> QuerySet[Lesson]:
    """Return the lessons that need attention for this reason (a key of NEED_FILTERS)."""
    return NEED_FILTERS[need](lessons)


def filter_by_status(lessons: QuerySet[Lesson], status: str) -> QuerySet[Lesson]:
    """Return the lessons of an API status, or the cancelled ones, whose status does not count."""
    if status == "cancelled":
        return lessons.filter(cancelled_at__isnull=False)
    return lessons.filter(status=status, cancelled_at=None)


def list_operations(lesson: Lesson, limit: int = 20) -> FirstRows[Operation]:
    """Return the newest operations of a lesson, each with its attempts."""
    about = Operation.objects.filter(subject_type=Lesson._meta.label_lower, subject_id=lesson.pk)
    return first_rows(about.select_related("created_by").prefetch_related("tries"), limit)


def canceller_of(lesson: Lesson) -> User | None:
    """Return who cancelled a lesson: who deleted it at iclass, or whom its audit entry names.

    A cancellation of many lessons has one entry for all of them.
    """
    about = Operation.objects.filter(subject_type=Lesson._meta.label_lower, subject_id=lesson.pk)
    deletions = about.filter(kind="class.delete").select_related("created_by").order_by("-id")
    if deletion := deletions.first():
        return deletion.created_by
    entries = AuditEntry.objects.filter(
        enterprise=lesson.enterprise_id,
        object_type=Lesson._meta.label_lower,
        object_id=str(lesson.pk),
        action="lesson.cancel",
    )
    entry = entries.select_related("actor").order_by("-id").first()
    return entry.actor if entry else None


def expected_members(lesson: Lesson) -> list[Member]:
    """Return everybody expected except the teacher: staff first, then by name."""
    members = lesson.members.select_related("user", "via").order_by("user__sort_name", "user__user_id")
    return sorted(members, key=lambda member: member.role == Member.Role.STUDENT)


def read_member_ids(lessons: Sequence[Lesson]) -> dict[int, list[tuple[str, str]]]:
    """Map lessons (by key) to role and user id of each member, in the order of adding. Uses one query.

    For lists: the rows of Member and User would take most of the time of the page.
    """
    found: dict[int, list[tuple[str, str]]] = {lesson.pk: [] for lesson in lessons}
    rows = Member.objects.filter(lesson__in=found).order_by("pk")
    for lesson, role, user_id in rows.values_list("lesson_id", "role", "user__user_id"):
        found[lesson].append((role, user_id))
    return found


def lessons_of_person(reader: Any, person: User) -> tuple[QuerySet[Lesson], QuerySet[Lesson]]:
    """Return the upcoming and the past lessons (latest first) of `person` that `reader` may see."""
    memberships = Member.objects.filter(user=person).values("lesson")
    theirs = lessons_for(reader).filter(Q(teacher=person) | Q(pk__in=memberships))
    upcoming = upcoming_filter()
    return theirs.filter(upcoming), theirs.exclude(upcoming).order_by("-starts_at", "-id")


def upcoming_filter() -> Q:
    """Return the filter for lessons that run or may still be held.

    The status decides, not the planned end: a lesson may end early, and run beyond its planned end.
    """
    return Q(status=Status.ING, cancelled_at=None) | Q(status=Status.WILL, ends_at__gt=timezone.now())
