"""Lessons of a matrix: those that the reader leads, of a course or with a group, and the state of each.

Of a group that the reader is in charge of, all lessons with the group count, also those that others lead; the
matrix of a group shows only its students.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import StudentGroup
from accounts.people.charges import groups_in_charge
from accounts.people.queries import GROUPS_BY_NAME
from classes.attendance.reports.forms import ReportPeriod
from classes.choices import Status
from classes.lessons.status import counted_lessons
from classes.models import Course, Lesson
from console.policy import Scope, in_school, scope_of, scoped

RESOURCE = "attendance_matrix"
FINAL = "final"
#: States of lessons whose marks do not count.
STATE_LABELS: dict[str, str | Promise] = {
    "running": _("running"),
    "provisional": _("provisional"),
    "not_held": _("not held"),
    "planned": _("not started"),
}


class Limits(NamedTuple):
    """Lessons and marks at most. Without a limit one page could count every mark of a large school."""

    lessons: int
    marks: int


PAGE_LIMITS = Limits(lessons=200, marks=60_000)
FILE_LIMITS = Limits(lessons=400, marks=500_000)


class MatrixLesson(NamedTuple):
    """A column. `state` is FINAL or a key of STATE_LABELS; `marks` is the number of its final marks.

    `is_closed` if the reader may not open the lesson: it is another teacher's.
    """

    pk: int
    topic: str
    starts_at: datetime
    state: str
    marks: int
    is_closed: bool = False

    @property
    def is_final(self) -> bool:
        return self.state == FINAL

    @property
    def state_label(self) -> str | Promise:
        return STATE_LABELS.get(self.state, "")

    @property
    def url(self) -> str:
        """The register; before the start the lesson. Empty if the reader may not open it."""
        if self.is_closed:
            return ""
        page = "lesson" if self.state in ("planned", "not_held") else "attendance"
        return reverse(f"classes:{page}", args=[self.pk])


class LessonSelection(NamedTuple):
    """The newest lessons within the limits, the oldest first; `is_cut` if there are older ones."""

    lessons: list[MatrixLesson]
    is_cut: bool

    @property
    def final_ids(self) -> list[int]:
        return [one.pk for one in self.lessons if one.is_final]


def led_lessons(reader: Any) -> QuerySet[Lesson]:
    """Return the lessons whose marks the matrix shows this reader."""
    return scoped(Lesson.objects.all(), reader, RESOURCE, "list")


def course_options(reader: Any) -> QuerySet[Course]:
    """Return the courses of the reader's lessons: all of the school, or those with lessons that they lead."""
    courses = Course.objects.filter(enterprise=reader.enterprise_id).order_by("title", "id")
    if scope_of(reader, "list", RESOURCE) != Scope.OWN:
        return courses
    return courses.filter(pk__in=led_lessons(reader).filter(course__isnull=False).values("course"))


def group_options(reader: Any) -> QuerySet[StudentGroup]:
    """Return the groups of the reader's lessons, in the same way; archived ones cannot be chosen.

    `in_charge` of a group is whether the reader is in charge of it today.
    """
    groups = StudentGroup.objects.filter(enterprise=reader.enterprise_id, archived_at=None)
    own = groups_in_charge(reader).filter(pk=OuterRef("pk"))
    groups = groups.annotate(in_charge=Exists(own)).order_by(*GROUPS_BY_NAME)
    if scope_of(reader, "list", RESOURCE) != Scope.OWN:
        return groups
    of_lessons = Lesson.groups.through.objects.filter(lesson__in=led_lessons(reader).values("pk"))
    return groups.filter(Q(pk__in=of_lessons.values("studentgroup")) | Q(in_charge=True))


def is_in_charge_of(reader: Any, group: Any) -> bool:
    """Return whether the reader sees the lessons of a group of `group_options` because of being in charge."""
    return bool(group and group.in_charge and scope_of(reader, "list", RESOURCE) == Scope.OWN)


def chosen_lessons(
    reader: Any, period: ReportPeriod, course: Course | None, group: StudentGroup | None
) -> QuerySet[Lesson]:
    """Return the reader's lessons of the days: of the course, or else those with the group.

    Those of a group that they are in charge of are all lessons with the group, also of a course.
    """
    in_charge = is_in_charge_of(reader, group)
    lessons = in_school(Lesson.objects.all(), reader, RESOURCE) if in_charge else led_lessons(reader)
    lessons = lessons.filter(starts_at__gte=period.begins, starts_at__lt=period.ends, **counted_lessons())
    if in_charge:
        lessons = lessons.filter(groups=group)
    if course:
        return lessons.filter(course=course)
    return lessons.filter(groups=group) if group else lessons


def close_lessons_of_others(reader: Any, selection: LessonSelection) -> LessonSelection:
    """Return the selection with the lessons closed that the reader does not lead."""
    keys = [one.pk for one in selection.lessons]
    led = set(led_lessons(reader).filter(pk__in=keys).values_list("pk", flat=True))
    lessons = [one._replace(is_closed=one.pk not in led) for one in selection.lessons]
    return selection._replace(lessons=lessons)


def select_lessons(lessons: QuerySet[Lesson], limits: Limits) -> LessonSelection:
    """Read the newest lessons within the limits, with one query."""
    newest = lessons.order_by("-starts_at", "-pk").values_list(
        "pk", "topic", "starts_at", "ends_at", "status", "final_at", "tally__expected"
    )
    now = timezone.now()
    found = [
        MatrixLesson(pk, topic, starts_at, lesson_state(status, final_at, ends_at, now), marks or 0)
        for pk, topic, starts_at, ends_at, status, final_at, marks in newest[: limits.lessons + 1]
    ]
    kept = within_limits(found, limits)
    return LessonSelection(found[:kept][::-1], kept < len(found))


def lesson_state(status: str, final_at: datetime | None, ends_at: datetime, now: datetime) -> str:
    """Return FINAL or the key of STATE_LABELS; a planned lesson whose time has passed was not held."""
    if final_at is not None:
        return FINAL
    if status == Status.WILL:
        return "not_held" if ends_at < now else "planned"
    return "running" if status == Status.ING else "provisional"


def within_limits(lessons: Sequence[MatrixLesson], limits: Limits) -> int:
    """Return how many of the lessons, the newest first, fit into the limits; the first one always does."""
    marks = 0
    for place, one in enumerate(lessons):
        marks += one.marks if one.is_final else 0
        if place and (place >= limits.lessons or marks > limits.marks):
            return place
    return len(lessons)
